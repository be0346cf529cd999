"""Words to find an item by, in Chinese and in languages that part their words.

Chinese does not: a run of Han characters is kept as its single characters and its neighbouring pairs, and a run that is
looked for is found where all its pairs stand. Other words are found by their beginning.
"""

import re
import unicodedata
from typing import Final

MAX_WORDS: Final = 200
MAX_WORD: Final = 40
_HAN: Final = "\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_PARTS: Final = re.compile(rf"[{_HAN}]+|[^\W_{_HAN}]+")
_IS_HAN: Final = re.compile(rf"[{_HAN}]")
OWNER: Final = "owner:"  # no word has a colon


def words_of(*texts: str) -> list[str]:
    """Every word of the texts once, at most `MAX_WORDS`; the same texts give the same words."""
    found: dict[str, None] = {}
    for text in texts:
        for part in _PARTS.findall(_plain(text)):
            found |= dict.fromkeys(_pieces(part) if _IS_HAN.match(part) else [part[:MAX_WORD]])
            if len(found) >= MAX_WORDS:
                return list(found)[:MAX_WORDS]
    return list(found)


def query_of(text: str) -> str:
    """What to look for as PostgreSQL's tsquery; empty when the text has no word."""
    wanted: dict[str, None] = {}
    for part in _PARTS.findall(_plain(text[: MAX_WORDS * 2])):
        if _IS_HAN.match(part):
            wanted |= dict.fromkeys(f"'{piece}'" for piece in (_pairs(part) or [part]))
        else:
            wanted[f"'{part[:MAX_WORD]}':*"] = None
    return " & ".join(wanted)


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _pieces(run: str) -> list[str]:
    return [*run, *_pairs(run)]


def _pairs(run: str) -> list[str]:
    return [run[at : at + 2] for at in range(len(run) - 1)]
