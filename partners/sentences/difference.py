"""Two versions side by side, sentence by sentence, with the words and numbers that differ marked."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby
from typing import Final, Literal, NamedTuple

from partners.domain.difference import merged_order
from partners.sentences.wording import Passage, Section, Sentence

RowKind = Literal["same", "changed", "added", "removed"]
# A number with its separators and sign, a Latin word, spaces, or one character (as every Chinese one is).
_TOKEN: Final = re.compile(r"\d[\d.,:/]*%?|[^\W\d_\u3400-\u9fff]+(?:['’-][^\W\d_\u3400-\u9fff]+)*|\s+|.", re.DOTALL)
_LEAST_ALIKE: Final = 0.4  # sentences with less in common are marked as wholes


class Piece(NamedTuple):
    """Some words of a sentence; `is_marked` where the other version says something else."""

    text: str
    is_marked: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One sentence of each version, or of one of them."""

    kind: RowKind
    before: tuple[Piece, ...]
    after: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class PassageDifference:
    """The aligned sentences of one passage."""

    title: str
    rows: tuple[Row, ...]

    @property
    def changes(self) -> tuple[Row, ...]:
        """The rows that differ."""
        return tuple(row for row in self.rows if row.kind != "same")


@dataclass(frozen=True, slots=True)
class SectionDifference:
    """The aligned passages of one section."""

    title: str
    passages: tuple[PassageDifference, ...]

    @property
    def changed(self) -> tuple[PassageDifference, ...]:
        """The passages in which something differs."""
        return tuple(passage for passage in self.passages if passage.changes)


@dataclass(frozen=True, slots=True)
class TermsDifference:
    """Everything that two versions say, aligned."""

    sections: tuple[SectionDifference, ...]

    @property
    def changed(self) -> tuple[SectionDifference, ...]:
        """The sections in which something differs."""
        return tuple(section for section in self.sections if section.changed)

    def count(self, kind: RowKind) -> int:
        """How many sentences are the same, changed, added or removed."""
        return sum(row.kind == kind for s in self.sections for p in s.passages for row in p.rows)


def compared(before: Sequence[Section], after: Sequence[Section]) -> TermsDifference:
    """The difference of two versions' sections, which are in the same language."""
    old, new = {s.key: s for s in before}, {s.key: s for s in after}
    keys = merged_order(list(old), list(new))
    return TermsDifference(tuple(_section(old.get(key), new.get(key)) for key in keys))


def _section(before: Section | None, after: Section | None) -> SectionDifference:
    old = {p.key: p for p in before.passages} if before else {}
    new = {p.key: p for p in after.passages} if after else {}
    title = after.title if after else before.title if before else ""
    keys = merged_order(list(old), list(new))
    return SectionDifference(title, tuple(_passage(old.get(key), new.get(key)) for key in keys))


def _passage(before: Passage | None, after: Passage | None) -> PassageDifference:
    old = {s.key: s for s in before.sentences} if before else {}
    new = {s.key: s for s in after.sentences} if after else {}
    title = after.title if after else before.title if before else ""
    keys = merged_order(list(old), list(new))
    return PassageDifference(title, tuple(_row(old.get(key), new.get(key)) for key in keys))


def _row(before: Sentence | None, after: Sentence | None) -> Row:
    if before is None or after is None:
        kind: RowKind = "added" if before is None else "removed"
        return Row(kind, _whole(before, is_marked=True), _whole(after, is_marked=True))
    if before.text == after.text:
        return Row("same", _whole(before), _whole(after))
    return Row("changed", *_marked(before.text, after.text))


def _whole(sentence: Sentence | None, *, is_marked: bool = False) -> tuple[Piece, ...]:
    return (Piece(sentence.text, is_marked),) if sentence else ()


def _marked(before: str, after: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    if matcher.ratio() < _LEAST_ALIKE:
        return (Piece(before, True),), (Piece(after, True),)  # noqa: FBT003
    left: list[Piece] = []
    right: list[Piece] = []
    for operation, i, i_end, j, j_end in matcher.get_opcodes():
        is_marked = operation != "equal"
        left.append(Piece("".join(old[i:i_end]), is_marked))
        right.append(Piece("".join(new[j:j_end]), is_marked))
    return tuple(_joined(left)), tuple(_joined(right))


def _joined(pieces: Sequence[Piece]) -> Iterator[Piece]:
    """Neighbours of one kind together; blanks between two marks are marked with them."""
    given = [piece for piece in pieces if piece.text]
    for place, piece in enumerate(given):
        around = given[max(place - 1, 0) : place + 2]
        if piece.text.isspace() and len(around) == 3 and around[0].is_marked and around[2].is_marked:  # noqa: PLR2004
            given[place] = Piece(piece.text, True)  # noqa: FBT003
    for is_marked, group in groupby(given, key=lambda piece: piece.is_marked):
        yield Piece("".join(piece.text for piece in group), is_marked)
