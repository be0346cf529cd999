"""The page about terms is right: its terms are valid, and its examples come out as written."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from alliance.kernel.money import format_minor
from partners.domain.evaluation import Facts, evaluate
from partners.domain.terms import Terms
from partners.domain.terms.clauses import DeductionKind, EarnsOn
from partners.domain.terms.json_schema import terms_json_schema
from tests.architecture.sources import ROOT
from tests.domain.partners.terms.written import HOST, NORTH, SOUTH, written

PAGE = (ROOT / "docs/terms.md").read_text(encoding="utf-8")
BLOCKS = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)]
AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def whole(block: dict[str, Any]) -> dict[str, Any]:
    """A block that says a part of terms, with the rest around it."""
    return block if "schema" in block else {**written(parties=(HOST, NORTH, SOUTH)), **block}


def examples() -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Each example with the terms before it."""
    terms: dict[str, Any] = {}
    for block in BLOCKS:
        if "conversion" in block:
            yield terms, block
        else:
            terms = whole(block)


def facts_of(conversion: dict[str, Any]) -> Facts:
    given = dict(conversion)
    amount = int(Decimal(given.pop("amount", "0")) * 100)
    reported = {DeductionKind(kind): int(Decimal(cost) * 100) for kind, cost in given.pop("reported", {}).items()}
    earns_on = EarnsOn(given.pop("earns_on", "sale"))
    return Facts(occurred_at=AT, amount_minor=amount, reported=reported, earns_on=earns_on, partner=NORTH, **given)


@pytest.mark.parametrize("block", [block for block in BLOCKS if "conversion" not in block])
def test_the_terms_are_valid_and_fit_the_schema(block):
    given = whole(block)
    assert Terms.from_json(given).to_json()
    Draft202012Validator(terms_json_schema()).validate(given)


@pytest.mark.parametrize(("terms", "example"), list(examples()))
def test_the_examples_come_out_as_written(terms, example):
    found = evaluate(Terms.from_json(terms), facts_of(example["conversion"]), host=HOST)
    for who, amount in example["gets"].items():
        number, _, purpose = who.partition(" ")
        party = {"…01": HOST, "…02": NORTH, "…03": SOUTH}[number]
        assert format_minor(found.amount_of(party, purpose or None), "EUR") == amount, who
    assert found.earns is bool(example["gets"])


def test_the_page_has_the_cases_it_promises():
    assert len(BLOCKS) >= 15
    assert sum("conversion" in block for block in BLOCKS) >= 8
