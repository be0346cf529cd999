"""From what a browser sends to JSON. Nothing typed is lost: what can't be read stays text, for validation to name."""

import json
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Final, Protocol

from babel import Locale

from partners.domain.shares import parse_share
from partners.domain.terms import TermsError
from partners.drafts.shapes.declared import Entry, Inner, Input, Kind, OneOf, Part, Rows, Shape

Json = dict[str, object]
MOST_ROWS: Final = 500
COUNT: Final = "rows"
_WHOLE: Final = re.compile(r"-?[0-9]{1,15}", re.ASCII)
_BETWEEN_COUNTRIES: Final = re.compile(r"[,;\n、，；]+")


class Posted(Protocol):
    """What a form sent, by the names of its inputs."""

    def getlist(self, name: str) -> Sequence[str]:
        """Every value under a name, none where there is none."""


def read(part: Shape | OneOf, posted: Posted, path: str = "", *, keeps_blank: bool = False) -> Json:
    """The JSON of a part. Blank rows are left out, unless the form is only being rearranged (`keeps_blank`)."""
    if isinstance(part, Shape):
        return _read_shape(part, posted, path, keeps_blank=keeps_blank)
    chosen = _one(posted, below(path, part.tag.name)) or part.tag.default
    tag: Json = {part.tag.name: chosen} if chosen else {}
    return tag | _read_shape(part.shape_of(chosen), posted, path, keeps_blank=keeps_blank)


def below(path: str, name: str) -> str:
    """The path of what stands below another."""
    return f"{path}.{name}" if path else name


def is_blank(part: Part, value: object) -> bool:
    """Whether nobody has written anything in a part: what stands there anyway doesn't count."""
    if isinstance(part, Input) or not isinstance(value, dict):
        return value in (None, {})
    if isinstance(part, Shape):
        return all(_is_blank_entry(entry, value.get(entry.name)) for entry in part.entries)
    chosen = str(value.get(part.tag.name, part.tag.default))
    return chosen == part.tag.default and is_blank(part.shape_of(chosen), value)


def _is_blank_entry(entry: Entry, said: object) -> bool:
    if isinstance(entry, Input):
        return said is None or (bool(entry.default) and said == entry.default)
    return is_blank(entry.part, said) if isinstance(entry, Inner) else not said


def _read_shape(shape: Shape, posted: Posted, path: str, *, keeps_blank: bool) -> Json:
    found: Json = {}
    for entry in shape.entries:
        here = below(path, entry.name)
        if isinstance(entry, Input):
            value = _read_input(entry, posted, here)
        elif isinstance(entry, Inner):
            value = _read_inner(entry, posted, here, keeps_blank=keeps_blank)
        else:
            value = _read_rows(entry, posted, here, keeps_blank=keeps_blank)
        if value is not None:
            found[entry.name] = value
    return found


def _read_inner(entry: Inner, posted: Posted, path: str, *, keeps_blank: bool) -> Json | None:
    value = read(entry.part, posted, path, keeps_blank=keeps_blank)
    return value if isinstance(entry.part, OneOf) or not is_blank(entry.part, value) else None


def _read_rows(entry: Rows, posted: Posted, path: str, *, keeps_blank: bool) -> list[object] | None:
    count = _one(posted, below(path, COUNT))
    rows: list[object] = []
    for place in range(min(int(count), MOST_ROWS) if count.isdecimal() else 0):
        value = _read_row(entry.part, posted, f"{path}.{place}", keeps_blank=keeps_blank)
        if keeps_blank or not is_blank(entry.part, value):
            rows.append(value)
    return rows or None


def _read_row(part: Part, posted: Posted, path: str, *, keeps_blank: bool) -> object:
    if isinstance(part, Input):
        return _read_input(part, posted, path)
    return read(part, posted, path, keeps_blank=keeps_blank)


def _read_input(entry: Input, posted: Posted, name: str) -> object:
    match entry.kind:
        case Kind.FLAG:
            return True if _one(posted, name) else None
        case Kind.CHECKS | Kind.PARTIES | Kind.CLAUSES:
            return [value for value in posted.getlist(name) if value] or None
        case Kind.LINES:
            return [line.strip() for line in _one(posted, name).splitlines() if line.strip()] or None
        case Kind.COUNTRIES:
            return _countries(_one(posted, name)) or None
        case Kind.JSON:
            return _json(_one(posted, name))
        case _:
            text = _one(posted, name).strip()
            reader = _READERS.get(entry.kind)
            return (reader(text) if reader else text) if text else None


def _one(posted: Posted, name: str) -> str:
    values = posted.getlist(name)
    return values[-1] if values else ""


def _plain(text: str) -> str:
    """Full-width figures and signs, as a Chinese keyboard types them, as plain ones."""
    return unicodedata.normalize("NFKC", text).replace(" ", "")


def share_text(text: str) -> str:
    """`62.5`, `62.5 %` and `5/8` are the same share, exactly; anything else stays as it is."""
    try:
        return str(parse_share(_plain(text)))
    except TermsError:
        return text


def _number(text: str) -> object:
    plain = _plain(text)
    return int(plain) if _WHOLE.fullmatch(plain) else text


_READERS: Final[Mapping[Kind, Callable[[str], object]]] = {
    Kind.SHARE: share_text,
    Kind.NUMBER: _number,
    Kind.NUMBER_CHOICE: _number,
    Kind.AMOUNT: _plain,
    Kind.COUNTRY: lambda text: next(iter(_countries(text)), text),
}


def _json(text: str) -> object:
    if not text.strip():
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _countries(text: str) -> list[str]:
    """ISO 3166 codes, in any case, or the countries' names in English or Chinese."""
    written = (part.strip() for part in _BETWEEN_COUNTRIES.split(text))
    return [_codes_by_name().get(part.casefold(), part.upper()) for part in written if part]


@cache
def _codes_by_name() -> Mapping[str, str]:
    territories = [Locale.parse(name).territories for name in ("zh_Hans", "en")]
    return {
        name.casefold(): code
        for names in territories
        for code, name in names.items()
        if len(code) == 2 and code.isalpha()  # noqa: PLR2004  alpha-2; the others are regions
    }
