"""A conversion under terms that say more than a plain split: from what is known of it to an outcome."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any, Final
from uuid import UUID

from alliance.kernel.money import half_up
from partners.domain.evaluation import Evaluation, Facts, History, Part, Step, Totals, Waiting, evaluate
from partners.domain.terms.clauses import DeductionKind, EarnsOn
from partners.domain.timeline import TermsInForce
from settlements.domain.outcomes import Deducted, Outcome
from settlements.domain.plain_split import terms_named
from settlements.domain.taking_back import Given
from settlements.ledger.domain import AccountKind

_KINDS: Final = frozenset(kind.value for kind in DeductionKind)
_EARNS_ON: Final = {"lead": EarnsOn.LEAD, "click": EarnsOn.CLICK, "sign_up": EarnsOn.SIGN_UP}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sold:
    """A conversion, or what it holds of one item, as terms ask for it."""

    kind: str
    occurred_at: datetime
    amount_minor: int
    quantity: int
    partner: UUID | None
    country: str = ""
    coupon: str = ""
    placement: str = ""
    reported: Mapping[str, int]
    item: str = ""
    item_kind: str = ""
    categories: frozenset[str] = frozenset()
    tags: frozenset[str] = frozenset()
    person: str | None = None
    first_sale_at: datetime | None = None
    acquired_elsewhere: frozenset[str] = frozenset()

    def facts(self) -> Facts:
        """The same as the evaluation takes it: what is empty is not known."""
        return Facts(
            occurred_at=self.occurred_at,
            earns_on=_EARNS_ON.get(self.kind, EarnsOn.SALE),
            amount_minor=self.amount_minor,
            quantity=self.quantity,
            reported={DeductionKind(kind): amount for kind, amount in self.reported.items() if kind in _KINDS},
            partner=self.partner,
            item=self.item or None,
            item_kind=self.item_kind or None,
            categories=self.categories,
            tags=self.tags,
            country=self.country or None,
            coupon=self.coupon or None,
            placement=self.placement or None,
            person=self.person,
            first_sale_at=self.first_sale_at,
            acquired_elsewhere=self.acquired_elsewhere,
        )

    def told(self, asked: AbstractSet[str]) -> dict[str, object]:
        """What the evaluation was told, so that anybody can repeat it: amount, units, and what terms ask for, unless empty."""
        told: dict[str, object] = {"amount_minor": self.amount_minor, "quantity": self.quantity}
        for name in sorted(asked):
            value = getattr(self, name)
            if value:
                told[name] = _plain(value)
        return told


def _plain(value: object) -> object:
    """A fact as JSON writes it."""
    match value:
        case frozenset():
            return sorted(value)
        case datetime():
            return value.astimezone(UTC).isoformat(timespec="microseconds")
        case UUID():
            return str(value)
        case Mapping():
            return dict(value)
    return value


@dataclass(frozen=True, slots=True)
class Evaluated:
    """The outcome, and what it adds to the totals: bases by clause, earnings before any cap by cap."""

    outcome: Outcome
    counted: Mapping[str, Totals]
    earned: Mapping[str, int]


def evaluate_sold(
    version: TermsInForce,
    sold: Sequence[Sold],
    *,
    host_id: UUID,
    history: Callable[[], History],
    asked: AbstractSet[str] = frozenset(),
) -> Evaluated:
    """Evaluate each part by itself, one after the other, and put them together. `history` is asked anew for each.

    What came before within the same conversion counts for its later parts. The explanation says what was `asked`, and the
    history.
    """
    found: list[Evaluation] = []
    before = history()
    for part in sold:
        found.append(evaluate(version.terms, part.facts(), history=_with(before, found), host=host_id))
    facts = {"of": [part.told(asked) for part in sold]} | history_told(before)
    return Evaluated(_outcome(version, found, host_id, facts), *_added(found))


def history_told(history: History) -> dict[str, object]:
    """What came before, as facts of a conversion write it; nothing where there is none."""
    windows = {key: [t.amount_minor, t.quantity, t.conversions] for key, t in history.windows.items()}
    told: dict[str, object] = {"windows": windows, "earned": dict(history.earned)}
    return {name: value for name, value in told.items() if value}


def spread_reported(reported: Mapping[str, int], amounts: Sequence[int]) -> list[dict[str, int]]:
    """What an order reports of taxes and fees, spread over its items by their amounts, without losing a unit."""
    total = sum(amounts)
    spread: list[dict[str, int]] = [{} for _ in amounts]
    for kind, amount in reported.items():
        running = given = 0
        for place, part in enumerate(amounts):
            running += part
            upto = Fraction(amount * running, total) if total else Fraction(0)
            whole = (2 * upto.numerator + upto.denominator) // (2 * upto.denominator)
            spread[place][kind], given = whole - given, whole
    return spread


def given_by(explanation: Mapping[str, Any], gross_minor: int) -> Given:
    """What a line gave, read from its own explanation."""
    parts = tuple(
        Part(UUID(p["party"]), p["purpose"], p["amount_minor"], Fraction(p["exact"]), p.get("rest", False))
        for p in explanation["parts"]
    )
    off = tuple(Deducted(UUID(party), AccountKind(kind), n) for party, kind, n in explanation.get("deducted", ()))
    unassigned = gross_minor - sum(d.amount_minor for d in off) - sum(p.amount_minor for p in parts)
    return Given(gross_minor, off, parts, unassigned)


def excess_of(explanation: Mapping[str, Any], share: Fraction) -> tuple[Waiting, ...]:
    """A share of what of a line waits for approval, each rounded by itself."""
    return tuple(
        Waiting(UUID(w["party"]), UUID(w["payer"]), w["cap"], half_up(w["amount_minor"] * share))
        for w in explanation.get("waiting", ())
    )


def outcome_of(
    version: TermsInForce, given: Given, step: Step, waiting: Sequence[Waiting], facts: Mapping[str, object]
) -> Outcome:
    """An outcome of parts already worked out: a refund's."""
    explanation: dict[str, object] = {
        "evaluation": step.to_json(),
        "parts": [_part(part) for part in given.parts],
        "facts": facts,
    }
    if waiting:
        explanation["waiting"] = [_waiting(excess) for excess in waiting]
    base = given.gross_minor - sum(deducted.amount_minor for deducted in given.deducted)
    return Outcome(
        given.gross_minor,
        base,
        _shares(given.parts, with_zeros=False),
        given.unassigned_minor,
        _written(version, explanation),
        given.deducted,
    )


def _outcome(version: TermsInForce, found: Sequence[Evaluation], host_id: UUID, facts: Mapping[str, object]) -> Outcome:
    gross = sum(evaluation.gross_minor for evaluation in found)
    given = [part for evaluation in found for part in evaluation.parts]
    # What a partner keeps of a deduction is its money like any share: it stands on its statement.
    deducted = [_deducted(part) for part in given if part.purpose in _KINDS and part.party == host_id]
    parts = _merged(part for part in given if part.purpose not in _KINDS or part.party != host_id)
    unclaimed = sum(evaluation.gross_minor for evaluation in found if evaluation.clause_id is None)
    if unclaimed or not parts:  # no clause pays: the money stays with the host
        parts = _merged([*parts, Part(host_id, "unclaimed", unclaimed, Fraction(unclaimed), is_rest=True)])
    unassigned = sum(evaluation.unassigned_minor for evaluation in found) - unclaimed
    counted, earned = _added(found)
    waiting = [_waiting(excess) for evaluation in found for excess in evaluation.waiting]
    steps = [evaluation.explanation.to_json() for evaluation in found]
    explanation: dict[str, object] = {
        "evaluation": steps[0] if len(steps) == 1 else {"step": "items", "amount_minor": gross, "because": steps},
        "parts": [_part(part) for part in parts],
        "facts": facts,
    }
    if deducted:
        explanation["deducted"] = [[str(d.organization_id), d.account.value, d.amount_minor] for d in _summed(deducted)]
    if waiting:
        explanation["waiting"] = waiting
    if counted:
        explanation["counted"] = {key: [t.amount_minor, t.quantity, t.conversions] for key, t in counted.items()}
    if earned:
        explanation["earned"] = earned
    return Outcome(
        gross,
        gross - sum(d.amount_minor for d in deducted),
        _shares(parts, with_zeros=any(evaluation.explanation.find("split") for evaluation in found)),
        unassigned,
        _written(version, explanation),
        _summed(deducted),
    )


def _deducted(part: Part) -> Deducted:
    account = AccountKind.TAX if part.purpose == DeductionKind.TAX else AccountKind.FEES
    return Deducted(part.party, account, part.amount_minor)


def _summed(deducted: Iterable[Deducted]) -> tuple[Deducted, ...]:
    sums: defaultdict[tuple[UUID, AccountKind], int] = defaultdict(int)
    for found in deducted:
        sums[found.organization_id, found.account] += found.amount_minor
    return tuple(Deducted(organization_id, account, amount) for (organization_id, account), amount in sums.items())


def _merged(parts: Iterable[Part]) -> list[Part]:
    """One part for each party and purpose, in the order of their first mention."""
    merged: dict[tuple[UUID, str, bool], Part] = {}
    for part in parts:
        key = (part.party, part.purpose, part.is_rest)
        known = merged.get(key)
        merged[key] = part if known is None else replace_sum(known, part)
    return list(merged.values())


def replace_sum(first: Part, second: Part) -> Part:
    """Both parts as one."""
    return first._replace(amount_minor=first.amount_minor + second.amount_minor, exact=first.exact + second.exact)


def _shares(parts: Iterable[Part], *, with_zeros: bool) -> tuple[tuple[UUID, int], ...]:
    """What each party gets in all. Whoever shares by ratio has a line even for nothing; who earns nothing has none.

    Where nobody gets anything, because deductions took it all, everybody has one: each conversion is on a statement.
    """
    sums: defaultdict[UUID, int] = defaultdict(int)
    payers: set[UUID] = set()
    for part in parts:
        sums[part.party] += part.amount_minor
        if part.is_rest:
            payers.add(part.party)
    found = tuple((party, amount) for party, amount in sums.items() if amount or with_zeros or party in payers)
    return found or tuple(sums.items())


def _waiting(excess: Waiting) -> dict[str, object]:
    said = excess._asdict()
    return {**said, "party": str(excess.party), "payer": str(excess.payer)}


def _part(part: Part) -> dict[str, object]:
    said: dict[str, object] = {
        "party": str(part.party),
        "purpose": part.purpose,
        "amount_minor": part.amount_minor,
        "exact": str(part.exact),
    }
    return said | {"rest": True} if part.is_rest else said


def _written(version: TermsInForce, explanation: Mapping[str, object]) -> str:
    rest = json.dumps(explanation, separators=(",", ":"), ensure_ascii=False)
    return f'{{"terms":{terms_named(version)},{rest[1:]}'


def _with(history: History, found: Sequence[Evaluation]) -> History:
    if not found:
        return history
    counted, earned = _added(found)
    windows = {key: history.before(key).plus(totals) for key, totals in counted.items()}
    sums = {key: history.earned.get(key, 0) + amount for key, amount in earned.items()}
    return replace(history, windows={**history.windows, **windows}, earned={**history.earned, **sums})


def _added(found: Sequence[Evaluation]) -> tuple[dict[str, Totals], dict[str, int]]:
    counted: dict[str, Totals] = {}
    earned: defaultdict[str, int] = defaultdict(int)
    for evaluation in found:
        for clause_id, totals in evaluation.counted.items():
            counted[clause_id] = counted.get(clause_id, Totals()).plus(totals)
        for cap_id, amount in evaluation.uncapped.items():
            earned[cap_id] += amount
    return counted, dict(earned)
