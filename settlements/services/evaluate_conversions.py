"""Work out what conversions come to under their terms: by themselves, by what came before, or as refunds. A step of accruing."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from campaigns.selectors import (
    ConversionCircumstances,
    ConversionFact,
    SoldItem,
    conversion_circumstances,
    first_sales,
    sold_items,
)
from partners.catalogue.selectors import ItemFacts, item_facts
from partners.domain.evaluation import Totals
from settlements.domain.evaluating import Sold, evaluate_sold, spread_reported
from settlements.domain.outcomes import Outcome
from settlements.exchange.foreign import exchange_of, told
from settlements.services.hold_tallies import HeldTallies, TallyKey, hold_tallies
from settlements.services.tally_keys import count_on, history_of, person_key, tally_keys
from settlements.terms_in_use import Explained, TermsInUse

_NOTHING_KNOWN = ConversionCircumstances()
_NOT_IN_THE_CATALOGUE = ItemFacts("", frozenset(), frozenset())


@dataclass(slots=True)
class Knowledge:
    """What was read of a batch beside its facts."""

    circumstances: dict[UUID, ConversionCircumstances] = field(default_factory=dict)
    items: dict[UUID, list[SoldItem]] = field(default_factory=dict)
    catalogue: dict[str, ItemFacts] = field(default_factory=dict)
    tallies: HeldTallies = field(default_factory=lambda: HeldTallies({}))

    def of(self, fact: ConversionFact) -> ConversionCircumstances:
        """The circumstances of one conversion."""
        return self.circumstances.get(fact.id, _NOTHING_KNOWN)

    def recall(self, explained: Sequence[Explained]) -> None:
        """Tell of people whom nobody has counted yet when they first bought: earlier terms did not ask."""
        strangers = [
            e
            for e in explained
            if (person := self.of(e.fact).person) and self.tallies[person_key(e.use, person)].first_at is None
        ]
        known = first_sales([e.fact.id for e in strangers]) if strangers else {}
        for each in strangers:
            key = person_key(each.use, self.of(each.fact).person)
            if (first_at := known.get((key.agreement_id, key.person))) is not None:
                self.tallies.add(key, Totals(), first_at=first_at)


def read_knowledge(explained: Sequence[Explained]) -> Knowledge:
    """Everything the terms of a batch ask for, in a number of queries that does not grow; running totals stay held.

    Hold the totals before asking which conversions have accrued: whoever comes second then sees what the first wrote.
    """
    found = read_what_is_known(explained)
    keys = {key for e in explained if e.use.needs.history for key in _keys(e, found.of(e.fact).person)}
    if keys:
        fact = explained[0].fact
        found.tallies = hold_tallies(host_id=fact.host_id, alliance_id=fact.alliance_id, keys=keys)
        found.recall([e for e in explained if e.use.follows_uncounted])
    return found


def read_what_is_known(explained: Sequence[Explained]) -> Knowledge:
    """As `read_knowledge`, without any running total."""
    asking = [e.fact.id for e in explained if e.use.needs.circumstances]
    circumstances = conversion_circumstances(asking) if asking else {}
    orders = [e.fact.order_id for e in explained if e.use.needs.items and e.fact.order_id is not None]
    found = Knowledge(circumstances, sold_items(orders) if orders else {})
    if any(e.use.needs.catalogue for e in explained):
        codes = {item.item for items in found.items.values() for item in items}
        found.catalogue = item_facts(organization_id=explained[0].fact.host_id, codes=codes)
    return found


def evaluate_conversions(explained: Sequence[Explained], knowledge: Knowledge) -> list[Outcome]:
    """What each comes to, in their order; each counts for the ones behind it. Running totals are written back."""
    return _evaluated(explained, knowledge, counts_persons=True)


def evaluate_again(explained: Sequence[Explained], knowledge: Knowledge) -> list[Outcome]:
    """As `evaluate_conversions`, of what had accrued under other terms: its people have been counted already."""
    return _evaluated(explained, knowledge, counts_persons=False)


def _evaluated(explained: Sequence[Explained], knowledge: Knowledge, *, counts_persons: bool) -> list[Outcome]:
    outcomes = [_outcome(e, knowledge, counts_persons=counts_persons) for e in explained]
    knowledge.tallies.write()
    return outcomes


def _outcome(explained: Explained, knowledge: Knowledge, *, counts_persons: bool) -> Outcome:
    fact, use = explained
    if use.plain is not None:
        return told(use.plain.outcome(fact.amount_minor), fact)
    circumstances = knowledge.of(fact)
    evaluated = evaluate_sold(
        use.version,
        _sold(explained, knowledge, circumstances),
        host_id=use.host_id,
        history=lambda: history_of(use, fact.occurred_at, circumstances.person, knowledge.tallies),
        asked=use.needs.asked,
    )
    if use.needs.history:
        count_on(use, fact.occurred_at, circumstances.person, evaluated.counted, evaluated.earned, knowledge.tallies)
        if counts_persons:
            _count_person(use, fact, circumstances.person, knowledge.tallies)
    return told(evaluated.outcome, fact)


def _sold(explained: Explained, knowledge: Knowledge, circumstances: ConversionCircumstances) -> list[Sold]:
    """The conversion as a whole, or one for each item where terms ask for items."""
    fact, use = explained
    person, first_at = _person(explained, knowledge, circumstances.person)
    elsewhere = use.acquired_elsewhere(first_at) if first_at else frozenset()

    def sold(item: SoldItem | None, reported: dict[str, int]) -> Sold:
        known = knowledge.catalogue.get(item.item, _NOT_IN_THE_CATALOGUE) if item else _NOT_IN_THE_CATALOGUE
        return Sold(
            kind=fact.kind,
            occurred_at=fact.occurred_at,
            amount_minor=item.amount_minor if item else fact.amount_minor,
            quantity=(-item.quantity if fact.amount_minor < 0 else item.quantity) if item else fact.quantity,
            partner=fact.partner_id,
            country=circumstances.country,
            coupon=circumstances.coupon,
            placement=circumstances.placement,
            reported=reported,
            item=item.item if item else "",
            item_kind=known.kind,
            categories=known.categories,
            tags=known.tags,
            person=person,
            first_sale_at=first_at,
            acquired_elsewhere=elsewhere,
        )

    items = knowledge.items.get(fact.order_id, []) if use.needs.items and fact.order_id else []
    exchange, said = exchange_of(fact), dict(circumstances.reported)
    if exchange is not None:
        items, said = exchange.items(items), exchange.each(said)
    if not items:
        return [sold(None, said)]
    spread = spread_reported(said, [item.amount_minor for item in items])
    return [sold(item, reported) for item, reported in zip(items, spread, strict=True)]


def _person(explained: Explained, knowledge: Knowledge, person: str) -> tuple[str | None, datetime | None]:
    """Whether the person is new or returning, and since when; not known without a person."""
    if not person or not explained.use.needs.persons:
        return None, None
    count = knowledge.tallies[person_key(explained.use, person)]
    is_returning = count.first_at is not None and count.first_at < explained.fact.occurred_at
    return ("returning" if is_returning else "new"), count.first_at if is_returning else None


def _count_person(use: TermsInUse, fact: ConversionFact, person: str, tallies: HeldTallies) -> None:
    if person and use.needs.persons:
        key, is_sale = person_key(use, person), fact.kind == "sale"
        tallies.add(key, Totals(fact.amount_minor, fact.quantity, 1), first_at=fact.occurred_at if is_sale else None)


def _keys(explained: Explained, person: str) -> Collection[TallyKey]:
    use, occurred_at = explained.use, explained.fact.occurred_at
    keys = tally_keys(use, occurred_at, person)
    return [*keys, person_key(use, person)] if person and use.needs.persons else keys
