# make demo and make test are the two commands of the README; each does its own set-up.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
ARGS   ?=

.PHONY: demo test coverage check soak bench languages wheel-test clean

demo: $(READY)
	@$(BIN)/orcid-connect demo $(ARGS)

# A worker on each core; ARGS="-n 0" runs in one process, where a debugger can be used.
test: check
	@$(BIN)/python -m pytest -n auto --dist worksteal $(ARGS)

# The same tests, nearly twice as long, with what they reach.
coverage: $(READY)
	@rm -f .coverage .coverage.*
	@$(BIN)/coverage run -m pytest -n auto --dist worksteal $(ARGS)
	@$(BIN)/coverage combine -q
	@$(BIN)/coverage report --format=total | sed 's/^/branch coverage: /; s/$$/ %/'

check: $(READY)
	@$(BIN)/ruff format --check -q . || (echo "run: $(BIN)/ruff format ." && false)
	@$(BIN)/ruff check -q .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo

soak: $(READY)
	@$(BIN)/python -m pytest -m soak -o faulthandler_timeout=0 $(ARGS)

bench: $(READY)
	@$(BIN)/python -m tests.bench $(ARGS)

# Sentences of templates and sources into the catalogues; what is translated stays.
languages: $(READY)
	@$(BIN)/python -m tests.support.catalogues

# The web tests against the built wheel, in an environment that has no checkout on its path.
wheel-test: $(READY)
	@bash tests/wheel.sh $(BIN)/python

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || (echo "Python 3.11 or later is needed; say which: make PYTHON=python3.12 ..." && false)
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing what orcid_connect needs into $(VENV), once ..."
	@$(BIN)/python -m pip install -q --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

clean:
	rm -rf $(VENV) .demo dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage .coverage.*
