"""Write conversions: of orders as they are recorded, and of leads, clicks and sign-ups. A step of other services."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from django.db.models import Sum

from alliance.kernel.actor import Actor
from alliance.kernel.bulk import BulkInsert, Column
from alliance.kernel.events import publish
from alliance.kernel.ids import new_id
from campaigns.domain.details import OrderDetails
from campaigns.domain.matching import Match, Matcher
from campaigns.domain.orders import CHARGEBACK, CHARGEBACK_WON, REFUND, SALE, OrderDraft
from campaigns.events import IDS_PER_MESSAGE, ConversionsMatched, ConversionsRecorded
from campaigns.models import Conversion, ConversionKind, MatchIssue

TAKES_BACK: Final = frozenset({REFUND, CHARGEBACK, CHARGEBACK_WON})
_CONVERSIONS: Final = BulkInsert(
    table="campaigns_conversion",
    constants=(
        Column("parties", "uuid[]"),  # filled by a trigger
        Column("host_id", "uuid"),
        Column("alliance_id", "uuid"),
        Column("created_at", "timestamptz"),
    ),
    columns=(
        Column("id", "uuid"),
        Column("order_id", "uuid"),
        Column("partner_id", "uuid"),
        Column("agreement_id", "uuid"),
        Column("original_id", "uuid"),
        Column("original_reference", "text", is_text=True),
        Column("kind", "text"),
        Column("reference", "text", is_text=True),
        Column("occurred_at", "timestamptz"),
        Column("currency", "text"),
        Column("amount_minor", "bigint"),
        Column("quantity", "integer"),
        Column("partner_code", "text", is_text=True),
        Column("match_issue", "text", is_text=True),
        Column("parent_reference", "text", is_text=True),
        Column("invalid_reason", "text", is_text=True),
        Column("returned_quantity", "integer"),
    ),
)
_DETAILS: Final = BulkInsert(
    table="campaigns_conversiondetail",
    constants=(Column("organization_id", "uuid"),),
    columns=(
        Column("id", "uuid"),
        Column("conversion_id", "uuid"),
        Column("person", "text", is_text=True),
        Column("country", "text", is_text=True),
        Column("coupon", "text", is_text=True),
        Column("placement", "text", is_text=True),
        Column("reported", "jsonb", is_text=True),
    ),
)


class ConversionBirth(NamedTuple):
    """One conversion to be. `quantity` has the sign of the amount; `person` names nobody."""

    order_id: UUID | None
    kind: str
    reference: str
    occurred_at: datetime
    currency: str
    amount_minor: int
    quantity: int
    partner_code: str
    details: OrderDetails
    person: str = ""


@dataclass(frozen=True, slots=True)
class _Original:
    """A sale that others take back, and the match that they share."""

    id: UUID
    match: Match


def record_conversions(
    *, actor: Actor, alliance_id: UUID, births: Sequence[ConversionBirth], matcher: Matcher, now: datetime
) -> list[str]:
    """Insert the conversions and publish them; returns the partner codes that nobody has.

    What takes an order back falls under that order's agreement; until the order comes it waits, and is matched here
    when it does. The caller holds the alliance's matches and its transaction.
    """
    originals = _known_originals(alliance_id, {b.details.refund_of for b in births if b.details.refund_of})
    rows, unknown = [], []
    for birth in sorted(births, key=lambda birth: birth.kind in TAKES_BACK):
        conversion_id, original = new_id(), originals.get(birth.details.refund_of)
        match = _match(birth, original, matcher)
        if match.partner_id is None and match.issue == MatchIssue.UNKNOWN_PARTNER:
            unknown.append(birth.partner_code)
        if birth.kind == SALE:
            originals.setdefault(birth.reference, _Original(conversion_id, match))
        rows.append(_row(conversion_id, birth, original, match))
    _CONVERSIONS.run(rows, [[], actor.organization_id, alliance_id, now])
    _insert_details(actor, zip((row[0] for row in rows), _sorted(births), strict=True))
    _publish_recorded(alliance_id, [row[0] for row in rows], now)
    _match_waiting(alliance_id, {b.reference for b in births if b.kind == SALE}, now)
    return unknown


def refunds_too_large(alliance_id: UUID, drafts: Sequence[OrderDraft]) -> dict[str, int]:
    """The drafts that take back more than is left of their order, by reference, with that rest in minor units.

    Locks the orders' conversions until the transaction ends, so that two refunds at once count each other.
    """
    wanted = {draft.details.refund_of for draft in drafts if draft.details.refund_of}
    if not wanted:
        return {}
    left = {draft.reference: draft.amount_minor for draft in drafts if draft.kind == SALE}
    full = dict(left)
    sales = Conversion.objects.filter(alliance_id=alliance_id, reference__in=wanted, kind=ConversionKind.SALE)
    for sale in sales.order_by("id").select_for_update():
        taken = Conversion.objects.filter(original=sale).aggregate(sum=Sum("amount_minor"))["sum"] or 0
        left[sale.reference], full[sale.reference] = sale.amount_minor + taken, sale.amount_minor
    refused: dict[str, int] = {}
    for draft in drafts:
        original = draft.details.refund_of
        if original not in left:
            continue
        if 0 <= left[original] + draft.amount_minor <= full[original]:
            left[original] += draft.amount_minor
        else:
            refused[draft.reference] = left[original]
    return refused


def _known_originals(alliance_id: UUID, references: set[str]) -> dict[str, _Original]:
    if not references:
        return {}
    sales = Conversion.objects.filter(alliance_id=alliance_id, reference__in=references, kind=ConversionKind.SALE)
    columns = sales.values_list("reference", "id", "partner_id", "agreement_id", "match_issue")
    return {
        reference: _Original(id_, Match(partner_id, agreement_id, issue))
        for reference, id_, partner_id, agreement_id, issue in columns
    }


def _match(birth: ConversionBirth, original: _Original | None, matcher: Matcher) -> Match:
    if birth.kind in TAKES_BACK and birth.details.refund_of:
        return original.match if original else Match(None, None, MatchIssue.ORIGINAL_UNKNOWN.value)
    return matcher.match(birth.partner_code, birth.occurred_at)


def _row(conversion_id: UUID, birth: ConversionBirth, original: _Original | None, match: Match) -> tuple[object, ...]:
    takes_back = birth.kind in TAKES_BACK
    return (
        conversion_id,
        birth.order_id,
        match.partner_id,
        match.agreement_id,
        original.id if original and takes_back else None,
        birth.details.refund_of if takes_back else "",
        birth.kind,
        birth.reference,
        birth.occurred_at,
        birth.currency,
        birth.amount_minor,
        birth.quantity,
        birth.partner_code,
        match.issue,
        birth.details.parent_order,
        birth.details.invalid_reason,
        birth.details.returned_quantity,
    )


def _sorted(births: Sequence[ConversionBirth]) -> list[ConversionBirth]:
    return sorted(births, key=lambda birth: birth.kind in TAKES_BACK)


def _insert_details(actor: Actor, born: Iterable[tuple[object, ConversionBirth]]) -> None:
    rows = [
        (
            new_id(),
            conversion_id,
            birth.person,
            birth.details.country,
            birth.details.coupon,
            birth.details.placement,
            json.dumps(dict(birth.details.reported)),
        )
        for conversion_id, birth in born
        if birth.person or any(True for _ in birth.details.said())
    ]
    _DETAILS.run(rows, [actor.organization_id])


def _publish_recorded(alliance_id: UUID, conversion_ids: Sequence[object], now: datetime) -> None:
    for start in range(0, len(conversion_ids), IDS_PER_MESSAGE):
        ids = tuple(str(id_) for id_ in conversion_ids[start : start + IDS_PER_MESSAGE])
        publish(ConversionsRecorded(alliance_id=str(alliance_id), conversion_ids=ids), now=now)


def _match_waiting(alliance_id: UUID, references: set[str], now: datetime) -> None:
    """Give refunds that came before their order its match; what would take back too much waits on, and says so."""
    waiting = Conversion.objects.filter(alliance_id=alliance_id, match_issue=MatchIssue.ORIGINAL_UNKNOWN)
    waiting = waiting.filter(original_reference__in=references).order_by("occurred_at", "id")
    for conversion in waiting.select_for_update():
        original = Conversion.objects.select_for_update().get(
            alliance_id=alliance_id, reference=conversion.original_reference, kind=ConversionKind.SALE
        )
        taken = Conversion.objects.filter(original=original).aggregate(sum=Sum("amount_minor"))["sum"] or 0
        fits = 0 <= original.amount_minor + taken + conversion.amount_minor <= original.amount_minor
        adopt(conversion, original if fits else None, now=now)


def adopt(conversion: Conversion, original: Conversion | None, *, now: datetime) -> None:
    """Tie a refund to its sale and publish the match they share; without a sale it takes back more than is left."""
    rows = Conversion.objects.filter(pk=conversion.pk)
    if original is None:
        rows.update(match_issue=MatchIssue.REFUND_TOO_LARGE)
        return
    rows.update(
        original=original,
        partner_id=original.partner_id,
        agreement_id=original.agreement_id,
        match_issue=original.match_issue,
    )
    if original.agreement_id is not None:
        event = ConversionsMatched(
            alliance_id=str(original.alliance_id),
            agreement_id=str(original.agreement_id),
            conversion_ids=(str(conversion.pk),),
        )
        publish(event, now=now)
