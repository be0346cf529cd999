"""A draft tried on one conversion that somebody makes up: who would get what, and why."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from uuid import UUID

from partners.domain.evaluation import Evaluation, Facts, evaluate
from partners.domain.terms import EarnsOn, Terms, TermsError
from partners.domain.terms.clauses import DeductionKind
from partners.sentences.explanation import Told, purpose_text, told
from partners.sentences.wording import Wording

Json = dict[str, object]


@dataclass(frozen=True, slots=True)
class MadeUp:
    """A conversion as it is made up. Amounts are minor units of the terms' currency."""

    earns_on: EarnsOn = EarnsOn.SALE
    amount_minor: int = 0
    quantity: int = 1
    reported: Mapping[DeductionKind, int] = field(default_factory=dict)
    partner: UUID | None = None
    item: str | None = None
    item_kind: str | None = None
    categories: frozenset[str] = frozenset()
    tags: frozenset[str] = frozenset()
    country: str | None = None
    person: str | None = None
    coupon: str | None = None
    placement: str | None = None

    def facts(self, now: datetime) -> Facts:
        """The same as an evaluation takes it; what is left out is not known."""
        known = {field.name: getattr(self, field.name) for field in fields(self)}
        return Facts(occurred_at=now, **known)


@dataclass(frozen=True, slots=True)
class Line:
    """What one party gets for one purpose."""

    party: str
    purpose: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Tried:
    """What came out. `unassigned_minor` is money that nobody gets by these terms."""

    currency: str
    lines: tuple[Line, ...]
    unassigned_minor: int
    why: Told


def one_clause(written: Mapping[str, object], clause: Mapping[str, object]) -> Terms | None:
    """One clause of a draft as terms of their own, `None` when it is not right yet. A bonus counts by itself."""
    frame = {name: written[name] for name in ("schema", "currency", "time_zone", "parties") if name in written}
    alone = {name: value for name, value in clause.items() if name != "is_bonus"}
    return _terms({**frame, "clauses": [alone]})


def all_clauses(written: Mapping[str, object]) -> Terms | None:
    """The whole draft, `None` when something is not right yet."""
    return _terms(dict(written))


def _terms(written: Json) -> Terms | None:
    try:
        return Terms.from_json(written)
    except TermsError:
        return None


def tried(terms: Terms, made_up: MadeUp, *, host: UUID, names: Mapping[UUID, str], now: datetime) -> Tried:
    """Evaluate the made-up conversion, as the first one of its person, window and period."""
    found = evaluate(terms, made_up.facts(now), host=host)
    wording = Wording(names, terms.currency, terms.time_zone)
    return Tried(
        terms.currency,
        tuple(_lines(found, wording)),
        found.unassigned_minor,
        told(found.explanation.to_json(), wording),
    )


def _lines(found: Evaluation, wording: Wording) -> list[Line]:
    summed: dict[tuple[UUID, str], int] = {}
    for part in found.parts:
        key = (part.party, part.purpose)
        summed[key] = summed.get(key, 0) + part.amount_minor
    return [Line(wording.party(party), purpose_text(purpose), amount) for (party, purpose), amount in summed.items()]
