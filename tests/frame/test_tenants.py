"""Tenants as a tree: what one does not set comes from its parent, and circles are refused."""

from typing import Any

import pytest

from orcid_connect import Credential, Settings
from orcid_connect.errors import SettingsError
from orcid_connect.tenants import Tenant, TenantTree
from tests.support.keys import SECRET_KEY

VENDOR = Tenant(key="vendor", credential="all", canary=5, policy={"works": {"notices": "add"}})
PRESS = Tenant(key="press", parent="vendor", name="The Press")
JOURNAL = Tenant(key="journal", parent="press", policy={"works": {"elsewhere": "skip"}})
TREE = TenantTree([JOURNAL, VENDOR, PRESS])


def settings(**changes: Any) -> Settings:
    """Return settings with two credentials."""
    credentials = [
        Credential(name=name, client_id=name, client_secret="x", environment="simulator")
        for name in ("all", "own")
    ]
    values: dict[str, Any] = {
        "public_url": "http://journal.test/orcid",
        "secret_keys": [SECRET_KEY],
        "credentials": credentials,
        "tenants": [VENDOR, PRESS, JOURNAL],
    }
    return Settings(**(values | changes))


def test_what_is_not_set_comes_from_above() -> None:
    """Policy member by member, name, credential and canary are inherited."""
    works = TREE.policy("journal").works
    assert (works.notices, works.elsewhere) == ("add", "skip")
    assert (TREE.name("journal"), TREE.credential("journal")) == ("The Press", "all")
    assert (TREE.canary("journal"), TREE.root("journal")) == (5, "vendor")


def test_a_tenant_without_entry_stands_alone() -> None:
    """Who is not in the settings has the defaults and is its own root."""
    assert TREE.policy("other").works.notices == "skip"
    assert (TREE.root("other"), TREE.name("other"), TREE.canary("other")) == (
        "other",
        "other",
        None,
    )


def test_the_nearest_credential_serves() -> None:
    """A journal's own credential comes before its press's, and that before everybody's."""
    assert settings().credential_for("journal").name == "all"
    own = JOURNAL.model_copy(update={"credential": "own"})
    assert settings(tenants=[VENDOR, PRESS, own]).credential_for("journal").name == "own"
    assert settings(tenants=[VENDOR, PRESS, own]).credential_for("press").name == "all"


@pytest.mark.parametrize(
    ("tenants", "words"),
    [
        ([Tenant(key="a", parent="b"), Tenant(key="b", parent="a")], "its own ancestor"),
        ([Tenant(key="a", parent="a")], "its own ancestor"),
        ([Tenant(key="a", parent="nobody")], "not among them"),
        ([Tenant(key="a"), Tenant(key="a")], "same key"),
        ([Tenant(key="a", credential="nobody's")], "not among credentials"),
    ],
)
def test_contradictions_stop_the_start(tenants: list[Tenant], words: str) -> None:
    """A tree that is none is refused with a sentence."""
    with pytest.raises(SettingsError, match=words):
        settings(tenants=tenants)
