"""Filling the demo: organizations, agreements, six months of orders, closed months, applications. Safe to repeat."""

import io
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.core.files import File

from alliance.demo.answers import answer_statements
from alliance.demo.applicants import ensure_applicants
from alliance.demo.bank import ensure_bank
from alliance.demo.display_rules import make_display_rules
from alliance.demo.invoices import ensure_invoices
from alliance.demo.items import ensure_items
from alliance.demo.orders import CURRENCY, TIME_ZONE, demo_order_file, first_day_before
from alliance.demo.payouts import ensure_payouts
from alliance.demo.rates import ensure_rates
from alliance.demo.receiver import ensure_receiver
from alliance.demo.taxes import ensure_taxes
from alliance.demo.world import HOST, actor_of, ensure_world
from alliance.kernel.clock import local_date
from alliance.kernel.inline import work_off
from alliance.kernel.tenancy import organization_scope
from campaigns.domain.mapping import Mapping
from campaigns.models import ImportMapping, OrderImport
from campaigns.services.save_mapping import save_mapping
from campaigns.services.start_import import start_import
from campaigns.services.upload_order_file import upload_order_file
from partners.catalogue.models import Item
from settlements.models import Period
from settlements.services.request_period_close import request_period_close

MAPPING_NAME: Final = "Shop export 商城导出"
FILE_NAME: Final = "demo-orders.csv"
MAPPING: Final = Mapping(
    order_id="OrderNo",
    item="SKU",
    description="Title",
    quantity="Quantity",
    unit_price="UnitPrice",
    occurred_at="OrderedAt",
    customer="Customer",
    partner="Partner",
    time_format="%Y-%m-%d %H:%M:%S",
    time_zone=TIME_ZONE,
    currency=CURRENCY,
    refund_prefixes=("C",),
    adjustment_prefixes=("A",),
)


@dataclass(frozen=True, slots=True)
class Seeded:
    """What the demo holds."""

    alliance_id: UUID
    is_new: bool


def seed(*, now: datetime) -> Seeded:
    """Build what is missing. Orders are those up to the day of the first seeding; later runs add none."""
    today = local_date(now, TIME_ZONE)
    alliance_id = ensure_world(first_day=first_day_before(today), now=now)
    with organization_scope(HOST.id):
        has_items = Item.objects.filter(organization_id=HOST.id).exists()
    if not has_items:
        ensure_items(now=now)
        make_display_rules(now=now)
    with organization_scope(HOST.id):
        is_new = not OrderImport.objects.filter(alliance_id=alliance_id).exists()
    if is_new:
        _import_orders(alliance_id, today, now)
    work_off(HOST.id)
    ensure_rates(today=today, now=now)
    ensure_taxes(today=today, now=now)
    if settings.DEMO:
        ensure_receiver(now=now)
    if is_new:
        _close_months(alliance_id, today, now)
        work_off(HOST.id)
        answer_statements(now=now)
        ensure_invoices(now=now)
    ensure_payouts(alliance_id, now=now)
    ensure_bank(alliance_id, now=now)
    for organization_id in (*ensure_applicants(alliance_id, now=now), HOST.id):
        work_off(organization_id)
    return Seeded(alliance_id, is_new)


def _import_orders(alliance_id: UUID, today: date, now: datetime) -> None:
    content = File(io.BytesIO(demo_order_file(today=today)), name=FILE_NAME)
    with organization_scope(HOST.id):
        mapping = ImportMapping.objects.filter(name=MAPPING_NAME).first()
        save_mapping(
            actor=actor_of(HOST),
            mapping_id=mapping.pk if mapping else None,
            name=MAPPING_NAME,
            mapping=MAPPING,
            now=now,
        )
        file_id = upload_order_file(actor=actor_of(HOST), name=FILE_NAME, content=content, now=now)
        start_import(actor=actor_of(HOST), file_id=file_id, alliance_id=alliance_id, mapping=MAPPING, now=now)


def _close_months(alliance_id: UUID, today: date, now: datetime) -> None:
    """Close every month of each agreement but the present one and the one before."""
    last = (today.replace(day=1) - timedelta(days=1)).replace(day=1)
    with organization_scope(HOST.id):
        due = (
            Period.objects.filter(alliance_id=alliance_id, starts_on__lt=last)
            .order_by("agreement_id", "-starts_on")
            .distinct("agreement_id")
        )
        for period in due:
            request_period_close(actor=actor_of(HOST), period_id=period.id, now=now, with_earlier=True)
