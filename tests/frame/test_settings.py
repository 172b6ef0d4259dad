"""Settings: what is missing or contradicts itself is a sentence, and secrets do not print."""

from typing import Any

import pytest

from orcid_connect import Credential, Settings
from orcid_connect.errors import SettingsError
from tests.support.keys import SECRET_KEY
from tests.support.signing import HOST_SECRET


def credential(**changes: Any) -> Credential:
    """Return a sandbox credential."""
    values = {"client_id": "APP-1", "client_secret": "hush", "environment": "sandbox"}
    return Credential(**(values | changes))


def settings(**changes: Any) -> Settings:
    """Return settings that are in order."""
    values: dict[str, Any] = {
        "public_url": "https://journal.example/orcid/",
        "secret_keys": [SECRET_KEY],
        "credentials": [credential()],
    }
    return Settings(**(values | changes))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"public_url": "journal.example"}, "public_url must be a full address"),
        ({"secret_keys": []}, "secret_keys is empty"),
        ({"secret_keys": ["short"]}, "32 characters"),
        ({"credentials": []}, "credentials is empty"),
        ({"credentials": [credential(), credential()]}, "names must differ"),
        ({"credentials": [credential(), credential(name="b")]}, "given twice"),
        ({"database": "mysql://host/db"}, "database must be a file"),
        ({"database": ":memory:"}, "must survive a restart"),
        ({"database": "postgresql://host/user:hush"}, "database must be a file"),
        ({"database": "postgresql://host/db?sslmode=hush"}, "sslmode must be one of disable"),
        ({"language": "de", "languages": ("en",)}, "language must be among them"),
        ({"languages": ("en", "tlh")}, "languages may be some of"),
        ({"metrics_token": ""}, "metrics_token is empty"),
        ({"metrics_token": " "}, "metrics_token is empty"),
        ({"host_keys": [{"name": "a", "secret": "hush"}]}, "host_keys.0.secret: is not whsec_"),
        ({"host_keys": [{"name": "a", "secret": "whsec_AAAA"}]}, "openssl rand -base64 32"),
        ({"host_keys": [{"name": "a", "secret": "whsec_ä"}]}, "openssl rand -base64 32"),
        ({"host_keys": [{"name": "a", "secret": HOST_SECRET}] * 2}, "names must differ"),
        ({"session_lifetime": 0}, "session_lifetime"),
        ({"colour": "green"}, "colour: is not known here: correct its name"),
        (
            {
                "public_url": "http://j.example",
                "credentials": [credential(environment="production")],
            },
            "only https",
        ),
    ],
)
def test_contradictions_stop_the_start(changes: dict[str, Any], sentence: str) -> None:
    """Each contradiction is one sentence that names the setting."""
    with pytest.raises(SettingsError, match=sentence):
        settings(**changes)


def test_a_missing_setting_names_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without any setting the sentence says which variables to set."""
    monkeypatch.delenv("ORCID_CONNECT_PUBLIC_URL", raising=False)
    with pytest.raises(SettingsError, match="ORCID_CONNECT_PUBLIC_URL"):
        Settings()


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sidecar is configured by variables alone."""
    monkeypatch.setenv("ORCID_CONNECT_PUBLIC_URL", "https://journal.example/orcid")
    monkeypatch.setenv("ORCID_CONNECT_SECRET_KEYS", f'["{SECRET_KEY}"]')
    monkeypatch.setenv(
        "ORCID_CONNECT_CREDENTIALS", '[{"client_id": "APP-1", "client_secret": "hush"}]'
    )
    assert Settings().redirect_uri == "https://journal.example/orcid/callback"


def test_no_secret_prints() -> None:
    """Neither keys nor client secrets show in a repr or an error."""
    shown = repr(settings()) + str(settings())
    assert "hush" not in shown
    assert SECRET_KEY not in shown
    with pytest.raises(SettingsError) as error:
        settings(credentials=[{"client_id": "A", "client_secret": "hush", "kind": "wrong"}])
    assert "hush" not in str(error.value)


def test_fixed_environments_have_fixed_addresses() -> None:
    """A sandbox credential cannot be pointed elsewhere."""
    with pytest.raises(ValueError, match="fixed addresses"):
        credential(site_url="https://evil.example")


def test_a_tenant_has_its_own_credential() -> None:
    """The tenant's own credential goes before everybody's; without any there is a sentence."""
    own = credential(name="own", client_id="APP-2", tenants=("a",))
    shared = credential(name="shared")
    both = settings(credentials=[shared, own])
    assert both.credential_for("a") == own
    assert both.credential_for("b") == shared
    with pytest.raises(SettingsError, match="no credential serves tenant 'b'"):
        settings(credentials=[own]).credential_for("b")
