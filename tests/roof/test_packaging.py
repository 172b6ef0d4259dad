"""What travels with the package: pages, static files and the demo, from a checkout or a wheel."""

import os
from pathlib import Path

import pytest

import orcid_connect
from orcid_connect.languages import CATALOGUES, ENGLISH, NAMES
from orcid_connect.web.folders import locate

FROM_WHEEL = "ORCID_CONNECT_FROM_WHEEL"
PACKAGE = Path(orcid_connect.__file__).parent


def test_templates_and_static_files_are_found() -> None:
    """Pages, snippets and the style sheet are where the web app looks for them."""
    templates = locate("templates")
    for name in ("base.html", "embed.js", "snippets/button.html", "static/orcid-connect.css"):
        assert (templates / name).is_file(), name


def test_catalogues_are_found() -> None:
    """Each language but English, which stands in the sources, has its catalogue."""
    found = {path.stem for path in CATALOGUES.glob("*.po")}
    assert found == set(NAMES) - {ENGLISH}


@pytest.mark.skipif(FROM_WHEEL not in os.environ, reason="only in the run of make wheel-test")
def test_the_wheel_needs_no_checkout() -> None:
    """Installed from the wheel, everything comes out of the installed package."""
    assert "site-packages" in str(PACKAGE)
    assert locate("templates").is_relative_to(PACKAGE)
    assert (PACKAGE / "demo_journal" / "app.py").is_file()
    assert CATALOGUES.is_relative_to(PACKAGE)
    assert (PACKAGE / "py.typed").is_file()
    assert (PACKAGE / "store" / "migrations" / "versions" / "0001_first_tables.py").is_file()
    assert (PACKAGE / "simulator" / "templates").is_dir()
