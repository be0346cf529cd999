"""Work out what refunds and chargebacks take back of the orders they name, under the terms frozen on those lines.

A step of accruing.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any, Final
from uuid import UUID

from django.db import connections
from django.db.models import F, QuerySet, Sum

from alliance.kernel.arrays import one_of
from alliance.kernel.clock import local_date
from alliance.kernel.tenancy import database_alias
from campaigns.selectors import ConversionFact, conversion_circumstances
from partners.domain.evaluation import Evaluation, Facts, Part, Step, Totals, Waiting, evaluate
from partners.domain.terms import Terms
from partners.domain.terms.clauses import Lifetime
from settlements.domain.evaluating import excess_of, given_by, history_told, outcome_of
from settlements.domain.outcomes import Outcome
from settlements.domain.taking_back import Given, Remainder, borne_by, taken_back
from settlements.models import Accrual, Rerating
from settlements.services.hold_tallies import HeldTallies, hold_tallies
from settlements.services.tally_keys import count_on, history_of, tally_keys
from settlements.terms_in_use import TermsInUse

_HOLD: Final = """
SELECT pg_advisory_xact_lock(hashtextextended('settlements.refunds ' || id::text, 0))
  FROM (SELECT id FROM unnest(%s::uuid[]) AS u (id) ORDER BY id) AS held
"""


@dataclass(slots=True)
class OriginalLine:
    """An order's line, and how much of it was taken back so far (negative, minor units).

    `frozen` are the terms under which it accrued, which its refunds bear too; `use` those that rule it now: the same
    unless others were signed for its time since.
    """

    accrual_id: UUID
    frozen: TermsInUse
    use: TermsInUse
    given: Given
    explanation: Mapping[str, Any]
    occurred_at: datetime
    quantity: int
    available_on: date | None
    taken_minor: int
    person: str = ""

    def available_with(self, effective_on: date) -> date | None:
        """A refund of money that is still held waits as long as that money."""
        return max(self.available_on, effective_on) if self.available_on else None


def read_originals(
    facts: Sequence[ConversionFact], use_of: Callable[[UUID], TermsInUse]
) -> tuple[dict[UUID, OriginalLine], HeldTallies]:
    """The lines that these refunds take back, by conversion, held so that two refunds count each other.

    An order that has not accrued yet has none. Also the running totals in which the orders had counted.
    """
    wanted = sorted({fact.original_id for fact in facts if fact.original_id is not None})
    with connections[database_alias()].cursor() as cursor:
        cursor.execute(_HOLD, [wanted])
    rows = list(Accrual.objects.filter(conversion_id__in=one_of(wanted)))
    taken = taken_so_far([row.id for row in rows])
    later = {rerating.accrual_id: rerating for rerating in _reratings([row.id for row in rows])}
    found = {row.conversion_id: _line(row, use_of, later.get(row.id), taken[row.id]) for row in rows}
    stateful = {id_: line for id_, line in found.items() if line.use.needs.totals}
    known = conversion_circumstances(stateful) if stateful else {}
    for id_, line in stateful.items():
        line.person = known[id_].person if id_ in known else ""
    keys = {key for line in stateful.values() for key in tally_keys(line.use, line.occurred_at, line.person)}
    return found, hold_tallies(host_id=facts[0].host_id, alliance_id=facts[0].alliance_id, keys=keys)


def evaluate_refund(fact: ConversionFact, line: OriginalLine, tallies: HeldTallies) -> Outcome:
    """What one conversion takes back, and note it on the line for the next. Running totals are counted down.

    Won chargebacks give back. The caller writes the totals.
    """
    before, rule = line.taken_minor, line.use.terms.refunds
    remainder = Remainder(line.use.terms.rounding.remainder, line.use.host_id)
    back = taken_back(line.given, fact.amount_minor, before_minor=before, remainder=remainder)
    line.taken_minor += fact.amount_minor
    steps: tuple[Step, ...] = ()
    waiting = _excess_back(line, before)
    facts = _facts(fact, line, before, tallies)
    if line.use.needs.totals:
        back, steps, waiting = _counted_down(fact, line, back, waiting, tallies)
    days = (_day(fact.occurred_at, line) - _day(line.occurred_at, line)).days
    borne = borne_by(back.parts, rule, host=line.use.host_id, days_after=days)
    values = {"amount_minor": fact.amount_minor, "original_minor": line.given.gross_minor, "before_minor": before}
    told = steps or tuple(Step("share", _told(part)) for part in back.parts)
    if borne != back.parts:
        told = (*told, *(Step("refund_borne", _told(part)) for part in borne if part.amount_minor))
    given = Given(back.gross_minor, back.deducted, borne, back.unassigned_minor)
    return outcome_of(line.use.version, given, Step("taken_back", values, told), waiting, facts)


def _facts(fact: ConversionFact, line: OriginalLine, before_minor: int, tallies: HeldTallies) -> dict[str, object]:
    """What the evaluation of a refund knows: what was taken back before, and where totals decide, those of the order's windows.

    `ruled_by` is the hash of later terms that rule the order now, `ruled_facts` what its evaluation under them knew.
    """
    told: dict[str, object] = {"taken_minor": before_minor}
    if line.use.version.version_id != line.frozen.version.version_id:
        told["ruled_by"] = line.use.version.document_sha256
        told["ruled_facts"] = line.explanation.get("facts", {})
    if line.use.needs.totals:
        told["quantity"] = fact.quantity
        told |= history_told(history_of(line.use, line.occurred_at, line.person, tallies))
    return told


def given_of(use: TermsInUse, explanation: Mapping[str, Any], gross_minor: int) -> Given:
    """What a line gave, by its explanation under these terms."""
    is_plain = use.plain is not None and "parts" not in explanation
    return use.plain.given(gross_minor) if is_plain and use.plain else given_by(explanation, gross_minor)


def _reratings(accrual_ids: Sequence[UUID]) -> QuerySet[Rerating]:
    return Rerating.objects.filter(accrual_id__in=accrual_ids).order_by("rerated_at", "id")


def _line(row: Accrual, use_of: Callable[[UUID], TermsInUse], later: Rerating | None, taken_minor: int) -> OriginalLine:
    frozen = use_of(row.terms_version_id)
    use = use_of(later.terms_version_id) if later else frozen
    explanation: Mapping[str, Any] = later.explanation if later else row.explanation
    given = given_of(use, explanation, row.gross_minor)
    counted = explanation.get("counted", {})
    quantity = sum(totals[1] for totals in counted.values()) or 1
    return OriginalLine(
        row.id, frozen, use, given, explanation, row.occurred_at, quantity, row.available_on, taken_minor
    )


def taken_so_far(accrual_ids: Sequence[UUID]) -> defaultdict[UUID, int]:
    """How much of each line was taken back (negative, minor units)."""
    rows = Accrual.objects.filter(original_id__in=accrual_ids).order_by().values_list("original_id")
    sums = rows.annotate(taken=Sum(F("base_minor") + F("deducted_minor")))
    return defaultdict(int, {id_: int(amount) for id_, amount in sums if id_ is not None})


def _day(instant: datetime, line: OriginalLine) -> date:
    return local_date(instant, line.use.terms.time_zone)


def _excess_back(line: OriginalLine, before_minor: int) -> tuple[Waiting, ...]:
    """What no longer waits above a cap, in proportion: all refunds together take back what waited, or was approved."""
    gross = line.given.gross_minor
    if not gross or "waiting" not in line.explanation:
        return ()
    now, then = (excess_of(line.explanation, Fraction(-taken, gross)) for taken in (line.taken_minor, before_minor))
    back = (a._replace(amount_minor=b.amount_minor - a.amount_minor) for a, b in zip(now, then, strict=True))
    return tuple(excess for excess in back if excess.amount_minor)


def _counted_down(
    fact: ConversionFact, line: OriginalLine, back: Given, excess: tuple[Waiting, ...], tallies: HeldTallies
) -> tuple[Given, tuple[Step, ...], tuple[Waiting, ...]]:
    """The parts of a refund under terms that pay by totals: what the total earns less without it.

    Only where one clause paid alone can that be told; otherwise the parts go back in proportion. Either way the
    totals of the order's own windows count down.
    """
    counted: Mapping[str, list[int]] = line.explanation.get("counted", {})
    base = back.gross_minor - sum(deducted.amount_minor for deducted in back.deducted)
    if len(counted) == 1:
        evaluation = _again(line, next(iter(counted)), base, fact, tallies)
        count_on(line.use, line.occurred_at, line.person, evaluation.counted, evaluation.uncapped, tallies)
        given = Given(back.gross_minor, back.deducted, evaluation.parts, evaluation.unassigned_minor)
        return given, (evaluation.explanation,), evaluation.waiting
    share = Fraction(fact.amount_minor, line.given.gross_minor) if line.given.gross_minor else Fraction(0)
    lessened = {key: Totals(*(round(number * share) for number in totals)) for key, totals in counted.items()}
    earned = {key: round(amount * share) for key, amount in line.explanation.get("earned", {}).items()}
    count_on(line.use, line.occurred_at, line.person, lessened, earned, tallies)
    return back, (), excess


def _again(
    line: OriginalLine, clause_id: str, base_minor: int, fact: ConversionFact, tallies: HeldTallies
) -> Evaluation:
    """The clause that paid, on the base that goes back, in the windows of the order."""
    history = history_of(line.use, line.occurred_at, line.person, tallies)
    facts = Facts(
        occurred_at=line.occurred_at, amount_minor=base_minor, quantity=fact.quantity, partner=fact.partner_id
    )
    return evaluate(_clause_alone(line.use.terms, clause_id), facts, history=history, host=line.use.host_id)


def _clause_alone(terms: Terms, clause_id: str) -> Terms:
    """The terms with the one clause, without its conditions and deductions: those were settled with the order."""
    update = {"when": (), "deductions": (), "recurring": Lifetime()}
    clauses = [clause.model_copy(update=update) for clause in terms.clauses if clause.id == clause_id]
    return terms.model_copy(update={"clauses": tuple(clauses), "territory": None})


def _told(part: Part) -> dict[str, str | int | None]:
    return {
        "party": str(part.party),
        "purpose": part.purpose,
        "exact": str(part.exact),
        "amount_minor": part.amount_minor,
    }
