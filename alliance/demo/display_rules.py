"""Who may show the demo's items: one rule of every sort."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from alliance.demo.orders import CURRENCY
from alliance.demo.world import AUTO, FITNESS, HOST, DemoOrganization, actor_of
from alliance.kernel.money import parse_amount
from alliance.kernel.tenancy import organization_scope
from partners.catalogue.domain.display import Effect
from partners.catalogue.domain.wanted_rule import WantedRule
from partners.catalogue.selectors import item_ids
from partners.catalogue.services.add_display_rule import add_display_rule


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    owner: DemoOrganization
    effect: Effect
    item: str = ""
    category: str = ""
    partner: DemoOrganization | None = None
    floor: str = ""  # in yuan
    note: str = ""


_LINES: Final = (
    _Line(
        owner=HOST,
        effect=Effect.EXCLUSIVE,
        item="COURSE-310",
        partner=AUTO,
        note="联合活动期间 · During the joint campaign",
    ),
    _Line(owner=HOST, effect=Effect.PRICE_FLOOR, category="education.money", floor="29.00"),
    _Line(owner=HOST, effect=Effect.DENY, item="CLUB-02", note="只在学堂售卖 · Sold by the academy alone"),
    _Line(owner=FITNESS, effect=Effect.PRICE_FLOOR, category="fitness.equipment", partner=HOST, floor="39.00"),
    _Line(owner=FITNESS, effect=Effect.DENY, category="fitness.strength"),
    _Line(owner=FITNESS, effect=Effect.ALLOW, item="COACH-01", partner=HOST),
)


def make_display_rules(*, now: datetime) -> None:
    """Make the rules, once the items are there."""
    for line in _LINES:
        with organization_scope(line.owner.id):
            codes = item_ids(organization_id=line.owner.id, codes=[line.item] if line.item else [])
            wanted = WantedRule(
                effect=line.effect,
                item_id=codes.get(line.item),
                category=line.category,
                partner_id=line.partner.id if line.partner else None,
                floor_minor=parse_amount(line.floor, CURRENCY) if line.floor else None,
                currency=CURRENCY if line.floor else "",
                note=line.note,
            )
            add_display_rule(actor=actor_of(line.owner), wanted=wanted, now=now)
