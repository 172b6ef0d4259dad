"""Sealing at rest: newest key seals, every key opens, and only for the owner."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from orcid_connect.errors import SealBroken
from orcid_connect.store.vault import Vault

OLD, NEW = SecretStr("old key " * 8), SecretStr("new key " * 8)


TEXT = st.text(alphabet=st.characters(codec="utf-8"))


@given(secret=TEXT, tenant=TEXT, person=TEXT)
def test_what_is_sealed_opens_for_its_owner(secret: str, tenant: str, person: str) -> None:
    """Any secret comes back for the tenant and person it was sealed for."""
    vault = Vault([NEW])
    sealed = vault.seal(SecretStr(secret), tenant=tenant, person=person)
    assert vault.open(sealed, tenant=tenant, person=person).get_secret_value() == secret


def test_a_seal_does_not_show_the_secret() -> None:
    """The sealed text does not contain the secret."""
    assert "token" not in Vault([NEW]).seal(SecretStr("token"), tenant="t", person="p")


def test_another_owner_cannot_open() -> None:
    """A token moved to another row, even one whose names join to the same text, stays shut."""
    sealed = Vault([NEW]).seal(SecretStr("token"), tenant="ab", person="c")
    with pytest.raises(SealBroken, match="somebody else"):
        Vault([NEW]).open(sealed, tenant="a", person="bc")


def test_keys_rotate() -> None:
    """What the old key sealed opens as long as the old key is listed, and no longer."""
    sealed = Vault([OLD]).seal(SecretStr("token"), tenant="t", person="p")
    assert Vault([NEW, OLD]).open(sealed, tenant="t", person="p").get_secret_value() == "token"
    with pytest.raises(SealBroken, match="put the old key back"):
        Vault([NEW]).open(sealed, tenant="t", person="p")


@pytest.mark.parametrize("damaged", ["", "v1", "v1.x.y", "v2.abc.def", "nonsense"])
def test_damage_is_a_typed_error(damaged: str) -> None:
    """Anything that is no seal is refused with a sentence."""
    with pytest.raises(SealBroken):
        Vault([NEW]).open(damaged, tenant="t", person="p")
