"""A partner brings its own invoice for a statement."""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.conf import settings
from django.core.files import File
from django.db import IntegrityError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from alliance.kernel.actor import Actor
from alliance.kernel.audit import record
from alliance.kernel.errors import DomainError, FieldRefusal, InvalidInputError, NotFoundError, NotPermittedError
from alliance.kernel.files import FileKind, UploadRules, received_file
from alliance.kernel.money import with_currency
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from partners.selectors import accepted_terms
from settlements.invoices.domain.matching import InvoiceAmounts, Mismatch, TaxedAmount, mismatches
from settlements.invoices.eligibility import amounts_of, by_rate_of
from settlements.invoices.latest import latest_invoice
from settlements.invoices.models import Invoice, InvoiceFile, InvoiceOrigin, InvoiceState
from settlements.models import Statement
from settlements.period_terms import terms_of
from settlements.taxes.domain.value_added import treatment_of
from settlements.taxes.selectors import taxpayer


class InvoiceNotExpectedError(DomainError):
    """The host issues the invoice, or nobody does."""

    code = "invoice_not_expected"
    sentence = _("By the agreement no invoice of yours is expected for this statement.")


class InvoiceThereError(DomainError):
    """One statement has one invoice."""

    code = "invoice_there"
    sentence = _("There is an invoice for this statement already.")


class InvoiceNumberUsedError(InvalidInputError):
    """Numbers are unique by issuer."""

    code = "invoice_number_used"
    sentence = _("You have used this number on another invoice.")


class InvoiceMismatchError(InvalidInputError):
    """It does not come to what the statement comes to; each field that differs says what is expected."""

    code = "invoice_mismatch"
    sentence = _("The invoice does not match the statement.")


_EXPECTED: Final[dict[Mismatch, tuple[str, Promise]]] = {
    Mismatch.CURRENCY: ("currency", _("The statement is in %(expected)s.")),
    Mismatch.NET: ("net", _("The statement comes to %(expected)s before tax.")),
    Mismatch.VAT: ("vat", _("The statement comes to %(expected)s of value-added tax.")),
}


@dataclass(frozen=True, slots=True)
class OwnInvoice:
    """What the partner's document says."""

    number: str
    issued_on: date
    amounts: InvoiceAmounts


@dataclass(frozen=True, slots=True)
class _Treated:
    """How the agreement treats it, and the invoice that was objected to before."""

    by_rate: tuple[TaxedAmount, ...]
    replaced: Invoice | None


def submit_invoice(
    *,
    actor: Actor,
    statement_id: UUID,
    invoice: OwnInvoice,
    content: File,  # type: ignore[type-arg]
    name: str,
    now: datetime,
) -> UUID:
    """Match the invoice with the statement, to the cent, and keep it with its document; its id.

    After the host's objection this is the corrected one: with a number of its own, and the host has to accept it.
    Raises `InvoiceMismatchError` that names every field, `InvoiceNumberUsedError`, `InvoiceThereError`,
    `InvoiceNotExpectedError`, what `received_file` raises, `NotFoundError`, and `NotPermittedError` for anybody but the
    statement's party.
    """
    actor.require(Permission.INVOICE_MANAGE)
    with atomic():
        statement = Statement.objects.select_related("period").filter(pk=statement_id).first()
        if statement is None:
            raise NotFoundError
        if statement.organization_id != actor.organization_id or statement.organization_id == statement.host_id:
            raise NotPermittedError
        replaced = latest_invoice(statement.id)
        if replaced is not None and not replaced.is_objected:
            raise InvoiceThereError
        by_rate = _expected(statement)
        _match(amounts_of(statement), invoice.amounts)
        rows = Invoice.objects.filter(organization_id=actor.organization_id, origin=InvoiceOrigin.PARTNER)
        if rows.filter(number=invoice.number.strip()).exists():
            raise InvoiceNumberUsedError(field="number")
        rules = UploadRules(frozenset(FileKind), settings.UPLOAD_MAX_BYTES)
        with received_file(content, name=name, rules=rules, organization_id=actor.organization_id) as received:
            row = _keep(actor, statement, invoice, _Treated(by_rate, replaced), now)
            InvoiceFile.objects.create(
                invoice=row,
                organization_id=row.organization_id,
                host_id=row.host_id,
                created_at=now,
                **received.columns(),
            )
        said = {"number": row.number, "total_minor": row.total_minor, "sha256": received.sha256}
        record(actor, "invoice.submitted", row, now=now, after=said)
    return row.id


def _expected(statement: Statement) -> tuple[TaxedAmount, ...]:
    """What it comes to, by rate; raises where no own invoice is expected."""
    version = terms_of(statement.period, accepted_terms(alliance_id=statement.alliance_id))
    rule = treatment_of(version.terms, statement.organization_id) if version else None
    amounts = amounts_of(statement)
    if (rule is not None and rule.invoice != "partner") or not (amounts.net_minor or amounts.vat_minor):
        raise InvoiceNotExpectedError
    return by_rate_of(statement, amounts, rule)


def _match(expected: InvoiceAmounts, said: InvoiceAmounts) -> None:
    values = {
        Mismatch.CURRENCY: expected.currency,
        Mismatch.NET: with_currency(expected.net_minor, expected.currency),
        Mismatch.VAT: with_currency(expected.vat_minor, expected.currency),
    }
    refusals = [
        FieldRefusal(field, InvoiceMismatchError.code, sentence % {"expected": values[found]})
        for found in mismatches(expected, said)
        for field, sentence in (_EXPECTED[found],)
    ]
    if refusals:
        raise InvoiceMismatchError(refusals=refusals)


def _keep(actor: Actor, statement: Statement, invoice: OwnInvoice, treated: _Treated, now: datetime) -> Invoice:
    supplier = taxpayer(statement.organization_id)
    try:
        with atomic():
            return Invoice.objects.create(
                host_id=statement.host_id,
                organization_id=statement.organization_id,
                agreement_id=statement.agreement_id,
                statement=statement,
                origin=InvoiceOrigin.PARTNER,
                number=invoice.number.strip(),
                year=invoice.issued_on.year,
                issued_on=invoice.issued_on,
                currency=invoice.amounts.currency,
                net_minor=invoice.amounts.net_minor,
                vat_minor=invoice.amounts.vat_minor,
                treatment=treated.by_rate[0].treatment,
                rate=treated.by_rate[0].rate,
                by_rate=[part.to_json() for part in treated.by_rate],
                replaces=treated.replaced,
                supplier=asdict(supplier) if supplier else {},
                receiver={},
                state=InvoiceState.ISSUED if treated.replaced else InvoiceState.MATCHED,
                issued_by=actor.label[:160],
                issued_at=now,
            )
    except IntegrityError as error:
        raced = "invoice_number_once_per_issuer" in str(error)
        raise InvoiceNumberUsedError(field="number") if raced else InvoiceThereError from error
