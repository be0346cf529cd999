"""Invoices in the portal: the list, each with its answer and file, and a partner's own for a statement."""

from fractions import Fraction
from typing import Final
from uuid import UUID

import django_tables2 as tables
from django.contrib import messages
from django.db.models import QuerySet
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliance.kernel.clock import utc_now
from alliance.kernel.errors import DomainError, NotFoundError
from alliance.kernel.files import private_file_response
from alliance.kernel.http.columns import CompiledColumn
from alliance.kernel.http.doors import member_view
from alliance.kernel.http.lists import paged
from alliance.kernel.http.requests import MemberRequest
from alliance.kernel.money import format_minor, parse_amount
from alliance.kernel.permissions import Permission
from partners.portal.submission import is_done, status_of
from settlements.invoices.domain.matching import InvoiceAmounts
from settlements.invoices.eligibility import amounts_of
from settlements.invoices.forms import OwnInvoiceForm
from settlements.invoices.latest import latest_invoice
from settlements.invoices.models import Invoice, InvoiceFile
from settlements.invoices.services.answer_invoice import answer_invoice
from settlements.invoices.services.issue_invoice import issue_invoice
from settlements.invoices.services.submit_invoice import OwnInvoice, submit_invoice
from settlements.models import Statement
from settlements.tables import MONEY

TREATMENTS: Final[dict[str, Promise]] = {
    "standard": gettext_lazy("Standard rate"),
    "reverse_charge": gettext_lazy("Reverse charge"),
    "exempt": gettext_lazy("Exempt"),
    "unregistered": gettext_lazy("Not registered"),
}


class InvoiceTable(tables.Table):  # type: ignore[misc]  # django-tables2 has no types
    """Invoices and credit notes, latest first."""

    number = CompiledColumn(
        '<a href="{% url "portal:invoice" record.id %}">{{ record.number }}</a>',
        verbose_name=gettext_lazy("Number"),
        orderable=False,
    )
    issued_on = CompiledColumn(
        "{% load portal %}{% local_day record.issued_on %}", verbose_name=gettext_lazy("Date"), orderable=False
    )
    supplier = tables.Column(verbose_name=gettext_lazy("Supplier"), accessor="organization__name", orderable=False)
    statement = CompiledColumn(
        '<a href="{% url "portal:statement" record.statement_id %}">{{ record.statement.number }}</a>',
        verbose_name=gettext_lazy("Statement"),
        orderable=False,
    )
    origin = CompiledColumn("{{ record.get_origin_display }}", verbose_name=gettext_lazy("Written by"), orderable=False)
    state = CompiledColumn("{{ record.get_state_display }}", verbose_name=gettext_lazy("State"), orderable=False)
    total = CompiledColumn(
        "{% load money %}{{ record.total_minor|money:record.currency }}",
        verbose_name=gettext_lazy("Total"),
        attrs=MONEY,
        orderable=False,
        empty_values=(),
    )

    class Meta:
        caption = gettext_lazy("Invoices")


@require_safe
@member_view(Permission.STATEMENT_READ)
def invoices(request: MemberRequest) -> HttpResponse:
    """Every invoice that the organization issued, received, or is named in."""
    rows = _rows().order_by("-issued_at", "-id")
    return render(
        request,
        "settlements/invoices.html",
        {"table": paged(request, InvoiceTable(rows)), "is_empty": not rows.exists()},
    )


@require_safe
@member_view(Permission.STATEMENT_READ)
def invoice(request: MemberRequest, invoice_id: UUID) -> HttpResponse:
    """One invoice; the side that did not write it answers here."""
    found = _invoice(invoice_id)
    answers = found.answered_from == request.organization.id
    context = {
        "invoice": found,
        "treatment": TREATMENTS.get(found.treatment, found.treatment),
        "parts": [
            {
                "words": TREATMENTS.get(part["treatment"], part["treatment"]),
                "rate": Fraction(part["rate"] or 0),
                "said": part,
            }
            for part in found.by_rate
        ],
        "file": InvoiceFile.objects.filter(invoice=found).first(),
        "may_answer": found.is_waiting and answers and request.actor.can(Permission.INVOICE_MANAGE),
        "replaced_by": Invoice.objects.filter(replaces=found).first(),
        "credited_by": found.credited_by.order_by("issued_at", "id"),
    }
    return render(request, "settlements/invoice.html", context)


@require_safe
@member_view(Permission.STATEMENT_READ)
def invoice_file(request: MemberRequest, invoice_id: UUID) -> FileResponse:  # noqa: ARG001  the door passes it
    """Its document."""
    file = InvoiceFile.objects.filter(invoice_id=invoice_id).first()
    if file is None:
        raise NotFoundError
    return private_file_response(file)


@require_POST
@member_view(Permission.INVOICE_MANAGE)
def invoice_answer(request: MemberRequest, invoice_id: UUID) -> HttpResponse:
    """Accept it, or object with a reason."""
    _invoice(invoice_id)
    is_accepted = request.POST.get("answer") == "accept"
    reason = request.POST.get("reason", "")
    try:
        answer_invoice(
            actor=request.actor, invoice_id=invoice_id, is_accepted=is_accepted, reason=reason, now=utc_now()
        )
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Accepted.") if is_accepted else _("Your objection is with the other side now."))
    return redirect("portal:invoice", invoice_id)


@require_POST
@member_view(Permission.INVOICE_MANAGE)
def invoice_issue(request: MemberRequest, statement_id: UUID) -> HttpResponse:
    """Issue the invoice of a statement by hand."""
    _statement(statement_id)
    try:
        invoice_id = issue_invoice(actor=request.actor, statement_id=statement_id, now=utc_now())
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("portal:statement", statement_id)
    messages.success(request, _("Issued. Its PDF is made in a moment."))
    return redirect("portal:invoice", invoice_id)


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Permission.INVOICE_MANAGE)
def invoice_submit(request: MemberRequest, statement_id: UUID) -> HttpResponse:
    """A partner's own invoice, which must match the statement."""
    statement = _statement(statement_id)
    if statement.organization_id != request.organization.id or statement.organization_id == statement.host_id:
        raise NotFoundError
    expected = amounts_of(statement)
    data = (request.POST, request.FILES) if request.method == "POST" else ()
    initial = {
        "currency": expected.currency,
        "net": format_minor(expected.net_minor, expected.currency),
        "vat": format_minor(expected.vat_minor, expected.currency),
    }
    form = OwnInvoiceForm(*data, initial=initial)
    kept: list[UUID] = []

    def submit() -> None:
        file = form.cleaned_data["file"]
        kept.append(
            submit_invoice(
                actor=request.actor,
                statement_id=statement_id,
                invoice=_said(form),
                content=file,
                name=file.name,
                now=utc_now(),
            )
        )

    if request.method == "POST" and form.is_valid() and _amounts_are_read(form) and is_done(form, submit):
        messages.success(request, _("The invoice matches the statement."))
        return redirect("portal:invoice", kept[0])
    context = {"form": form, "statement": statement, "expected": expected, "replaced": latest_invoice(statement.id)}
    return render(request, "settlements/invoice_submit.html", context, status=status_of(form))


def _amounts_are_read(form: OwnInvoiceForm) -> bool:
    """Put the minor units in place of the words; what can't be read is said beside its field."""
    for name in ("net", "vat"):
        try:
            form.cleaned_data[name] = parse_amount(form.cleaned_data[name], form.cleaned_data["currency"])
        except DomainError as error:
            form.add_error(name, str(error))
    return not form.errors


def _said(form: OwnInvoiceForm) -> OwnInvoice:
    given = form.cleaned_data
    return OwnInvoice(
        given["number"], given["issued_on"], InvoiceAmounts(given["currency"], given["net"], given["vat"])
    )


def _rows() -> QuerySet[Invoice]:
    return Invoice.objects.select_related("organization", "host", "statement", "agreement", "credits", "replaces")


def _invoice(invoice_id: UUID) -> Invoice:
    if (found := _rows().filter(pk=invoice_id).first()) is None:
        raise NotFoundError
    return found


def _statement(statement_id: UUID) -> Statement:
    if (found := Statement.objects.filter(pk=statement_id).first()) is None:
        raise NotFoundError
    return found
