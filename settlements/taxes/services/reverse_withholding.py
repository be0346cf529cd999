"""Give back withheld tax with what was paid and taken back since. A step of closing."""

from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Sum

from partners.selectors import TermsInForce
from settlements.exchange.wanted import foreign_payees
from settlements.models import Adjustment, AdjustmentKind, Period
from settlements.payouts.models import PayoutPart, PayoutState
from settlements.services.find_balances import find_balances
from settlements.services.record_adjustments import AdjustmentDraft, record_adjustments
from settlements.taxes.domain.withholding import reversal

_CLOSE = "the close"


def reverse_withholding(*, period: Period, version: TermsInForce | None, now: datetime) -> None:
    """A partner that owes what it was paid owes it without the tax that was withheld of it, in proportion.

    Only tax of payouts in the calendar year of the period's last day; tax of earlier years is not recoverable. Once later
    earnings have paid the debt, the reversal is taken back: less was paid then, so less is withheld by itself.
    """
    parties = {rule.party for rule in version.terms.withholding} if version else set()
    parties -= set(foreign_payees(period, version))
    if not parties:
        return
    last_day, balances = period.ends_on - timedelta(days=1), find_balances(period)
    drafts = []
    for party in sorted(parties):
        rows = Adjustment.objects.filter(
            agreement_id=period.agreement_id, organization_id=party, kind=AdjustmentKind.TAX_REVERSED
        )
        outstanding = sum(rows.values_list("amount_minor", flat=True))
        earlier = sum(rows.filter(effective_on__year__lt=last_day.year).values_list("amount_minor", flat=True))
        owed = max(0, outstanding + balances.receivable(party) - balances.at_the_end(party))
        paid, withheld = _paid(period, party, last_day)
        wanted = max(reversal(owed_minor=owed, paid_minor=paid, withheld_minor=withheld), min(earlier, owed))
        drafts.append(
            AdjustmentDraft(
                AdjustmentKind.TAX_REVERSED,
                f"tax_reversed:{period.id}:{party}",
                party,
                None,
                wanted - outstanding,
                reference=f"{last_day:%Y}",
                details={
                    "owed_minor": owed,
                    "paid_minor": paid,
                    "withheld_minor": withheld,
                    "year": last_day.year,
                    "outstanding_minor": outstanding,
                    "earlier_minor": earlier,
                },
            )
        )
    record_adjustments(period=period, effective_on=last_day, drafts=drafts, by=_CLOSE, now=now)


def _paid(period: Period, party_id: UUID, last_day: date) -> tuple[int, int]:
    """What arrived in the year, before tax, and what of it was withheld."""
    zone = ZoneInfo(period.time_zone)
    parts = PayoutPart.objects.filter(
        agreement_id=period.agreement_id,
        organization_id=party_id,
        currency=period.currency,
        payout__state=PayoutState.CONFIRMED,
        payout__confirmed_at__gte=datetime(last_day.year, 1, 1, tzinfo=zone),
        payout__confirmed_at__lt=datetime(last_day.year + 1, 1, 1, tzinfo=zone),
    )
    found = parts.aggregate(gross=Sum("gross_minor"), withheld=Sum("withheld_minor"))
    return int(found["gross"] or 0), int(found["withheld"] or 0)
