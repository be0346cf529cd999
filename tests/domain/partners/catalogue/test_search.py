"""Finding items by words of both languages."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partners.catalogue.domain.search import MAX_WORD, MAX_WORDS, query_of, words_of


def matches(text: str, *texts: str) -> bool:
    """What the database does: every part of the query stands among the words, or begins one."""
    words = words_of(*texts)
    for part in query_of(text).split(" & "):
        word, star = re.fullmatch(r"'(.*)'(:\*)?", part).groups()
        if not any(w.startswith(word) if star else w == word for w in words):
            return False
    return True


@pytest.mark.parametrize(
    "text",
    [
        "stren",
        "STRENGTH",
        "desk work",
        "力量",
        "量训",
        "力量训练",
        "办公族 strength",
        "kit-7",
        "KIT7".lower()[:3],
        "7",
        "ｄｅｓｋ",
        "力",
        "café",
    ],
)
def test_an_item_is_found_by(text):
    assert matches(text, "KIT-7", "办公族力量训练", "Strength training for desk workers, café")


@pytest.mark.parametrize("text", ["ength", "练训", "力练", "desks", "8", "训练营"])
def test_an_item_is_not_found_by(text):
    assert not matches(text, "KIT-7", "办公族力量训练", "Strength training for desk workers")


@pytest.mark.parametrize("text", ["", "  ", "!!! --- ،", "' & | :* <->", "_"])
def test_what_has_no_word_looks_for_nothing(text):
    assert query_of(text) == ""


@given(st.text(max_size=60))
def test_no_text_can_say_anything_but_words_to_the_database(text):
    """Nothing that tsquery or an array knows as a sign of its own stands inside the quotes."""
    word = r"[^\s'\"&|!():*<>\\,{}]+"
    assert re.fullmatch(rf"('{word}'(:\*)?( & '{word}'(:\*)?)*)?", query_of(text))
    assert all(re.fullmatch(word, found) for found in words_of(text))


@given(st.text(min_size=1, max_size=80))
def test_every_text_finds_itself(text):
    assert not query_of(text) or matches(text, text)


def test_words_are_bounded():
    found = words_of(" ".join(f"w{n}" for n in range(500)), "x" * 500)
    assert len(found) == MAX_WORDS
    assert len(words_of("x" * 500)[0]) == MAX_WORD
