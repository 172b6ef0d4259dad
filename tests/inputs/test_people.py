"""The map of persons: the host says who a printed author is, and what is printed must agree."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orcid_connect.declarations import Article, Contributor
from orcid_connect.errors import InputError
from orcid_connect.inputs import PersonMap, read_person_map
from orcid_connect.inputs.people import article_names


def article(*people: Contributor, key: str = "10.5555/a", doi: str | None = "10.5555/A") -> Article:
    """Return an article with a byline."""
    return Article(
        tenant="t",
        key=key,
        as_of=datetime(2026, 1, 1, tzinfo=UTC),
        title="T",
        doi=doi,
        contributors=people,
    )


ADA = Contributor(given_names="Ada B.", family_name="Keeper")
BEA = Contributor(
    given_names="Bea", family_name="Müller", orcid="https://orcid.org/0000-0002-1825-0097"
)
EDITOR = Contributor(given_names="Ed", family_name="Edits", role="editor")
GROUP = Contributor(display_name="The Hive", is_group=True)
THREE = article(EDITOR, ADA, BEA, GROUP)


def keys(told: Article) -> list[str | None]:
    """Return the person keys in byline order."""
    return [person.person_key for person in told.contributors]


@pytest.mark.parametrize(
    "text",
    [
        "person_key,position\nada,1\nbea,2\n",
        "person_key,name\nada,Ada B. Keeper\nbea,Müller Bea\n",
        "person_key,name\nada,keeper ada b\nbea,  BEA   MÜLLER \n",
        "person_key,position,orcid\nada,1,\nbea,,0000000218250097\n",
        "Person_Key ; Article ; Position\nada;https://doi.org/10.5555/a;1\nbea;10.5555/A;2\n",
        "\ufeffperson_key\tarticle\tname\r\nada\t10.5555/a\tAda B. Keeper\r\n"
        "bea\t\tBea Müller\r\n\r\n",
        "person_key,article,position\nada,10.5555/a,1\nzoe,10.5555/other,1\nbea,10.5555/a,2\n",
    ],
)
def test_rows_point_at_printed_authors(text: str) -> None:
    """Position, name and printed iD point at an author, in any spelling and separator."""
    told, problems = read_person_map(text).apply(THREE)
    assert keys(told) == [None, "ada", "bea", None]
    assert problems == []


def test_an_id_in_the_map_is_only_a_pointer() -> None:
    """What is printed stays: the map gives no iD, and authenticates none."""
    told, _ = read_person_map("person_key,orcid\nbea,0000-0002-1825-0097\n").apply(THREE)
    assert told.contributors[2] == BEA.model_copy(update={"person_key": "bea"})
    assert not told.contributors[2].orcid_authenticated


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        (
            "person_key,position,name\nx,1,Bea Müller",
            "people-disagree",
            "“Ada B. Keeper” is printed",
        ),
        ("person_key,position,orcid\nx,1,0000-0002-1825-0097", "people-disagree", "position 1"),
        ("person_key,position,name\nx,1,Nobody Here", "people-disagree", "“Nobody Here”"),
        ("person_key,position\nx,3", "people-group", "The Hive"),
        ("person_key,position\nx,1\ny,1", "people-taken", "another person key"),
        ("person_key,position\nx,1\nx,2", "people-twice", "two authors"),
    ],
)
def test_a_row_that_does_not_fit_is_refused(text: str, code: str, said: str) -> None:
    """A row that contradicts what is printed is refused with a sentence and its line."""
    _, problems = read_person_map(text).apply(THREE)
    (problem,) = problems
    assert (problem.code, problem.severity, problem.holds) == (code, "refused", True)
    assert said in problem.message
    assert problem.path in ("people[2]", "people[3]")


def test_namesakes_are_told_apart_or_refused() -> None:
    """A name that two authors bear needs a position beside it."""
    twins = article(ADA, ADA)
    _, problems = read_person_map("person_key,name\nx,Ada B. Keeper").apply(twins)
    assert [problem.code for problem in problems] == ["people-ambiguous"]
    told, problems = read_person_map("person_key,position,name\nx,2,Ada B. Keeper").apply(twins)
    assert (keys(told), problems) == ([None, "x"], [])


@pytest.mark.parametrize("row", ["x,9,,", "x,,Nobody Here,", "x,,,0000-0001-5109-3700"])
def test_a_row_that_fits_nobody_is_a_caution(row: str) -> None:
    """A row that points at nobody changes nothing and is told."""
    told, problems = read_person_map(f"person_key,position,name,orcid\n{row}").apply(THREE)
    assert keys(told) == [None] * 4
    (problem,) = problems
    assert (problem.code, problem.severity) == ("people-nobody", "caution")


def test_of_several_articles_rows_name_theirs() -> None:
    """With several articles, a position or name must say which; an iD need not."""
    people = read_person_map("person_key,position,orcid\nx,1,\nbea,,0000-0002-1825-0097\n")
    told, problems = people.apply(THREE, only_article=False)
    assert keys(told) == [None, None, "bea", None]
    assert [problem.code for problem in problems] == ["people-which-article"]
    elsewhere, problems = people.apply(article(ADA), only_article=False)
    assert keys(elsewhere) == [None]
    assert [problem.code for problem in problems] == ["people-which-article"]


def test_an_article_without_doi_is_meant_by_its_key() -> None:
    """The column article also takes the host's key."""
    people = read_person_map("person_key,article,position\nada,VB-17,1\n")
    told, problems = people.apply(article(ADA, key="VB-17", doi=None), only_article=False)
    assert (keys(told), problems) == (["ada"], [])


def test_rows_for_articles_that_were_not_read_are_told() -> None:
    """A row that names an article nobody read is a caution with its line, others are not."""
    people = read_person_map(
        "person_key,article,position\nada,10.5555/a,1\nbea,https://doi.org/10.5555/A,2\n"
        "zoe,10.5555/missing,1\nkim,VB-17,1\nlou,,1\n"
    )
    names = article_names(article(ADA, key="own")) | article_names(article(key="VB-17", doi=None))
    (problem,) = people.elsewhere(names)
    assert (problem.path, problem.code) == ("people[4]", "people-elsewhere")
    assert (problem.severity, problem.holds) == ("caution", False)
    assert "“10.5555/missing”" in problem.message


def test_a_column_that_is_not_read_is_told() -> None:
    """An unknown column is no error, but the host hears that it is not read."""
    _, problems = read_person_map("person_key,position,shoe size\nada,1,40\n").apply(THREE)
    (problem,) = problems
    assert (problem.code, problem.severity) == ("people-unknown-column", "caution")
    assert "“shoe size”" in problem.message


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Line 1 of the map of persons: no column person_key. The columns are person_key"),
        ("key,position\n", "no column person_key"),
        ("person_key\nx\n", "no column points at an author"),
        ("person_key,name,name\nx,a,b\n", "two columns name"),
        ("person_key,position\n,1\n", "Line 2 of the map of persons: person_key is missing"),
        ("person_key,position\nx,\n", "Line 2 of the map of persons: nothing points at an author"),
        ("person_key,position\nx,first\n", "position must be 1 for the first author"),
        ("person_key,position\nx,0\n", "position must be 1 for the first author"),
        ("person_key,orcid\nx,0000-0002-1825-0098\n", "“0000-0002-1825-0098” is not an ORCID iD"),
        (
            "person_key,name\nx,Keeper, Ada\n",
            "Line 2 of the map of persons: 3 cells under 2 columns",
        ),
        ("person_key,position\n\nada,1,,\n", "Line 3 of the map of persons: 4 cells under 2"),
        ('person_key,name\nx,"a' + "b" * 200_000, "field larger than field limit"),
    ],
)
def test_a_faulty_map_gets_a_sentence(text: str, said: str) -> None:
    """A map that cannot be read is refused as a whole, with the line and the columns there are."""
    with pytest.raises(InputError) as caught:
        read_person_map(text)
    assert said in str(caught.value)


@given(st.text(alphabet="person_key,oitanm;\t\n\"'0129x\x00é"))
def test_any_text_is_a_map_or_an_input_error(text: str) -> None:
    """Any text gives a map that can be applied, or an input error."""
    try:
        people = read_person_map(text)
    except InputError:
        return
    assert isinstance(people, PersonMap)
    told, problems = people.apply(THREE)
    assert len(told.contributors) == 4
    assert all(problem.message for problem in problems)
