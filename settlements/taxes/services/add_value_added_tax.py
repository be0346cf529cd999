"""Add value-added tax to what a period earned. A step of closing."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import connections

from alliance.kernel.tenancy import database_alias
from partners.domain.terms.settling import ValueAddedTax
from partners.selectors import TermsInForce
from settlements.models import AdjustmentKind, Period
from settlements.services.record_adjustments import AdjustmentDraft, record_adjustments

_CLOSE = "the close"


def add_value_added_tax(*, period: Period, version: TermsInForce | None, now: datetime) -> None:
    """Where the terms treat a party by the standard rate, its tax on each line, out of the host's tax account.

    Less than nothing where more was taken back than earned. Everybody else has no tax added.
    """
    rules = version.terms.value_added_tax if version else ()
    drafts = [
        _draft(period, rule, version.version_id) for rule in rules if version is not None and rule.rate is not None
    ]
    last_day = period.ends_on - timedelta(days=1)
    record_adjustments(period=period, effective_on=last_day, drafts=drafts, by=_CLOSE, now=now)


def _draft(period: Period, rule: ValueAddedTax, version_id: UUID) -> AdjustmentDraft:
    if rule.rate is None:
        raise TypeError("Only the standard treatment has a rate.")
    net, vat, lines = _tax(period.id, rule.party, rule.rate.numerator, rule.rate.denominator)
    return AdjustmentDraft(
        AdjustmentKind.VALUE_ADDED_TAX,
        f"value_added_tax:{period.id}:{rule.party}",
        rule.party,
        None,
        vat,
        reference="VAT",
        details={
            "treatment": rule.treatment,
            "rate": f"{rule.rate.numerator}/{rule.rate.denominator}",
            "net_minor": net,
            "lines": lines,
        },
        terms_version_id=version_id,
    )


def _tax(period_id: UUID, party_id: UUID, numerator: int, denominator: int) -> tuple[int, int, int]:
    with connections[database_alias()].cursor() as cursor:
        cursor.execute(
            "SELECT net_minor, vat_minor, lines FROM settlements_value_added_tax(%s, %s, %s, %s)",
            [period_id, party_id, numerator, denominator],
        )
        row = cursor.fetchone()
    net, vat, lines = row or (0, 0, 0)
    return int(net), int(vat), int(lines)
