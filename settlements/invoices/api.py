"""Invoices in the API."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from alliance.kernel.errors import FieldRefusal
from alliance.kernel.http.api import OrganizationAPIView, own
from alliance.kernel.http.pagination import TimeOrderedPagination
from alliance.kernel.http.serializers import NoParameters, StrictSerializer
from alliance.kernel.permissions import Permission
from settlements.invoices.api_examples import OWN_INVOICE_EXAMPLES
from settlements.invoices.domain.matching import InvoiceAmounts
from settlements.invoices.models import Invoice, InvoiceOrigin, InvoiceState
from settlements.invoices.services.answer_invoice import answer_invoice
from settlements.invoices.services.issue_invoice import issue_invoice
from settlements.invoices.services.submit_invoice import InvoiceMismatchError, OwnInvoice, submit_invoice

_MINOR = "In the currency's minor unit; below 0 on credit notes."


class TaxedAmountShape(serializers.Serializer[Any]):
    """The part of an invoice that one rate taxes."""

    treatment = serializers.CharField()
    rate = serializers.CharField(help_text="Exact, as a fraction; empty or 0/1 where no tax is added.")
    net_minor = serializers.IntegerField(help_text=_MINOR)
    vat_minor = serializers.IntegerField(help_text=_MINOR)
    goes_back_to = serializers.CharField(
        help_text="The number of the earlier statement that it corrects, and as which it is taxed; else empty."
    )
    invoice_number = serializers.CharField(help_text="The invoice of that statement, if there is one.")


class InvoiceShape(serializers.Serializer[Any]):
    """An invoice or credit note for one statement."""

    id = serializers.UUIDField()
    host_id = serializers.UUIDField()
    organization_id = serializers.UUIDField(help_text="The supplier.")
    agreement_id = serializers.UUIDField()
    statement_id = serializers.UUIDField()
    origin = serializers.ChoiceField(choices=InvoiceOrigin.choices)
    number = serializers.CharField()
    issued_on = serializers.DateField()
    currency = serializers.CharField()
    net_minor = serializers.IntegerField(help_text=_MINOR)
    vat_minor = serializers.IntegerField(help_text=_MINOR)
    total_minor = serializers.IntegerField(help_text=_MINOR)
    treatment = serializers.CharField()
    rate = serializers.CharField(help_text="Exact, as a fraction; empty where no tax is added.")
    by_rate = TaxedAmountShape(many=True, help_text="Empty on invoices from before amounts were told by rate.")
    credits_id = serializers.UUIDField(allow_null=True, help_text="The invoice that a credit note corrects.")
    replaces_id = serializers.UUIDField(
        allow_null=True, help_text="The invoice that was objected to, and in whose place this corrected one is."
    )
    state = serializers.ChoiceField(choices=InvoiceState.choices)
    reason = serializers.CharField()
    issued_at = serializers.DateTimeField()
    file_sha256 = serializers.SerializerMethodField(help_text="Of its document; empty until it is made.")

    def get_file_sha256(self, invoice: Invoice) -> str:
        """The hash, once there is a document."""
        file = getattr(invoice, "file", None)
        return file.sha256 if file is not None else ""


class InvoiceAnswerInput(StrictSerializer):
    """The answer of the side that did not write it; a reason is needed to object."""

    is_accepted = serializers.BooleanField()
    reason = serializers.CharField(max_length=300, required=False, default="", allow_blank=True)


class OwnInvoiceInput(StrictSerializer):
    """What the partner's invoice says, with its document: PDF, PNG or JPEG."""

    number = serializers.CharField(max_length=60)
    issued_on = serializers.DateField()
    currency = serializers.RegexField(r"^[A-Z]{3}$")
    net_minor = serializers.IntegerField(help_text=_MINOR)
    vat_minor = serializers.IntegerField(help_text=_MINOR)
    file = serializers.FileField(max_length=200)


class InvoicesView(OrganizationAPIView):
    """Invoices in which the organization is named."""

    required_permissions = {"GET": Permission.STATEMENT_READ}
    pagination_class = TimeOrderedPagination

    @extend_schema(operation_id="list_invoices", tags=["invoices"], responses=InvoiceShape(many=True))
    def get(self, request: Request) -> Response:
        """Invoices and credit notes, latest first."""
        self.query(NoParameters)
        return self.page(_rows(), InvoiceShape)


class InvoiceView(OrganizationAPIView):
    """One invoice."""

    required_permissions = {"GET": Permission.STATEMENT_READ}

    @extend_schema(operation_id="get_invoice", tags=["invoices"], responses=InvoiceShape)
    def get(self, request: Request, invoice_id: UUID) -> Response:
        """One invoice or credit note."""
        self.query(NoParameters)
        return Response(InvoiceShape(own(_rows(), invoice_id)).data)


class InvoiceAnswersView(OrganizationAPIView):
    """What the other side says to an invoice."""

    required_permissions = {"POST": Permission.INVOICE_MANAGE}

    @extend_schema(operation_id="answer_invoice", tags=["invoices"], request=InvoiceAnswerInput, responses=InvoiceShape)
    def post(self, request: Request, invoice_id: UUID) -> Response:
        """Accept it, or object, once: the supplier to what was issued for it, the host to what the supplier wrote itself.

        One that was objected to counts for nothing any more. Where the terms let payouts wait for invoices, nothing of the
        agreement is paid until a corrected one is accepted.
        """
        answer_invoice(actor=self.actor, invoice_id=invoice_id, now=self.now, **self.body(InvoiceAnswerInput))
        return Response(InvoiceShape(own(_rows(), invoice_id)).data)


class StatementInvoicesView(OrganizationAPIView):
    """The invoice of one statement."""

    required_permissions = {"POST": Permission.INVOICE_MANAGE}

    @extend_schema(operation_id="issue_invoice", tags=["invoices"], request=None, responses={201: InvoiceShape})
    def post(self, request: Request, statement_id: UUID) -> Response:
        """Issue the statement's self-billing invoice; the host's alone. Asking again answers the same one.

        After an objection it issues the corrected one, with the tax settings of now; it waits for the supplier's acceptance.
        """
        invoice_id = issue_invoice(actor=self.actor, statement_id=statement_id, now=self.now)
        return Response(InvoiceShape(own(_rows(), invoice_id)).data, status=status.HTTP_201_CREATED)


class OwnInvoicesView(OrganizationAPIView):
    """The partner's own invoice of one statement."""

    required_permissions = {"POST": Permission.INVOICE_MANAGE}
    parser_classes = [MultiPartParser]

    @extend_schema(
        operation_id="submit_invoice",
        tags=["invoices"],
        request={"multipart/form-data": OwnInvoiceInput},
        responses={201: InvoiceShape},
        examples=OWN_INVOICE_EXAMPLES,
    )
    def post(self, request: Request, statement_id: UUID) -> Response:
        """Upload the invoice that the statement's party wrote itself; the party's alone, and one for each statement.

        It must come to what the statement comes to, to the cent: where it does not, the answer (`invoice_mismatch`) names each
        field that differs and what is expected, and nothing is kept. After the host's objection the corrected one comes here too;
        it waits for the host's acceptance.
        """
        given = self.body(OwnInvoiceInput)
        file = given["file"]
        amounts = InvoiceAmounts(given["currency"], given["net_minor"], given["vat_minor"])
        try:
            invoice_id = submit_invoice(
                actor=self.actor,
                statement_id=statement_id,
                invoice=OwnInvoice(given["number"], given["issued_on"], amounts),
                content=file,
                name=str(file.name),
                now=self.now,
            )
        except InvoiceMismatchError as error:
            raise InvoiceMismatchError(refusals=[_named_here(refusal) for refusal in error.refusals]) from error
        return Response(InvoiceShape(own(_rows(), invoice_id)).data, status=status.HTTP_201_CREATED)


def _named_here(refusal: FieldRefusal) -> FieldRefusal:
    """Amounts are minor units in the API, and their fields are named so."""
    is_amount = refusal.field in {"net", "vat"}
    return replace(refusal, field=f"{refusal.field}_minor") if is_amount else refusal


def _rows() -> QuerySet[Invoice]:
    return Invoice.objects.select_related("file")
