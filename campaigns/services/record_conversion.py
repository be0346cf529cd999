"""Record one lead, click or sign-up that a partner brought: a conversion without an order."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from alliance.kernel.actor import Actor
from alliance.kernel.errors import DomainError, InvalidInputError
from alliance.kernel.money import UnknownCurrencyError, exponent
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from campaigns.domain.details import NO_ORDER_DETAILS, OrderDetails
from campaigns.domain.matching import Matcher
from campaigns.domain.persons import person_key
from campaigns.models import WITHOUT_ORDER, Conversion, ConversionKind
from campaigns.services.preview_import import require_hosted
from campaigns.services.record_conversions import ConversionBirth, record_conversions
from campaigns.services.record_order import OrderCurrencyError
from campaigns.services.record_orders import hold_matches
from partners.selectors import accepted_terms, partner_codes

MOST_UNITS: Final = 1_000_000


class ConversionDiffersError(DomainError):
    """The reference is taken by another conversion of this kind; what is recorded stays."""

    code = "conversion_differs"
    sentence = _("A conversion with this reference is recorded already, with other content.")


class ConversionKindError(InvalidInputError):
    """Sales and refunds are orders."""

    code = "conversion_kind"
    sentence = _("Record sales and refunds as orders; here come leads, clicks and sign-ups.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversionGiven:
    """One lead, click or sign-up; `quantity` of them at once. `occurred_at` is aware, `currency` ISO 4217.

    `customer` is the shop's own pseudonym: only a hash of it is kept.
    """

    kind: ConversionKind
    reference: str
    occurred_at: datetime
    currency: str
    partner_code: str
    quantity: int = 1
    customer: str = ""
    details: OrderDetails = NO_ORDER_DETAILS


@dataclass(frozen=True, slots=True)
class RecordedConversion:
    """The conversion's id, and whether it was new."""

    conversion_id: UUID
    is_new: bool


def record_conversion(
    *, actor: Actor, alliance_id: UUID, conversion: ConversionGiven, now: datetime
) -> RecordedConversion:
    """Record it once for each kind and reference of the alliance; the same again changes nothing and says so.

    Raises `NotPermittedError`, `NotFoundError` for an alliance that the actor does not host, `ConversionKindError`,
    `OrderCurrencyError`, `ConversionDiffersError`.
    """
    actor.require(Permission.ORDER_IMPORT)
    require_hosted(actor, alliance_id)
    if conversion.kind not in WITHOUT_ORDER:
        raise ConversionKindError(field="kind")
    try:
        exponent(conversion.currency)
    except UnknownCurrencyError as error:
        raise OrderCurrencyError(field="currency") from error
    with atomic():
        hold_matches(alliance_id, alone=True)
        there = Conversion.objects.filter(
            alliance_id=alliance_id, kind=conversion.kind, reference=conversion.reference, order__isnull=True
        ).first()
        if there is not None:
            if not _is_same(there, conversion):
                raise ConversionDiffersError(field="reference")
            return RecordedConversion(there.id, is_new=False)
        matcher = Matcher(partner_codes(alliance_id=alliance_id), accepted_terms(alliance_id=alliance_id))
        birth = _birth(actor, conversion)
        record_conversions(actor=actor, alliance_id=alliance_id, births=[birth], matcher=matcher, now=now)
        created = Conversion.objects.get(
            alliance_id=alliance_id, kind=conversion.kind, reference=conversion.reference, order__isnull=True
        )
    return RecordedConversion(created.id, is_new=True)


def _is_same(there: Conversion, given: ConversionGiven) -> bool:
    known = (there.occurred_at, there.currency, there.partner_code, there.quantity)
    return known == (given.occurred_at, given.currency, given.partner_code, given.quantity)


def _birth(actor: Actor, given: ConversionGiven) -> ConversionBirth:
    return ConversionBirth(
        order_id=None,
        kind=given.kind.value,
        reference=given.reference,
        occurred_at=given.occurred_at.astimezone(UTC),
        currency=given.currency,
        amount_minor=0,
        quantity=given.quantity,
        partner_code=given.partner_code,
        details=given.details,
        person=person_key(actor.organization_id, given.customer),
    )
