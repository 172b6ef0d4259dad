"""Every no of ORCID's has a class, facts and advice (REGISTRY.md 5.1)."""

import json
import time
from typing import Any

import pytest

from orcid_connect import errors
from orcid_connect.errors import (
    ClientRefused,
    ContentRefused,
    Duplicate,
    GrantRefused,
    LimitReached,
    NotFound,
    NotTheSource,
    NotVisible,
    RateLimited,
    RecordClosed,
    RecordDeactivated,
    RecordLocked,
    RecordMoved,
    RecordUnclaimed,
    RegistryDown,
    RegistryRefusal,
    RequestRefused,
    ScopeMissing,
    TokenRefused,
    WrongRecord,
)
from orcid_connect.registry.meanings import BY_CODE, meaning_of
from orcid_connect.registry.oauth import OAuth
from orcid_connect.registry.refusals import field_named_in, quotable, refusal_of
from orcid_connect.registry.transport import Answer
from tests.registry.conftest import Registry
from tests.registry.contents import CONTENTS
from tests.simulator import bodies

pytestmark = pytest.mark.anyio

QUICK_SECONDS = 2.0
"""Of this thread alone: far above what linear work takes, far below what quadratic work takes."""


def test_every_number() -> None:
    """Every number of the registry's table has a meaning and something to do about it."""
    assert {code for code in BY_CODE if isinstance(code, int)} == set(range(9000, 9063))
    for meaning in BY_CODE.values():
        assert meaning.error is not RegistryRefusal
        assert meaning.advice
        assert not meaning.advice.endswith(".")


def test_every_class_is_used() -> None:
    """No class of refusal exists that nothing raises."""
    used = {meaning_of(status, None).error for status in (401, 404, 429, 503, 500)}
    used |= {meaning.error for meaning in BY_CODE.values()}
    classes = {
        one
        for one in vars(errors).values()
        if isinstance(one, type) and issubclass(one, RegistryRefusal)
    }
    assert classes - used == {RegistryRefusal, RecordClosed}


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ('Unrecognized field "colour" (class …)', "colour"),
        ('… (through reference chain: a.b.Work["external-ids"]->x["external-id"])',
         "external-ids.external-id"),
        ("cvc-complex-type.2.4.b: content is not complete. One of '{\"x\":title}' is expected",
         "title"),
        ("The title is too long.", None),
    ],
)  # fmt: skip
def test_field_of_a_schema_fault(text: str, field: str | None) -> None:
    """The member that a schema fault names is told."""
    assert field_named_in(text) == field


@pytest.mark.parametrize(
    ("state", "kind"),
    [
        ("locked", RecordLocked),
        ("deactivated", RecordDeactivated),
        ("unclaimed", RecordUnclaimed),
    ],
)
async def test_closed_records(registry: Registry, state: str, kind: type[RegistryRefusal]) -> None:
    """Each state of a record that closes it is a class of its own."""
    registry.sim.set_state(registry.orcid, state)
    with pytest.raises(kind) as raised:
        await registry.member().record(registry.orcid)
    assert isinstance(raised.value, RecordClosed)
    assert raised.value.orcid == registry.orcid


async def test_merged_record(registry: Registry) -> None:
    """A merged record tells its primary iD, to readers and to writers."""
    primary = registry.sim.add_person("Primary", "Brewster").orcid
    token = registry.token()
    registry.sim.set_state(registry.orcid, "deprecated", primary)
    api = registry.member()
    with pytest.raises(RecordMoved) as reading:
        await api.record(registry.orcid)
    with pytest.raises(RecordMoved) as writing:
        await api.add(registry.orcid, "work", CONTENTS["work"], token=token)
    assert reading.value.primary == writing.value.primary == primary
    assert (reading.value.status, writing.value.status) == (301, 409)


async def test_no_such_record(registry: Registry) -> None:
    """A record that is not there is told apart from an item that is not there."""
    with pytest.raises(NotFound) as raised:
        await registry.member().record("0000-0002-1825-0097")
    assert (raised.value.what, raised.value.orcid) == ("record", "0000-0002-1825-0097")


async def test_writing_refusals(registry: Registry) -> None:
    """Duplicates, foreign items, wrong records, missing scopes and dead tokens are told apart."""
    api, token, orcid = registry.member(), registry.token(), registry.orcid
    put_code = await api.add(orcid, "work", CONTENTS["work"], token=token)
    with pytest.raises(Duplicate) as clash:
        await api.add(orcid, "work", CONTENTS["work"], token=token)
    assert clash.value.clashing_put_code == put_code
    rival, foreign = registry.member(name="rival"), registry.token(name="rival")
    with pytest.raises(NotTheSource):
        await rival.remove(orcid, "work", put_code, token=foreign)
    other = registry.sim.add_person("O", "Ther").orcid
    with pytest.raises(WrongRecord):
        await api.add(other, "work", CONTENTS["work"], token=token)
    with pytest.raises(ScopeMissing):
        await api.add(orcid, "work", CONTENTS["work"], token=registry.token("/read-limited"))
    hidden = registry.sim.put_item(orcid, "keyword", {"content": "k"}, visibility="private")
    with pytest.raises(NotVisible):
        await api.item(orcid, "keyword", hidden, token=token)
    with pytest.raises(Duplicate) as twice:
        for _ in range(2):
            await api.add(orcid, "other-name", CONTENTS["other-name"], token=token)
    assert twice.value.code == 9030
    with pytest.raises(RequestRefused):
        await api.add(orcid, "work", CONTENTS["work"] | {"put-code": 7}, token=token)
    registry.sim.revoke_by_user(orcid, api.client_id)
    with pytest.raises(TokenRefused) as dead:
        await api.change(orcid, "work", put_code, CONTENTS["work"], token=token)
    assert token.get_secret_value() not in str(dead.value)
    await api.remove(orcid, "work", put_code, token=token)


@pytest.mark.parametrize(
    ("kind", "change", "code", "field"),
    [
        ("work", {"external-ids": None}, 9023, "external-ids"),
        ("work", {"colour": "red"}, 9047, "colour"),
        ("funding", {"title": None}, 9022, "title"),
        ("employment", {"organization": None}, 9046, "organization"),
        ("funding", {"end-date": {"year": {"value": "2020"}}}, 9050, "start-date"),
        ("peer-review", {"review-group-id": "issn:nothing"}, 9053, "issn"),
    ],
)
async def test_refused_content(
    registry: Registry, kind: Any, change: dict[str, Any], code: int, field: str
) -> None:
    """Content that is refused tells number and field."""
    with pytest.raises(ContentRefused) as raised:
        await registry.member().add(
            registry.orcid, kind, CONTENTS[kind] | change, token=registry.token()
        )
    assert (raised.value.code, raised.value.field) == (code, field)


async def test_full_record(registry: Registry) -> None:
    """A record that holds all the works it can is a limit of its own."""
    registry.sim.settings.max_works = 1
    api, token = registry.member(), registry.token()
    await api.add(registry.orcid, "work", CONTENTS["work"], token=token)
    with pytest.raises(LimitReached):
        await api.add(registry.orcid, "work", bodies.work("10.5555/two"), token=token)


async def test_the_way_there(registry: Registry) -> None:
    """A registry that is down, slows us down or refuses the client is told by class."""
    api = registry.member()
    await api.record(registry.orcid)
    for status, kind in ((503, RateLimited), (429, RateLimited), (500, RegistryDown)):
        registry.sim.clear_faults()
        registry.sim.add_fault("status", status=status, count=1)
        with pytest.raises(kind) as raised:
            await api.record(registry.orcid)
        assert raised.value.outcome_unknown == (status >= 500)
    wrong = registry.credential().model_copy(update={"client_id": "APP-NOBODY0000000001"})
    with pytest.raises(ClientRefused):
        await OAuth(registry.transport, wrong).client_token("/read-public")
    with pytest.raises(GrantRefused):
        await registry.oauth().refresh(registry.token())


def test_secrets_are_not_quoted() -> None:
    """Tokens and addresses in ORCID's texts do not reach our sentence."""
    token = "11111111-1111-4111-8111-111111111111"
    body = f'{{"error-code": 9020, "developer-message": "token {token} of ada@example.org"}}'
    error = refusal_of(Answer(400, {}, body.encode()))
    assert token not in str(error)
    assert "ada@example.org" not in str(error)


@pytest.mark.parametrize("piece", ["a", "'{a:", '["', "a@", "0123abcd-", "put-code 1"])
def test_long_texts_are_judged_at_once(piece: str) -> None:
    """A refusal as long as an answer may be is told in no long time, and told shortly."""
    body = json.dumps({"error-code": 9047, "developer-message": "cvc-" + piece * 100_000})
    begun = time.thread_time()
    error = refusal_of(Answer(400, {}, body.encode()))
    assert time.thread_time() - begun < QUICK_SECONDS
    assert len(str(error)) < 1000


def test_addresses_behind_tokens_are_not_quoted() -> None:
    """An e-mail address glued to a token is masked like any other."""
    token = "11111111-1111-4111-8111-111111111111"
    for text in (f"{token},ada@example.org", f"ada@example.org,{token}", f"x{token}y"):
        assert "ada" not in quotable(text)
        assert "1111" not in quotable(text)
