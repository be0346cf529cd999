"""Taxes in the API."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from alliance.kernel.errors import NotFoundError
from alliance.kernel.http.api import OrganizationAPIView, own
from alliance.kernel.http.pagination import TimeOrderedPagination
from alliance.kernel.http.serializers import NoParameters, StrictSerializer
from alliance.kernel.permissions import Permission
from settlements.taxes.api_examples import CERTIFICATE_EXAMPLES
from settlements.taxes.models import CertificateKind, CertificateState, TaxCertificate, TaxProfile
from settlements.taxes.services.decide_certificate import decide_certificate
from settlements.taxes.services.save_tax_profile import TaxAnswers, save_tax_profile
from settlements.taxes.services.submit_certificate import NewCertificate, submit_certificate


class TaxProfileShape(serializers.Serializer[Any]):
    """Who the organization is to tax authorities."""

    legal_name = serializers.CharField()
    address = serializers.CharField()
    country = serializers.CharField(help_text="ISO 3166-1 alpha-2: the tax residence.")
    vat_number = serializers.CharField()
    is_small = serializers.BooleanField(help_text="A small taxpayer, on whose invoices no tax is shown.")
    accepts_self_billing = serializers.BooleanField()
    changed_at = serializers.DateTimeField()


class TaxProfileInput(StrictSerializer):
    """What the organization says."""

    legal_name = serializers.CharField(max_length=160)
    address = serializers.CharField(max_length=300)
    country = serializers.RegexField(r"^[A-Z]{2}$")
    vat_number = serializers.CharField(max_length=40, required=False, default="", allow_blank=True)
    is_small = serializers.BooleanField(required=False, default=False)
    accepts_self_billing = serializers.BooleanField(required=False, default=False)


class CertificateShape(serializers.Serializer[Any]):
    """A certificate that a partner gave to a host."""

    id = serializers.UUIDField()
    organization_id = serializers.UUIDField()
    host_id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=CertificateKind.choices)
    number = serializers.CharField()
    valid_from = serializers.DateField()
    valid_until = serializers.DateField(allow_null=True)
    state = serializers.ChoiceField(choices=CertificateState.choices)
    submitted_at = serializers.DateTimeField()
    decided_at = serializers.DateTimeField(allow_null=True)
    note = serializers.CharField()
    sha256 = serializers.CharField(help_text="Of the document.")


class CertificateInput(StrictSerializer):
    """What a certificate says, with its document: PDF, PNG or JPEG."""

    host_id = serializers.UUIDField(help_text="The host that withholds less because of it.")
    kind = serializers.ChoiceField(choices=CertificateKind.choices)
    number = serializers.CharField(max_length=60)
    valid_from = serializers.DateField()
    valid_until = serializers.DateField(
        required=False, allow_null=True, default=None, help_text="The last day; left out until further notice."
    )
    file = serializers.FileField(max_length=200)


class CertificateDecisionInput(StrictSerializer):
    """Whether it counts; a reason is needed to decline it."""

    is_accepted = serializers.BooleanField()
    note = serializers.CharField(max_length=300, required=False, default="", allow_blank=True)


class TaxProfileView(OrganizationAPIView):
    """The organization's own tax settings."""

    required_permissions = {"GET": Permission.STATEMENT_READ, "PUT": Permission.TAX_MANAGE}

    @extend_schema(operation_id="get_tax_profile", tags=["taxes"], responses=TaxProfileShape)
    def get(self, request: Request) -> Response:
        """What the organization said; 404 before it has said anything."""
        self.query(NoParameters)
        return self._answer()

    @extend_schema(operation_id="save_tax_profile", tags=["taxes"], request=TaxProfileInput, responses=TaxProfileShape)
    def put(self, request: Request) -> Response:
        """Say it anew. The digits of the VAT number are checked."""
        save_tax_profile(actor=self.actor, answers=TaxAnswers(**self.body(TaxProfileInput)), now=self.now)
        return self._answer()

    def _answer(self) -> Response:
        profile = TaxProfile.objects.first()
        if profile is None:
            raise NotFoundError
        return Response(TaxProfileShape(profile).data)


class CertificatesView(OrganizationAPIView):
    """Certificates that the organization gave, or was given."""

    required_permissions = {"GET": Permission.STATEMENT_READ, "POST": Permission.TAX_MANAGE}
    pagination_class = TimeOrderedPagination
    parser_classes = [MultiPartParser]

    @extend_schema(operation_id="list_tax_certificates", tags=["taxes"], responses=CertificateShape(many=True))
    def get(self, request: Request) -> Response:
        """Certificates, latest first."""
        self.query(NoParameters)
        return self.page(TaxCertificate.objects.all(), CertificateShape)

    @extend_schema(
        operation_id="submit_tax_certificate",
        tags=["taxes"],
        request={"multipart/form-data": CertificateInput},
        responses={201: CertificateShape},
        examples=CERTIFICATE_EXAMPLES,
    )
    def post(self, request: Request) -> Response:
        """Give a certificate to a host of one's alliances; it counts once the host has accepted it."""
        given = self.body(CertificateInput)
        file = given.pop("file")
        certificate_id = submit_certificate(
            actor=self.actor,
            certificate=NewCertificate(**{**given, "kind": CertificateKind(given["kind"])}),
            content=file,
            name=str(file.name),
            now=self.now,
        )
        row = own(TaxCertificate.objects.all(), certificate_id)
        return Response(CertificateShape(row).data, status=status.HTTP_201_CREATED)


class CertificateDecisionsView(OrganizationAPIView):
    """What a host says to a certificate."""

    required_permissions = {"POST": Permission.TAX_MANAGE}

    @extend_schema(
        operation_id="decide_tax_certificate",
        tags=["taxes"],
        request=CertificateDecisionInput,
        responses=CertificateShape,
    )
    def post(self, request: Request, certificate_id: UUID) -> Response:
        """Accept it, or decline it; the host's alone, and once."""
        given = self.body(CertificateDecisionInput)
        decide_certificate(actor=self.actor, certificate_id=certificate_id, now=self.now, **given)
        return Response(CertificateShape(own(TaxCertificate.objects.all(), certificate_id)).data)
