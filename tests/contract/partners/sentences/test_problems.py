"""Every reason for which terms are refused has a sentence, and every sentence a reason."""

import ast
from pathlib import Path

import pytest
from django.utils.translation import override

from partners.domain.terms import Terms, TermsError, TermsProblem
from partners.domain.terms.problems import _CODES
from partners.sentences.problems import SENTENCES, problem_sentence
from tests.architecture.sources import ROOT, called_name
from tests.domain.partners.terms.written import HOST, NORTH, clause, condition, split, when, written

RAISERS = {"refuse", "TermsError", "TermsProblem"}
SOURCES = [*(ROOT / "partners/domain/terms").glob("*.py"), *(ROOT / "partners/domain").glob("*.py")]


def codes_in(source: Path) -> set[str]:
    """The codes that a module raises, written in place or kept in a name of the same function."""
    tree = ast.parse(source.read_text(encoding="utf-8"))
    found = set()
    for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
        named = {
            node.targets[0].id: node.value
            for node in ast.walk(function)
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
        }
        for call in (node for node in ast.walk(function) if isinstance(node, ast.Call) and node.args):
            if called_name(call) in RAISERS:
                code = call.args[0]
                found |= texts_of(named.get(code.id, code) if isinstance(code, ast.Name) else code)
    return found


def texts_of(node: ast.AST) -> set[str]:
    if isinstance(node, ast.IfExp):
        return texts_of(node.body) | texts_of(node.orelse)
    return {node.value} if isinstance(node, ast.Constant) and isinstance(node.value, str) else set()


def all_codes() -> set[str]:
    return {"malformed", *_CODES.values()}.union(*map(codes_in, SOURCES))


def test_codes_are_found_in_the_sources():
    assert {"share_unreadable", "shares_do_not_sum_to_one", "too_few_parties", "other_currency"} <= all_codes()


def test_every_code_has_a_sentence_and_no_sentence_is_left_over():
    assert set(SENTENCES) == all_codes()


def problems(given) -> list[TermsProblem]:
    with pytest.raises(TermsError) as caught:
        Terms.from_json(given)
    return list(caught.value.problems)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (written(hold={"days": -1}), "This is too small; at least 0."),
        (written(hold={"days": 9999}), "This is too large; at most 730."),
        (written(clause(split((HOST, "1"))), parties=(HOST,)), "There are too few; at least 2."),
        (
            written(clause({"kind": "gift"})),
            "This is none of the choices: split, commission, flat, tiered, waterfall, nothing.",
        ),
        (written(precedence="loudest"), "This is none of the choices: most_specific, highest_earning, first_match."),
        (written(schema=3), "This is none of the choices: 2."),
        (written(clause(split((HOST, "1/2"), (NORTH, "1/3")))), "The shares of all parties add up to exactly 100%."),
        (
            written(reserve={"share": "0.1", "days": 9}),
            "Write a share as a percentage with its sign (62.5%) or as a fraction (1/3).",
        ),
        (
            written(
                clause(
                    split((HOST, "1")),
                    when=when(condition("quantity", 9, "at_least"), condition("quantity", 3, "less_than")),
                )
            ),
            "No conversion can fulfil this: the conditions on “quantity” exclude each other.",
        ),
        (
            written(guarantees=[{"party": str(NORTH), "borne_by": str(HOST), "amount": "0.001"}]),
            "This has more decimals than EUR knows.",
        ),
        (written(clause(split((HOST, "1")), name="x" * 201)), "This is too long; at most 200 characters."),
    ],
)
def test_values_stand_in_the_sentence(given, sentence):
    assert sentence in [problem_sentence(problem) for problem in problems(given)]


def test_in_chinese():
    with override("zh-hans"):
        assert problem_sentence(TermsProblem("too_small", "hold.days", {"ge": "1000"})) == "数值太小，至少为 1,000。"
