"""Write a batch of orders with their lines and conversions, once each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import connections

from alliance.kernel.actor import Actor
from alliance.kernel.bulk import BulkInsert, Column
from alliance.kernel.ids import new_id, new_id_text
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic, database_alias
from campaigns.domain.matching import Matcher
from campaigns.domain.orders import OrderDraft
from campaigns.models import Order
from campaigns.services.record_conversions import ConversionBirth, record_conversions, refunds_too_large
from partners.selectors import accepted_terms, partner_codes

_ORDERS: Final = BulkInsert(
    table="campaigns_order",
    constants=(
        Column("organization_id", "uuid"),
        Column("alliance_id", "uuid"),
        Column("order_import_id", "uuid"),
        Column("created_at", "timestamptz"),
    ),
    columns=(
        Column("id", "uuid"),
        Column("reference", "text", is_text=True),
        Column("kind", "text"),
        Column("occurred_at", "timestamptz"),
        Column("currency", "text"),
        Column("amount_minor", "bigint"),
        Column("customer", "text", is_text=True),
        Column("partner_code", "text", is_text=True),
        Column("line_count", "integer"),
        Column("content_sha256", "text"),
    ),
    order_by="reference",  # two imports of the same orders then wait for each other instead of deadlocking
    ending="ON CONFLICT (organization_id, alliance_id, reference) DO NOTHING RETURNING id",
)
_LINES: Final = BulkInsert(
    table="campaigns_orderline",
    constants=(Column("organization_id", "uuid"),),
    columns=(
        Column("id", "uuid"),
        Column("order_id", "uuid"),
        Column("position", "integer"),
        Column("occurred_at", "timestamptz"),
        Column("item", "text", is_text=True),
        Column("description", "text", is_text=True),
        Column("quantity", "numeric"),
        Column("unit_price", "numeric"),
        Column("amount_minor", "bigint"),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What became of each draft.

    `refused` are refunds larger than what is left of their order, with that rest in minor units. `unknown_codes` are
    the partner codes of new orders that no partner has.
    """

    new: list[OrderDraft]
    known: list[OrderDraft]
    changed: list[OrderDraft]
    refused: list[tuple[OrderDraft, int]]
    unknown_codes: list[str]


def record_orders(
    *, actor: Actor, alliance_id: UUID, import_id: UUID | None, drafts: Sequence[OrderDraft], now: datetime
) -> Recorded:
    """Record the drafts that are not there yet, each with its lines and one conversion, and publish the conversions.

    References are distinct within `drafts`. A known reference with the same content is left alone, one with other
    content is reported as changed and not overwritten; so repeating is harmless, also at the same time. A refund of
    more than is left of its order is refused and leaves nothing. An order of 0.00 is recorded like any other. Raises `NotPermittedError`; the database refuses an alliance that is not the
    actor's own.
    """
    actor.require(Permission.ORDER_IMPORT)
    with atomic():
        hold_matches(alliance_id)
        matcher = Matcher(partner_codes(alliance_id=alliance_id), accepted_terms(alliance_id=alliance_id))
        there = known_contents(alliance_id, drafts)
        coming = [draft for draft in drafts if draft.reference not in there]
        refused = refunds_too_large(alliance_id, coming)
        wanted = [(new_id(), draft) for draft in coming if draft.reference not in refused]
        taken = _insert_orders(actor, alliance_id, import_id, wanted, now)
        new = [(order_id, draft) for order_id, draft in wanted if order_id in taken]
        if len(new) < len(wanted):  # somebody else was quicker
            there = known_contents(alliance_id, drafts)
        _insert_lines(actor, new)
        unknown = record_conversions(
            actor=actor, alliance_id=alliance_id, births=_births(new), matcher=matcher, now=now
        )
    rest = _rest(drafts, {draft.reference for _, draft in new} | refused.keys())
    return Recorded(
        new=[draft for _, draft in new],
        known=[draft for draft in rest if there.get(draft.reference) == draft.content_sha256],
        changed=[draft for draft in rest if there.get(draft.reference) != draft.content_sha256],
        refused=[(draft, refused[draft.reference]) for draft in coming if draft.reference in refused],
        unknown_codes=unknown,
    )


def hold_matches(alliance_id: UUID, *, alone: bool = False) -> None:
    """Until the transaction ends, keep re-matching (`alone`) and recording of one alliance's conversions apart.

    Recording reads the agreements in force and writes by them; an agreement signed in between would miss those rows.
    Many may record at a time.
    """
    function = "pg_advisory_xact_lock" if alone else "pg_advisory_xact_lock_shared"
    with connections[database_alias()].cursor() as cursor:
        cursor.execute(f"SELECT {function}(hashtextextended(%s, 0))", [f"campaigns.match:{alliance_id}"])


def known_contents(alliance_id: UUID, drafts: Sequence[OrderDraft]) -> dict[str, str]:
    """The content hash of every order of `drafts` that is there already, by reference."""
    references = [draft.reference for draft in drafts]
    known = Order.objects.filter(alliance_id=alliance_id, reference__in=references)
    return dict(known.values_list("reference", "content_sha256"))


def _rest(drafts: Sequence[OrderDraft], new: set[str]) -> list[OrderDraft]:
    return [draft for draft in drafts if draft.reference not in new]


def _insert_orders(
    actor: Actor,
    alliance_id: UUID,
    import_id: UUID | None,
    wanted: Sequence[tuple[UUID, OrderDraft]],
    now: datetime,
) -> set[UUID]:
    rows = [
        (
            order_id,
            draft.reference,
            draft.kind,
            draft.occurred_at,
            draft.currency,
            draft.amount_minor,
            draft.customer,
            draft.partner_code,
            len(draft.lines),
            draft.content_sha256,
        )
        for order_id, draft in wanted
    ]
    inserted = _ORDERS.run(rows, [actor.organization_id, alliance_id, import_id, now])
    return {UUID(str(row[0])) for row in inserted}


def _insert_lines(actor: Actor, new: Sequence[tuple[UUID, OrderDraft]]) -> None:
    rows = [
        (
            new_id_text(),
            order_text,
            position,
            line.occurred_at,
            line.item,
            line.description,
            line.quantity,
            line.unit_price,
            line.amount_minor,
        )
        for order_text, draft in ((str(order_id), draft) for order_id, draft in new)
        for position, line in enumerate(draft.lines, 1)
    ]
    _LINES.run(rows, [actor.organization_id])


def _births(new: Sequence[tuple[UUID, OrderDraft]]) -> list[ConversionBirth]:
    return [
        ConversionBirth(
            order_id,
            draft.kind,
            draft.reference,
            draft.occurred_at,
            draft.currency,
            draft.amount_minor,
            draft.quantity,
            draft.partner_code,
            draft.details,
        )
        for order_id, draft in new
    ]
