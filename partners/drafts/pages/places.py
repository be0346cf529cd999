"""Where a problem of a draft is mended: the page, the input on it, and what people call that input."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse

from partners.domain.terms import TermsProblem
from partners.drafts.shapes.clause import CLAUSE
from partners.drafts.shapes.declared import Offered, OneOf, Shape
from partners.drafts.shapes.sections import form_of_field
from partners.drafts.shapes.showing import show

Json = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Place:
    """An address with the input in it, and its name in the reader's language; empty where only the JSON shows it."""

    address: str
    name: str = ""


def title_of(clause: Json, place: int) -> str:
    """What a clause is called: by its name, its id, or its number."""
    return str(clause.get("name") or clause.get("id") or place + 1)


def clauses_of(terms: Json) -> list[dict[str, object]]:
    """The clauses that forms can show."""
    written = terms.get("clauses")
    return [clause for clause in written if isinstance(clause, dict)] if isinstance(written, list) else []


def place_of(problem: TermsProblem, draft_id: UUID, terms: Json, offered: Offered) -> Place:
    """The place of one problem of a draft with these `terms`."""
    name, _dot, rest = problem.field.partition(".")
    number, _dot, below = rest.partition(".")
    clauses = clauses_of(terms)
    if name == "clauses" and number.isdecimal() and int(number) < len(clauses):
        clause = clauses[int(number)]
        inside = TermsProblem(problem.code, below, problem.values)
        address = reverse("portal:draft_clause", args=[draft_id, number])
        return _within(address, title_of(clause, int(number)), CLAUSE, clause, inside, offered)
    if form := form_of_field(name):
        written = {field: terms[field] for field in form.fields if field in terms}
        address = reverse("portal:draft_section", args=[draft_id, form.key])
        return _within(address, str(form.title), form.shape, written, problem, offered)
    return Place(reverse("portal:draft_json", args=[draft_id]))


def _within(
    address: str, title: str, part: Shape | OneOf, value: Json, problem: TermsProblem, offered: Offered
) -> Place:
    """The input on a page, found as the page itself finds it."""
    [(node, _sentence)] = show(part, value, offered, [problem]).all_errors
    if node is None:
        return Place(address, title)
    label = str(node.label)
    return Place(f"{address}#{node.id}", title if label in {"", title} else f"{title} · {label}")
