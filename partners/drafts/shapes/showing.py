"""From JSON to what a page shows: every input with its value, and each problem beside the input it is about."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import ClassVar, Final

from partners.domain.terms import TermsProblem
from partners.drafts.shapes.declared import Choices, Inner, Input, Kind, Offered, OneOf, Part, Rows, Shape, Text
from partners.drafts.shapes.reading import COUNT, below
from partners.sentences.problems import problem_sentence
from partners.sentences.wording import exact_share

LONG: Final = 32  # characters of a choice that need a whole line
SEVERAL: Final = frozenset({Kind.CHECKS, Kind.PARTIES, Kind.CLAUSES})


@dataclass(slots=True)
class Node:
    """One thing on the page. `path` is the name of an input, or of the place where problems of a part stand."""

    path: str
    label: Text = ""
    help: Text = ""
    errors: list[str] = field(default_factory=list)
    is_focused: bool = False
    template: ClassVar[str] = ""

    @property
    def id(self) -> str:
        """The id in the page."""
        return f"field-{self.path.replace('.', '-')}"

    @property
    def described_by(self) -> str:
        """The ids of what explains it."""
        notes = (("errors", self.errors), ("help", self.help))
        return " ".join(f"{self.id}-{name}" for name, is_there in notes if is_there)


@dataclass(slots=True)
class FieldNode(Node):
    """One input and what stands in it."""

    kind: Kind = Kind.TEXT
    values: tuple[str, ...] = ()
    choices: Choices = ()
    suffix: str = ""
    is_tag: bool = False
    has_default: bool = False
    template = "partners/drafts/field.html"

    @property
    def is_select(self) -> bool:
        """Whether one of some choices is taken."""
        return self.kind in {Kind.CHOICE, Kind.NUMBER_CHOICE, Kind.PARTY}

    @property
    def is_long(self) -> bool:
        """Whether several lines are written."""
        return self.kind in {Kind.LINES, Kind.JSON}

    @property
    def is_wide(self) -> bool:
        """Whether it takes a line of its own."""
        return self.kind in {Kind.JSON, Kind.COUNTRIES} or any(len(str(text)) > LONG for _, text in self.choices)

    @property
    def input_type(self) -> str:
        """The type of the HTML input."""
        return self.kind.value if self.kind in {Kind.DATE, Kind.TIME} else "text"

    @property
    def input_mode(self) -> str:
        """Which keys a telephone offers."""
        return {Kind.NUMBER: "numeric", Kind.AMOUNT: "decimal"}.get(self.kind, "")

    @property
    def value(self) -> str:
        """The only value."""
        return self.values[0] if self.values else ""

    @property
    def is_group(self) -> bool:
        """Whether several boxes stand under one label."""
        return self.kind in SEVERAL


@dataclass(slots=True)
class PartNode(Node):
    """A part with what is in it."""

    nodes: "tuple[Node, ...]" = ()
    template = "partners/drafts/part.html"

    @property
    def up_act(self) -> str:
        """What the button sends that moves this row up."""
        return f"up:{self.path}"

    @property
    def down_act(self) -> str:
        """What the button sends that moves this row down."""
        return f"down:{self.path}"

    @property
    def remove_act(self) -> str:
        """What the button sends that takes this row away."""
        return f"remove:{self.path}"


@dataclass(slots=True)
class RowsNode(Node):
    """Rows, and what adds one."""

    rows: tuple[PartNode, ...] = ()
    add: Text = ""
    template = "partners/drafts/rows.html"

    @property
    def add_act(self) -> str:
        """What the button sends that adds a row."""
        return f"add:{self.path}"

    @property
    def count_name(self) -> str:
        """The hidden input that says how many there are."""
        return below(self.path, COUNT)


@dataclass(frozen=True, slots=True)
class Shown:
    """A form as it is shown; `errors` are those that belong to no single input, `all_errors` each with its place."""

    nodes: tuple[Node, ...]
    errors: tuple[str, ...] = ()
    all_errors: tuple[tuple[Node | None, str], ...] = ()

    @property
    def posted(self) -> dict[str, list[str]]:
        """What a browser would send if nobody changed anything."""
        return dict(_sent(self.nodes))


def show(
    part: Shape | OneOf, value: object, offered: Offered, problems: Sequence[TermsProblem] = (), *, focus: str = ""
) -> Shown:
    """The form of `value` with `problems`, whose fields are paths below it; the empty path is the whole.

    Whoever works with the keyboard goes on at the place `focus`.
    """
    nodes = _of_part(part, value, "", offered)
    places = {node.path: node for node in _walk(nodes)}
    if focus in places:
        places[focus].is_focused = True
    found: defaultdict[str, list[str]] = defaultdict(list)
    listed: list[tuple[Node | None, str]] = []
    for problem in problems:
        place = _nearest(problem.field, places)
        sentence = problem_sentence(problem)
        found[place].append(sentence)
        listed.append((places.get(place), sentence))
    for path, node in places.items():
        node.errors = found.get(path, [])
    return Shown(nodes, tuple(found.get("", ())), tuple(listed))


def _nearest(path: str, places: Mapping[str, Node]) -> str:
    while path and path not in places:
        path = path.rpartition(".")[0]
    return path


def _walk(nodes: Sequence[Node]) -> Iterator[Node]:
    for node in nodes:
        yield node
        if isinstance(node, PartNode):
            yield from _walk(node.nodes)
        elif isinstance(node, RowsNode):
            yield from _walk(node.rows)


def _of_part(part: Part, value: object, path: str, offered: Offered) -> tuple[Node, ...]:
    if isinstance(part, Input):
        return (_of_input(part, value or None, path, offered),)
    said = value if isinstance(value, dict) else {}
    if isinstance(part, Shape):
        return _of_shape(part, said, path, offered)
    chosen = str(said.get(part.tag.name) or part.tag.default)
    tag = _of_input(part.tag, chosen, below(path, part.tag.name), offered)
    tag.is_tag = True
    return (tag, *_of_shape(part.shape_of(chosen), said, path, offered))


def _of_shape(shape: Shape, said: Mapping[str, object], path: str, offered: Offered) -> tuple[Node, ...]:
    return tuple(_of_entry(entry, said.get(entry.name), below(path, entry.name), offered) for entry in shape.entries)


def _of_entry(entry: Input | Inner | Rows, value: object, path: str, offered: Offered) -> Node:
    if isinstance(entry, Input):
        return _of_input(entry, value, path, offered)
    if isinstance(entry, Inner):
        return PartNode(path, entry.label, entry.help, nodes=_of_part(entry.part, value, path, offered))
    given: list[object] = value if isinstance(value, list) else []
    shown = given or [{}] * entry.shown
    rows = tuple(
        PartNode(f"{path}.{place}", entry.row, nodes=_of_part(entry.part, row, f"{path}.{place}", offered))
        for place, row in enumerate(shown)
    )
    return RowsNode(path, entry.label, entry.help, rows=rows, add=entry.add)


def _of_input(entry: Input, value: object, path: str, offered: Offered) -> FieldNode:
    values = _values(entry, value)
    known = offered.choices_of(entry)
    strange = tuple((v, v) for v in values if known and v not in {choice for choice, _ in known})
    return FieldNode(
        path,
        entry.label,
        entry.help,
        kind=entry.kind,
        values=values,
        choices=(*known, *strange),
        suffix=offered.currency if entry.kind is Kind.AMOUNT else "",
        has_default=bool(entry.default),
    )


def _values(entry: Input, value: object) -> tuple[str, ...]:
    if value is None:
        return (entry.default,) if entry.default else ()
    if entry.kind is Kind.FLAG:
        return ("on",) if value else ()
    if entry.kind is Kind.JSON:
        return (value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=2),)
    if isinstance(value, list):
        return _of_list(entry.kind, [str(one) for one in value])
    return (_share(str(value)) if entry.kind is Kind.SHARE else str(value),)


def _of_list(kind: Kind, texts: list[str]) -> tuple[str, ...]:
    if kind in SEVERAL:
        return tuple(texts)
    return ((", " if kind is Kind.COUNTRIES else "\n").join(texts),)


def _share(text: str) -> str:
    """As a percentage where it ends, in plain figures, so that it reads the same in every language."""
    try:
        share = Fraction(text)
    except (ValueError, ZeroDivisionError):
        return text
    return exact_share(share).replace(",", "")


def _sent(nodes: Sequence[Node]) -> Iterator[tuple[str, list[str]]]:
    for node in nodes:
        if isinstance(node, FieldNode):
            if node.values:
                yield node.path, list(node.values)
        elif isinstance(node, PartNode):
            yield from _sent(node.nodes)
        elif isinstance(node, RowsNode):
            yield node.count_name, [str(len(node.rows))]
            yield from _sent(node.rows)


__all__ = ["FieldNode", "Node", "OneOf", "PartNode", "RowsNode", "Shown", "show"]
