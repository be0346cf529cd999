"""Lines that come of more than conversions: each is recomputed, and a cent that was changed is the first difference."""

import json

import pytest

from settlements.proof.alliance_verify import verify
from tests.contract.settlements.proof.evidence import evidence_of
from tests.contract.settlements.proof.stories import STORIES
from tests.contract.settlements.proof.test_alliance_verify import browsers_verdicts, statements_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", STORIES)
def test_every_line_is_recomputed_and_a_cent_is_named(db, name):
    story, kinds = STORIES[name]
    markets = story()
    statements = [s for market in markets[:1] for s in statements_of(market)]
    evidences = [evidence_of(statement) for statement in statements]
    found, changes = set(), []
    for evidence in evidences:
        check = verify(evidence)
        assert (check.differences, check.unverified) == ([], []), evidence["statement"]["number"]
        assert check.computed_lines + len(check.decided) == len(evidence["lines"])
        for place, line in enumerate(evidence["lines"]):
            found.add(line["kind"])
            changed = json.loads(json.dumps(evidence))
            changed["lines"][place]["share_minor"] += 1
            first = verify(changed).differences[0]
            assert (first.where, first.field) == (f"line {line['line']}", "share_minor")
            changes.append(changed)
    assert kinds <= found
    assert browsers_verdicts(evidences) == ["same"] * len(evidences)
    assert browsers_verdicts(changes) == ["different"] * len(changes)
