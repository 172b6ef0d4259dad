"""Files of an older system are read line by line, whatever stands in them; secrets stay in."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from orcid_connect.errors import InputError
from orcid_connect.inputs.older_systems import Unread, count_lines, read_items, read_links
from orcid_connect.journeys.importing import OldLink
from orcid_connect.journeys.importing_items import OldItem

ADA = "0000-0002-1825-0097"
TOKEN = "11111111-2222-4333-8444-555555555555"


@pytest.fixture
def written(tmp_path: Path) -> Callable[[str], Path]:
    """Write a file and return where it is."""

    def write(text: str) -> Path:
        path = tmp_path / "people.csv"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def links(path: Path) -> list[Any]:
    """Return every line of a file of connections."""
    return list(read_links(path))


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_line_of_csv(written: Callable[[str], Path], separator: str) -> None:
    """All columns are read, in any order, with a byte order mark, by any usual separator."""
    header = ["orcid", "person_key", "access_token", "scope", "expires", "name", "refresh_token"]
    scope = "/activities/update /read-limited"
    cells = [f"https://orcid.org/{ADA}", "7", TOKEN, scope, "2038-05-09", "Ada", f"{TOKEN}r"]
    text = "\ufeff" + separator.join(header) + "\n" + separator.join(cells) + "\n\n"
    path = written(text)
    (line,) = links(path)
    assert isinstance(line, OldLink)
    assert (line.line, line.person_key, line.orcid, line.host) == (2, "7", ADA, "orcid.org")
    assert line.scopes == {"/activities/update", "/read-limited"}
    assert line.expires_at == datetime(2038, 5, 9, tzinfo=UTC).timestamp()
    assert line.name == "Ada"
    assert line.access_token is not None
    assert line.access_token.get_secret_value() == TOKEN
    assert count_lines(path) == 2


def test_a_line_of_json(written: Callable[[str], Path]) -> None:
    """JSON lines hold the same names; scopes may be a list, what is absent is absent."""
    path = written(
        '{"person_key": 7, "orcid": "' + ADA + '", "access_token": null,'
        ' "scope": ["/activities/update"], "expires": 2000000000}\n[1]\n'
    )
    first, second = links(path)
    assert (first.person_key, first.host, first.access_token) == ("7", None, None)
    assert (first.scopes, first.expires_at) == ({"/activities/update"}, 2_000_000_000.0)
    assert second == Unread(2, "this is no JSON object.")


@pytest.mark.parametrize("spelt", ["http://sandbox.orcid.org/", "https://sandbox.orcid.org/"])
def test_the_site_of_an_id_is_kept(written: Callable[[str], Path], spelt: str) -> None:
    """An iD that says where it lives is known by it, so that sandbox and production never mix."""
    (line,) = links(written(f"person_key,orcid\n7,{spelt}{ADA}\n"))
    assert (line.orcid, line.host) == (ADA, "sandbox.orcid.org")


def test_bad_lines_stop_no_other_and_repeat_no_cell(written: Callable[[str], Path]) -> None:
    """Each bad line is told by its number and column, never by what stands in it."""
    secret = "not a token but a secret"
    path = written(
        "person_key,orcid,access_token,expires\n"
        f",{ADA},{TOKEN},\n"
        f"7,{ADA},{secret},\n"
        f"7,{ADA},{TOKEN},tomorrow\n"
        f"7,{ADA},{TOKEN},,,\n"
        f"8,{ADA},{TOKEN},\n"
    )
    found = links(path)
    assert [type(one) for one in found] == [Unread] * 4 + [OldLink]
    told = [one.sentence for one in found[:4]]
    assert [one.line for one in found] == [2, 3, 4, 5, 6]
    assert "person_key" in told[0]
    assert "holds no token: is it still encrypted?" in told[1]
    assert "expires is no moment" in told[2]
    assert "more cells" in told[3]
    assert secret not in repr(found)
    assert TOKEN not in repr(found)


@pytest.mark.parametrize(
    "bad",
    [
        '{"person_key": "7", "orcid": ' + "[" * 40_000 + "]" * 40_000 + "}",
        '{"person_key": "7\\ud800", "orcid": "' + ADA + '", "access_token": "' + TOKEN + '"}',
        '{"person_key": "7", "orcid": "' + ADA + '", "name": "\\udc00", "scope": "/x"}',
        '{"person_key": "7", "orcid": "' + ADA + '", "name": "A\\u0000", "scope": "/x"}',
        '{"person_key": "7", "orcid": "' + ADA + '", "scope": "/x\\u0000"}',
    ],
    ids=["nested without end", "half a character", "in a name", "nul", "nul in a scope"],
)
def test_what_no_database_keeps_stops_no_other(written: Callable[[str], Path], bad: str) -> None:
    """A line nested too deep, or with what cannot be stored, is told; the next one is read."""
    first, second = links(written(f'{bad}\n{{"person_key": 8, "orcid": "{ADA}"}}\n'))
    assert isinstance(first, Unread)
    assert first.person_key == ""
    assert isinstance(second, OldLink)


def test_a_nul_in_csv(written: Callable[[str], Path]) -> None:
    """The same in a cell of CSV."""
    first, second = links(written(f"person_key,orcid,name\n7,{ADA},A\0\n8,{ADA},B\n"))
    assert isinstance(first, Unread)
    assert isinstance(second, OldLink)


def test_put_codes(written: Callable[[str], Path]) -> None:
    """A put-code names its person by key or iD; what cannot be one is told."""
    found = list(
        read_items(
            written(
                "person_key,orcid,kind,key,put_code\n"
                "7,,Article,10.5555/a,1234\n"
                f",{ADA},review,r1,5\n"
                "7,,letter,a,1\n"
                "7,,article,a,0\n"
                ",,article,a,1\n"
                f"7,,article,a,{2**63}\n"
            )
        )
    )
    assert found[:2] == [
        OldItem(2, "7", "article", "10.5555/a", 1234),
        OldItem(3, ADA, "review", "r1", 5),
    ]
    assert [type(one) for one in found[2:]] == [Unread] * 4


def test_what_is_no_such_file_is_told(written: Callable[[str], Path], tmp_path: Path) -> None:
    """A missing column, another encoding and a file that is not there are errors of one line."""
    with pytest.raises(InputError, match="its first line lacks orcid; the columns are person_key"):
        links(written("person_key,token\n7,x\n"))
    (tmp_path / "latin.csv").write_bytes("person_key,orcid\né,1\n".encode("latin-1"))
    with pytest.raises(InputError, match="not UTF-8 text"):
        links(tmp_path / "latin.csv")
    with pytest.raises(InputError, match="No such file"):
        links(tmp_path / "nowhere.csv")
