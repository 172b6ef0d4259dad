"""Return addresses: ours and the listed ones, and every known trick to get elsewhere."""

import pytest

from orcid_connect.errors import LinkingError
from orcid_connect.journeys.returning import checked_return
from orcid_connect.settings import Credential, Settings
from tests.support.keys import SECRET_KEY


@pytest.fixture
def settings() -> Settings:
    """A host at one origin that lists another."""
    credential = Credential(client_id="APP-1", client_secret="s", environment="sandbox")
    return Settings(
        public_url="https://journal.example/orcid",
        secret_keys=(SECRET_KEY,),
        credentials=(credential,),
        return_origins=("https://submit.example:8443", "https://[2001:db8::1]"),
        home_url="/home",
    )


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/submissions/12?tab=authors#orcid",
        "/a//b",
        "/über?q=ä",
        "/redirect?to=https://evil.example",
        "https://journal.example",
        "https://journal.example/",
        "https://journal.example:443/x",
        "HTTPS://JOURNAL.EXAMPLE/x",
        "https://submit.example:8443/x?y#z",
        "https://[2001:db8::1]/x",
    ],
)
def test_allowed(settings: Settings, address: str) -> None:
    """Paths of this host and full addresses at a listed origin are allowed as they are."""
    assert checked_return(settings, address) == address


@pytest.mark.parametrize("address", [None, ""])
def test_none_given(settings: Settings, address: str | None) -> None:
    """Without an address a person goes home."""
    assert checked_return(settings, address) == "/home"


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "\t//evil.example",
        " //evil.example",
        " https://evil.example",
        "https:evil.example",
        "https:/evil.example",
        "https:///evil.example",
        "https:\\\\evil.example",
        "http://journal.example/",
        "https://journal.example:8443/",
        "https://journal.example.evil.example/",
        "https://evil.example/https://journal.example",
        "https://evil.example#https://journal.example/",
        "https://evil.example?https://journal.example/",
        "https://journal.example@evil.example/",
        "https://journal.example:x@evil.example/",
        "https://evil.example\\@journal.example/",
        "https://user@journal.example/",
        "https://journal.example:99999/",
        "https://journal.example:port/",
        "https://journal.example\u3002evil.example/",
        "https://journal.example\uff0fevil/",
        "https://[journal.example]/",
        "https://[2001:db8::2]/",
        "https://submit.example/",
        "https://submit.example:8443@evil.example",
        "javascript:alert(1)",
        "JavaScript://journal.example/%0aalert(1)",
        "data:text/html,x",
        "ftp://journal.example/",
        "submissions/12",
        "?x",
        "#x",
        "../x",
        "/x\x00",
        "/x\r\nSet-Cookie: a=b",
        "/x\u2028",
        "/x\x85y",
        "/" + "x" * 900,
    ],
)
def test_refused(settings: Settings, address: str) -> None:
    """Anything else is refused with the name of the page that says so."""
    with pytest.raises(LinkingError) as raised:
        checked_return(settings, address)
    assert raised.value.outcome == "return-address"
    assert "evil" not in str(raised.value)
