"""Writing a self-billing invoice: PDF/A-3B, every word in both languages."""

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any, Final

from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from alliance.kernel.money import with_currency
from alliance.kernel.pdf_sheet import Sheet
from alliance.portal.templatetags.money import share
from settlements.domain.spans import span_name
from settlements.invoices.models import Invoice

_TREATMENTS: Final[dict[str, Promise]] = {
    "reverse_charge": _(
        "Reverse charge: the recipient owes the value-added tax (Article 196 of Directive 2006/112/EC)."
    ),
    "exempt": _("Exempt from value-added tax."),
    "small": _("Small taxpayer: no value-added tax is charged."),
}


def invoice_bytes(invoice: Invoice) -> bytes:
    """The document. The same invoice gives the same bytes."""
    title = f"{_both(_('Credit note') if invoice.is_credit else _('Invoice'))} {invoice.number}"
    sheet = Sheet(title=title, dated=invoice.issued_at, footer=f"{invoice.number} · {invoice.statement.number}")
    sheet.heading(title, size="title")
    sheet.paragraph(_both(_("Self-billing")))
    sheet.rule()
    for label, value in _facts(invoice):
        sheet.fact(_both(label), value)
    for heading, taxpayer in (
        (_("Supplier"), invoice.supplier),
        (_("Recipient, who issues this document"), invoice.receiver),
    ):
        sheet.rule()
        sheet.heading(_both(heading), size="subheading")
        sheet.fact(_both(_("Name")), str(taxpayer["legal_name"]))
        sheet.fact(_both(_("Address")), str(taxpayer["address"]))
        sheet.fact(_both(_("VAT number")), str(taxpayer["vat_number"] or "–"))
    sheet.rule()
    sheet.heading(_both(_("Amounts")), size="subheading")
    for label, value in _amounts(invoice):
        sheet.fact(_both(label), value)
    for said in _said(invoice):
        sheet.rule()
        for code, _name in settings.LANGUAGES:
            with translation.override(code):
                sheet.paragraph(str(said))
    return sheet.finished()


def _facts(invoice: Invoice) -> Iterator[tuple[Promise, str]]:
    statement = invoice.statement
    yield _("Number"), invoice.number
    yield _("Date"), invoice.issued_on.isoformat()
    yield _("Agreement"), invoice.agreement.name
    yield _("Statement"), f"{statement.number} · {statement.content_sha256}"
    yield _("Period"), span_name(statement.starts_on, statement.ends_on)
    if invoice.replaces is not None:
        yield _("Replaces invoice"), f"{invoice.replaces.number} · {invoice.replaces.issued_on.isoformat()}"
    if invoice.credits is not None:
        yield _("Corrects invoice"), f"{invoice.credits.number} · {invoice.credits.issued_on.isoformat()}"


def _amounts(invoice: Invoice) -> Iterator[tuple[Promise, str]]:
    def money(amount_minor: int) -> str:
        return with_currency(amount_minor, invoice.currency)

    yield _("Share of revenue, as the statement lists it"), money(invoice.net_minor)
    is_mixed = len(invoice.by_rate) > 1
    rate = f"{share(Fraction(invoice.rate))} · " if invoice.rate and not is_mixed else ""
    for part in invoice.by_rate if is_mixed or invoice.is_credit else ():
        yield _("Taxed by itself"), " · ".join(_part(part, money))
    yield _("Value-added tax"), f"{rate}{money(invoice.vat_minor)}"
    yield _("Total"), money(invoice.total_minor)


def _part(part: dict[str, Any], money: Callable[[int], str]) -> Iterator[str]:
    """What one rate taxes: rate, net, tax, and the statement and invoice that it corrects."""
    yield share(Fraction(part["rate"])) if part["rate"] else "0%"
    yield money(part["net_minor"])
    yield money(part["vat_minor"])
    yield from (part[name] for name in ("goes_back_to", "invoice_number") if part[name])


def _said(invoice: Invoice) -> Iterator[Promise]:
    for treatment in dict.fromkeys(part["treatment"] for part in invoice.by_rate or [{"treatment": invoice.treatment}]):
        is_small = treatment == "exempt" and invoice.supplier.get("is_small")
        if (words := _TREATMENTS.get("small" if is_small else treatment)) is not None:
            yield words


def _both(words: Promise) -> str:
    """Words in every language of the installation, once where they are the same."""
    found = []
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            found.append(str(words))
    return " · ".join(dict.fromkeys(found))
