"""Keep the value-added tax of what is on hold pending with it. A step of closing."""

from uuid import UUID

from django.db import connections

from alliance.kernel.tenancy import database_alias
from partners.selectors import TermsTimeline
from settlements.ledger.domain import AccountKind
from settlements.models import Period
from settlements.services.move_money import move_money
from settlements.taxes.domain.value_added import taxed_parties


def hold_value_added_tax(*, period: Period, timeline: TermsTimeline) -> None:
    """Move the tax of lines on hold to pending, and what was held of lines whose hold ends with the period back to available.

    The tax was added to available before (`add_value_added_tax`). Of every partner to which the agreement's terms ever
    added tax, whatever they say now.
    """
    parties = sorted(taxed_parties(timeline, period.agreement_id))
    amounts = {party: _on_hold(period.id, party) for party in parties}
    held = [(party, AccountKind.AVAILABLE, AccountKind.PENDING, amount) for party, (amount, _) in amounts.items()]
    released = [(party, AccountKind.PENDING, AccountKind.AVAILABLE, amount) for party, (_, amount) in amounts.items()]
    move_money(period=period, key="tax_held", moves=held)
    move_money(period=period, key="tax_released", moves=released)


def _on_hold(period_id: UUID, party_id: UUID) -> tuple[int, int]:
    with connections[database_alias()].cursor() as cursor:
        cursor.execute(
            "SELECT held_minor, released_minor FROM settlements_value_added_tax_on_hold(%s, %s)", [period_id, party_id]
        )
        row = cursor.fetchone()
    held, released = row or (0, 0)
    return int(held), int(released)
