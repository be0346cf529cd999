"""Text in the signs that every bank's computer knows."""

import re
import unicodedata
from types import MappingProxyType
from typing import Final

from text_unidecode import unidecode

# The signs of the Single Euro Payments Area; nearly all other banks know them too.
_BANK_SIGNS: Final = re.compile(r"[A-Za-z0-9/\-?:().,'+ ]*")
_BANK_ID: Final = re.compile(r"[A-Za-z0-9\-?:().,'+ ](?:[A-Za-z0-9\-?:().,'+ ]|/(?!/|$))*")
_SPACES: Final = re.compile(r"\s+")
# What the European Payments Council recommends for the others.
_INSTEAD: Final = MappingProxyType(
    str.maketrans({"&": "+", "_": "-", ";": ",", "[": "(", "]": ")", "{": "(", "}": ")", "\\": "/", "~": "-", "`": "'"})
)


def bank_text(text: str) -> str:
    """`text` in Latin letters and the signs that banks know: `Müller & 王` becomes `Muller + Wang`.

    What has no counterpart becomes a point. Control signs count as spaces, and runs of spaces as one.
    """
    plain = "".join(" " if unicodedata.category(sign).startswith("C") else sign for sign in text)
    latin = unidecode(plain).translate(_INSTEAD)
    return _SPACES.sub(" ", "".join(sign if _BANK_SIGNS.fullmatch(sign) else "." for sign in latin)).strip()


def is_bank_id(text: str) -> bool:
    """Whether banks pass `text` on unchanged as a reference: no leading, closing or doubled slash, no foreign sign."""
    return _BANK_ID.fullmatch(text) is not None and text.strip() == text


def has_control_signs(text: str) -> bool:
    """Whether a line end, a tab or another invisible sign stands in it."""
    return any(unicodedata.category(sign) in {"Cc", "Cf", "Zl", "Zp"} for sign in text)
