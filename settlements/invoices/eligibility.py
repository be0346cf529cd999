"""Which statements are invoiced by whom, what they come to, and what keeps an invoice back."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from django.db.models import Q, Sum
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from partners.domain.terms.settling import ValueAddedTax
from partners.selectors import accepted_terms
from settlements.invoices.domain.matching import InvoiceAmounts, TaxedAmount
from settlements.invoices.models import Invoice, InvoiceState
from settlements.models import AdjustmentKind, Section, Statement, StatementLine
from settlements.period_terms import terms_of
from settlements.taxes.domain.value_added import treatment_of
from settlements.taxes.selectors import Taxpayer, taxpayer

_NOT_EARNED: Final = (AdjustmentKind.ADVANCE, AdjustmentKind.ADVANCE_RECOUPED)
# Lines that are earnings: shares and what adjusts them, not advances, exchanges, or debts.
EARNED: Final = ~Q(section=Section.ADJUSTMENT) | Q(adjustment__counterparty__isnull=False) & ~Q(kind__in=_NOT_EARNED)


class Obstacle(StrEnum):
    """Why no self-billing invoice is issued."""

    NOTHING = "nothing"
    NOT_AGREED = "not_agreed"
    SUPPLIER_UNKNOWN = "supplier_unknown"
    RECEIVER_UNKNOWN = "receiver_unknown"
    NOT_ACCEPTED = "not_accepted"
    NO_VAT_NUMBER = "no_vat_number"


OBSTACLES: Final[dict[Obstacle, Promise]] = {
    Obstacle.NOTHING: _("The statement has no earnings to invoice."),
    Obstacle.NOT_AGREED: _("The agreement does not provide for self-billing."),
    Obstacle.SUPPLIER_UNKNOWN: _("The partner has not entered its tax settings."),
    Obstacle.RECEIVER_UNKNOWN: _("The host has not entered its tax settings."),
    Obstacle.NOT_ACCEPTED: _("The partner does not accept self-billing invoices."),
    Obstacle.NO_VAT_NUMBER: _("The partner has no VAT number in its tax settings."),
}


@dataclass(frozen=True, slots=True)
class Invoiceable:
    """A statement with what its invoice says, rate by rate. `obstacle` keeps a self-billing one back."""

    statement: Statement
    amounts: InvoiceAmounts
    by_rate: tuple[TaxedAmount, ...]
    rule: ValueAddedTax | None
    supplier: Taxpayer | None
    receiver: Taxpayer | None
    obstacle: Obstacle | None


def amounts_of(statement: Statement) -> InvoiceAmounts:
    """What the statement's earnings come to: its shares and what adjusts them, not advances, exchanges, or debts."""
    lines = StatementLine.objects.filter(statement_id=statement.id)
    found = lines.aggregate(
        net=Sum("share_minor", filter=EARNED),
        vat=Sum("share_minor", filter=Q(kind=AdjustmentKind.VALUE_ADDED_TAX)),
    )
    return InvoiceAmounts(statement.currency, int(found["net"] or 0), int(found["vat"] or 0))


def by_rate_of(statement: Statement, amounts: InvoiceAmounts, rule: ValueAddedTax | None) -> tuple[TaxedAmount, ...]:
    """The amounts by the rate that taxes them: what is of this period, then what goes back to earlier statements, in their order."""
    lines = StatementLine.objects.filter(statement_id=statement.id, kind=AdjustmentKind.VALUE_ADDED_TAX)
    taxes = [
        line.adjustment
        for line in lines.select_related("adjustment__about_period").order_by("line_number")
        if line.adjustment is not None and line.adjustment.about_period_id != statement.period_id
    ]
    taxes.sort(key=lambda tax: tax.about_period.starts_on)
    earlier = Statement.objects.filter(
        period_id__in=[tax.about_period_id for tax in taxes], organization_id=statement.organization_id
    )
    numbers = dict(earlier.values_list("period_id", "number"))
    invoices = Invoice.objects.filter(statement__number__in=numbers.values(), statement__host_id=statement.host_id)
    billed = dict(invoices.exclude(state=InvoiceState.OBJECTED).values_list("statement__period_id", "number"))
    back = tuple(
        TaxedAmount(
            tax.details["treatment"],
            tax.details["rate"],
            tax.details["net_minor"],
            tax.amount_minor,
            numbers.get(tax.about_period_id, ""),
            billed.get(tax.about_period_id, ""),
        )
        for tax in taxes
    )
    net = amounts.net_minor - sum(part.net_minor for part in back)
    vat = amounts.vat_minor - sum(part.vat_minor for part in back)
    rate = f"{rule.rate.numerator}/{rule.rate.denominator}" if rule is not None and rule.rate is not None else ""
    own = TaxedAmount(rule.treatment if rule is not None else "unregistered", rate, net, vat)
    return (own, *back) if net or vat or not back else back


def invoiceable(statement: Statement) -> Invoiceable:
    """What an invoice for the statement would say, and what keeps a self-billing one back; in the host's scope."""
    version = terms_of(statement.period, accepted_terms(alliance_id=statement.alliance_id))
    rule = treatment_of(version.terms, statement.organization_id) if version else None
    amounts, supplier, receiver = (
        amounts_of(statement),
        taxpayer(statement.organization_id),
        taxpayer(statement.host_id),
    )
    obstacle = _obstacle(amounts, rule, supplier, receiver)
    by_rate = by_rate_of(statement, amounts, rule)
    return Invoiceable(statement, amounts, by_rate, rule, supplier, receiver, obstacle)


def _obstacle(
    amounts: InvoiceAmounts, rule: ValueAddedTax | None, supplier: Taxpayer | None, receiver: Taxpayer | None
) -> Obstacle | None:
    if rule is None or rule.invoice != "self_billing":
        return Obstacle.NOT_AGREED
    needs_number = rule.treatment in {"standard", "reverse_charge"}
    found = (
        (not amounts.net_minor and not amounts.vat_minor, Obstacle.NOTHING),
        (supplier is None, Obstacle.SUPPLIER_UNKNOWN),
        (receiver is None, Obstacle.RECEIVER_UNKNOWN),
        (supplier is not None and not supplier.accepts_self_billing, Obstacle.NOT_ACCEPTED),
        (supplier is not None and needs_number and not supplier.vat_number, Obstacle.NO_VAT_NUMBER),
    )
    return next((obstacle for is_met, obstacle in found if is_met), None)
