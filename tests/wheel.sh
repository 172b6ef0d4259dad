#!/usr/bin/env bash
# Builds the wheel, installs it into a fresh environment and runs the web tests from there, so that
# templates and static files missing from the wheel are noticed.
set -euo pipefail
python=$1
top=$(cd "$(dirname "$0")/.." && pwd)
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
"$python" -m build --wheel --outdir "$place/dist" "$top" > "$place/build.log" 2>&1 \
  || { cat "$place/build.log"; exit 1; }
"$python" -m venv "$place/venv"
"$place/venv/bin/python" -m pip install -q --disable-pip-version-check \
  -c "$top/constraints.txt" "$(echo "$place"/dist/*.whl)[test]"
cp -r "$top/tests" "$top/conftest.py" "$top/pyproject.toml" "$place/"
cd "$place"
ORCID_CONNECT_FROM_WHEEL=1 "$place/venv/bin/python" -m pytest \
  tests/web/test_{pages,outcomes,every_ending,my,display,gallery,embed,languages,branding,admin}.py \
  tests/roof/test_packaging.py -q -p no:cacheprovider -n auto --dist worksteal
