"""Lines that come of more than conversions: each is recomputed, and a cent that was changed is the first difference."""

import json
from itertools import pairwise

import pytest

from settlements.proof.alliance_verify import (
    UnreadableError,
    adjustment_sha256,
    follow,
    main,
    root_of,
    sha256,
    statement_text,
    verify,
)
from tests.contract.settlements.proof.evidence import evidence_of
from tests.contract.settlements.proof.stories import STORIES
from tests.contract.settlements.proof.test_alliance_verify import browsers_verdicts, leaves, planted, statements_of

pytestmark = pytest.mark.django_db

# A host that writes another figure and hashes it anew: which of a line's facts, or of what was carried.
FORGED = {
    "an advance": ("carried", ("advances", "earned_minor")),
    "an advance across agreements": ("carried", ("advances", "of", 0, "left_minor")),
    "pooled revenue": ("pooled_revenue", ("pool_minor",)),
    "chargebacks": ("chargeback_fee", ("fee_minor",)),
    "taxes": ("value_added_tax", ("net_minor",)),
    "taxes of two rates": ("value_added_tax", ("lines",)),
    "an exchange": ("exchanged", ("into", "amount_minor")),
    "guarantees": ("guarantee", ("earned_minor",)),
    "reserves": ("carried", ("due", "earned_minor")),
    "later terms": ("rerated", ("adjusted_minor",)),
    "a debt paid out of another agreement": ("offset", ("sides", "own", 1)),
    "another agreement's debt": ("offset", ("sides", "own", 1)),
    "abandoned property": ("escheat", ("balance_minor",)),
}
WHOLLY = {"an exchange", "later terms", "taxes", "taxes of two rates"}


@pytest.mark.parametrize("name", STORIES)
def test_every_line_is_recomputed_and_a_cent_is_named(db, name):
    story, kinds = STORIES[name]
    [market] = story()[:1]
    evidences = [evidence_of(statement) for statement in statements_of(market)]
    changes = [change for evidence in evidences for change in with_a_cent_more(evidence)]
    assert kinds <= {line["kind"] for evidence in evidences for line in evidence["lines"]}
    for evidence in evidences:
        check = verify(evidence)
        assert (check.differences, check.unverified) == ([], []), evidence["statement"]["number"]
        assert check.computed_lines + len(check.decided) == len(evidence["lines"])
    for before, after in pairwise(sorted(evidences, key=in_order)):
        if in_order(before)[:2] == in_order(after)[:2]:
            check = verify(after)
            follow(check, verify(before))
            assert (check.differences, check.unverified) == ([], []), after["statement"]["number"]
    if name in FORGED:
        own = [each for each in evidences if each["statement"]["organization_id"] == str(market.north.id)]
        changes += forged(own, *FORGED[name])
    assert browsers_verdicts(evidences) == ["same"] * len(evidences)
    assert browsers_verdicts(changes) == ["different"] * len(changes)


def in_order(evidence):
    """Each party's statements, one after the other."""
    said = evidence["statement"]
    return said["organization_id"], said["agreement_id"], said["starts_on"]


def with_a_cent_more(evidence):
    """Each line's share raised by one, after Python has named it as the first difference."""
    for place, line in enumerate(evidence["lines"]):
        changed = planted(evidence, ("lines", place, "share_minor"))
        first = verify(changed).differences[0]
        assert (first.where, first.field) == (f"line {line['line']}", "share_minor")
        yield changed


def forged(evidences, kind, path):
    """Evidence whose fact is another, with hashes that fit; Python says so."""
    found = []
    for evidence in evidences:
        changed = json.loads(json.dumps(evidence))
        said = changed["statement"]
        if kind == "carried":
            inner = json.loads(said["carried"])
            if path[0] not in inner:
                continue
            said["carried"] = json.dumps(planted(inner, path))
        else:
            adjustment = next((each for each in changed["adjustments"] if each["kind"] == kind), None)
            if adjustment is None:
                continue
            adjustment["facts"] = json.dumps(planted(json.loads(adjustment["facts"]), path))
            said["adjustments_sha256"] = root_of(
                [bytes.fromhex(adjustment_sha256(each)) for each in changed["adjustments"]]
            )
        said["content_sha256"] = sha256(statement_text(said))
        check = verify(changed)
        assert check.differences, (evidence["statement"]["number"], kind, path)
        assert not any("sha256" in each.field for each in check.differences)
        found.append(changed)
    assert found
    return found


def test_a_balance_that_the_statement_before_has_not_left_is_named(db):
    [market] = STORIES["reserves"][0]()
    first, second = (evidence_of(market.statement(month)) for month in (1, 2))
    carried = json.loads(second["statement"]["carried"])
    carried["accounts"]["available"] += 1
    second["statement"]["carried"] = json.dumps(carried)
    second["statement"]["content_sha256"] = sha256(statement_text(second["statement"]))
    check = verify(second)
    assert check.differences == []
    follow(check, verify(first))
    assert [(each.where, each.field) for each in check.differences] == [("before", "account available")]


def test_the_program_takes_the_statement_before(db, tmp_path, capsys):
    [market] = STORIES["reserves"][0]()
    files = [tmp_path / f"{month}.json" for month in (1, 2)]
    for month, file in enumerate(files, 1):
        file.write_text(json.dumps(evidence_of(market.statement(month))), encoding="utf-8")
    assert main([str(files[1]), "--before", str(files[0])]) == 0
    assert main([str(files[0]), "--before", str(files[1])]) == 1
    assert "DIFFERENT. First: before, previous_sha256" in capsys.readouterr().out


@pytest.mark.parametrize("name", sorted(WHOLLY))
def test_each_change_of_a_character_is_noticed(db, name):
    [market] = STORIES[name][0]()
    evidence = evidence_of(statements_of(market)[-1])
    unnoticed = []
    for path, _ in leaves(evidence):
        try:
            if not verify(planted(evidence, path)).differences:
                unnoticed.append(path)
        except UnreadableError:
            assert path == ("evidence",)
    assert unnoticed == []
