"""The forms hold everything that terms can say: JSON to inputs, as a browser sends them, and back."""

import json
import typing
from typing import Any, Literal

import pytest
from django.http import QueryDict
from hypothesis import given, settings

from partners.domain.terms import Clause, Terms, TermsProblem
from partners.domain.terms.exact import Part
from partners.drafts.shapes.clause import CLAUSE
from partners.drafts.shapes.declared import Inner, Input, Offered, OneOf, Rows, Shape
from partners.drafts.shapes.reading import is_blank, read
from partners.drafts.shapes.sections import SECTION_FORMS
from partners.drafts.shapes.showing import RowsNode, show
from tests.domain.partners.terms.everything import RICH
from tests.domain.partners.terms.generated import all_terms
from tests.domain.partners.terms.written import HOST, NORTH, SOUTH, clause, commission, split, terms_of

OFFERED = Offered(((str(HOST), "Lectern"), (str(NORTH), "North"), (str(SOUTH), "South")), ("sales", "clicks"), "EUR")


def sent(shape, value) -> QueryDict:
    """What a browser sends for the form of `value`."""
    query = QueryDict(mutable=True)
    for name, values in show(shape, value, OFFERED).posted.items():
        query.setlist(name, values)
    return query


def through_the_forms(terms: Terms) -> Terms:
    """The terms after every form of them has been opened and saved."""
    stored = json.loads(json.dumps(terms.to_json()))
    written: dict[str, object] = {name: stored[name] for name in ("schema", "currency", "time_zone")}
    written["clauses"] = [read(CLAUSE, sent(CLAUSE, one)) for one in stored["clauses"]]
    for form in SECTION_FORMS.values():
        said = {name: stored[name] for name in form.fields if name in stored}
        written |= read(form.shape, sent(form.shape, said))
    return Terms.from_json(written)


def test_everything_that_terms_can_say_comes_back_from_the_forms():
    again = through_the_forms(RICH)
    assert again == RICH
    assert again.sha256 == RICH.sha256


@settings(max_examples=30)
@given(all_terms())
def test_whatever_terms_say_comes_back_from_the_forms(terms):
    assert through_the_forms(terms).sha256 == terms.sha256


def test_a_fourth_level_of_steps_stands_as_json_and_comes_back():
    deep: dict[str, Any] = {"to": {"party": str(HOST)}}
    for _level in range(4):
        deep = {"steps": [{"take": {"share": "1/2"}, "to": {"party": str(NORTH)}}, deep]}
    terms = terms_of(clause({"kind": "waterfall", "steps": [deep]}))
    assert through_the_forms(terms) == terms


def parts_in(kind: Any) -> set[type[Part]]:
    """The kinds of parts that an annotation names."""
    if isinstance(kind, type) and issubclass(kind, Part):
        return {kind}
    return {part for inner in typing.get_args(kind) for part in parts_in(inner)}


def is_choice(kind: Any) -> bool:
    return typing.get_origin(kind) is Literal


def missing(part, kinds: set[type[Part]], path: str = "") -> list[str]:
    """The fields of the models for which a form has no entry, and entries for which the models have no field."""
    if isinstance(part, OneOf):
        found = []
        for kind in kinds:
            tag = part.tag.name
            values = typing.get_args(kind.model_fields[tag].annotation)
            for value in values:
                found += missing(Shape((part.tag, *part.shapes[value].entries)), {kind}, f"{path}[{value}]")
        return found
    [kind] = kinds
    fields = {field.alias or name: field.annotation for name, field in kind.model_fields.items()}
    only_choice = {name for name, inner in fields.items() if len(typing.get_args(inner)) == 1 and is_choice(inner)}
    entries = {entry.name: entry for entry in part.entries}
    found = [f"{path}.{name}" for name in (set(fields) ^ set(entries)) - only_choice]
    for name in set(fields) & set(entries):
        entry = entries[name]
        if isinstance(entry, Inner | Rows) and not isinstance(entry.part, Input):
            found += missing(entry.part, parts_in(fields[name]), f"{path}.{name}")
    return found


def test_every_field_of_a_clause_has_an_input():
    assert missing(CLAUSE, {Clause}) == []


def test_every_field_of_the_terms_has_a_page():
    entries = tuple(entry for form in SECTION_FORMS.values() for entry in form.shape.entries)
    fixed = {"currency", "time_zone"}  # the agreement's own
    assert set(missing(Shape(entries), {Terms})) == {f".{name}" for name in {*fixed, "clauses"}}


def test_a_problem_stands_beside_its_input():
    value = clause(commission("0%"), deductions=[{"kind": "tax", "rate": "x"}])
    problems = [
        TermsProblem("not_above_zero", "pays.rate"),
        TermsProblem("share_unreadable", "deductions.0.rate"),
        TermsProblem("nothing_left", "deductions"),
        TermsProblem("unknown_field", "pays.colour"),
        TermsProblem("never_reached", ""),
    ]
    shown = show(CLAUSE, value, OFFERED, problems)
    placed = {node.path: sentence for node, sentence in shown.all_errors if node}
    assert set(placed) == {"pays.rate", "deductions.0.rate", "deductions", "pays"}
    assert shown.errors == ("This clause is never reached: one before it applies to everything.",)
    [rows] = [node for node in shown.nodes if isinstance(node, RowsNode) and node.path == "deductions"]
    assert rows.errors == ["Nothing would be left."]


def typed(shape, **values):
    query = QueryDict(mutable=True)
    for name, value in values.items():
        query.setlist(name.replace("__", "."), value if isinstance(value, list) else [value])
    return read(shape, query)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("62.5", "5/8"),
        ("62.5 %", "5/8"),
        ("６２.５％", "5/8"),
        ("1/3", "1/3"),
        ("2 / 6", "1/3"),
        ("1", "1/100"),
        ("100", "1"),
        ("a third", "a third"),
        ("1/0", "1/0"),
        ("-5", "-5"),
    ],
)
def test_shares_are_read_as_people_write_them(written, meant):
    read_back = typed(CLAUSE, pays__kind="commission", pays__rate=written)
    assert read_back["pays"]["rate"] == meant


def test_what_can_not_be_read_stays_as_it_was_typed():
    form = SECTION_FORMS["holds"]
    value = typed(form.shape, hold__days="a month", reserve__share="lots")
    assert value == {"hold": {"days": "a month"}, "reserve": {"share": "lots"}}
    assert show(form.shape, value, OFFERED).posted["hold.days"] == ["a month"]


def test_countries_by_code_or_name():
    form = SECTION_FORMS["exclusivity"]
    value = typed(form.shape, territory__rule="only", territory__countries="de, France、瑞士\nUnited States, Atlantis")
    assert value["territory"]["countries"] == ["DE", "FR", "CH", "US", "ATLANTIS"]


def test_blank_rows_are_left_out_but_chosen_ones_are_not():
    rows = {"when__rows": "1", "when__0__all_of__rows": "2", "when__0__all_of__1__field": "country"}
    assert typed(CLAUSE, **rows)["when"] == [{"all_of": [{"field": "country"}]}]
    value = typed(CLAUSE, pays__kind="split", pays__shares__rows="2", pays__shares__1__party=str(HOST))
    assert value["pays"]["shares"] == [{"party": str(HOST)}]
    assert is_blank(CLAUSE, {"earns_on": "sale"})
    assert not is_blank(CLAUSE, {"earns_on": "click"})


def test_a_choice_that_is_not_offered_is_kept_and_shown():
    value = clause(split((HOST, "1/2"), (SOUTH, "1/2")), when=[{"all_of": [{"field": "partner", "value": ["shop-7"]}]}])
    assert read(CLAUSE, sent(CLAUSE, value))["when"][0]["all_of"][0]["value"] == ["shop-7"]
