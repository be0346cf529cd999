"""What the API shows of partners, and what it takes: one serializer for each shape, every field named."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from alliance.kernel.http.serializers import InstantField, StrictSerializer
from alliance.kernel.permissions import Permission
from partners.countries import country_names
from partners.industries import Industry
from partners.models import AgreementStatus, TermsStatus, TermsVersion
from partners.models.organizations import OrganizationKind


class CountryField(serializers.CharField):
    """A country's code, or nothing."""

    default_error_messages = {  # noqa: RUF012  DRF's attribute
        "not_a_country": _("This is no country's two-letter code, such as CN or DE.")
    }

    def __init__(self, *, required: bool = True) -> None:
        super().__init__(required=required, allow_blank=True, max_length=2, help_text="ISO 3166-1 alpha-2, or empty.")

    def to_internal_value(self, data: Any) -> str:
        """The code in capitals."""
        code: str = super().to_internal_value(data).upper()
        if code and code not in country_names("en"):
            self.fail("not_a_country")
        return code


class OrganizationShape(serializers.Serializer[Any]):
    """The caller's own organization."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    kind = serializers.ChoiceField(choices=OrganizationKind.choices)
    industry = serializers.CharField()
    country = serializers.CharField(help_text="ISO 3166-1 alpha-2, or empty.")
    time_zone = serializers.CharField(help_text="IANA name; it decides the organization's days and months.")
    created_at = serializers.DateTimeField()
    permissions = serializers.ListField(
        child=serializers.ChoiceField(choices=[p.value for p in Permission]), help_text="What this caller may do."
    )


class OrganizationInput(StrictSerializer):
    """What the organization says of itself."""

    name = serializers.CharField(max_length=160, required=False)
    time_zone = serializers.CharField(max_length=64, required=False, help_text="IANA name.")
    country = CountryField(required=False)
    industry = serializers.ChoiceField(choices=Industry.choices, required=False, allow_blank=True)


class AllianceMemberShape(serializers.Serializer[Any]):
    """One organization's place in an alliance."""

    id = serializers.UUIDField(help_text="Of the membership.")
    organization_id = serializers.UUIDField()
    name = serializers.CharField(source="organization.name")
    partner_code = serializers.CharField(help_text="How the host's files name this organization.")
    joined_at = serializers.DateTimeField()


class AllianceShape(serializers.Serializer[Any]):
    """One alliance, as the caller sees it."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    host_id = serializers.UUIDField()
    host_name = serializers.CharField(source="host.name")
    created_at = serializers.DateTimeField()


class AllianceDetailShape(AllianceShape):
    """One alliance with its members: all of them for the host, the host and oneself for a partner."""

    members = AllianceMemberShape(source="memberships", many=True)


class PartyShape(serializers.Serializer[Any]):
    """One seat. `rank` settles ties between equal remainders, lowest first."""

    organization_id = serializers.UUIDField()
    name = serializers.CharField(source="organization.name")
    rank = serializers.IntegerField()


class AgreementShape(serializers.Serializer[Any]):
    """One agreement with its parties."""

    id = serializers.UUIDField()
    alliance_id = serializers.UUIDField()
    host_id = serializers.UUIDField()
    name = serializers.CharField()
    currency = serializers.CharField()
    time_zone = serializers.CharField()
    status = serializers.ChoiceField(choices=AgreementStatus.choices)
    ends_at = serializers.DateTimeField(
        allow_null=True, help_text="When it is over as a whole, by a notice, by consent or for cause."
    )
    created_at = serializers.DateTimeField()
    parties = PartyShape(source="seats", many=True)


class SignatureShape(serializers.Serializer[Any]):
    """Who signed, as typed and as known. Every party sees it."""

    organization_id = serializers.UUIDField()
    signer_name = serializers.CharField()
    signer_title = serializers.CharField(help_text="The position, as typed; may be empty.")
    signer_role = serializers.CharField(help_text="The member's role at that time.")
    language = serializers.CharField(help_text="In which language the person read.")
    ip_prefix = serializers.CharField()
    browser = serializers.CharField(help_text="The family alone; empty where not known.")
    second_factor = serializers.CharField(help_text="The kind given at sign-in; empty for none.")
    document_sha256 = serializers.CharField()


class AcceptanceShape(SignatureShape):
    """One party's signature under exactly this document."""

    accepted_at = serializers.DateTimeField()


class VersionShape(serializers.Serializer[Any]):
    """One version of the terms and who has signed it."""

    id = serializers.UUIDField()
    number = serializers.IntegerField()
    status = serializers.ChoiceField(choices=TermsStatus.choices)
    effective_from = serializers.DateTimeField()
    effective_to = serializers.DateTimeField(allow_null=True, help_text="Closer once a later version takes over.")
    document_sha256 = serializers.CharField(help_text="What an acceptance binds to.")
    proposed_by_id = serializers.UUIDField()
    created_at = serializers.DateTimeField()
    answers = serializers.SerializerMethodField(help_text="The number of the proposal in whose place it was made.")
    accepted_at = serializers.DateTimeField(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)
    closed_by_id = serializers.UUIDField(allow_null=True, help_text="Who withdrew, declined or answered it.")
    close_reason = serializers.CharField()
    acceptances = AcceptanceShape(many=True)

    def get_answers(self, version: TermsVersion) -> int | None:
        """The number."""
        return version.answers.number if version.answers else None


class AgreementDetailShape(AgreementShape):
    """One agreement with its versions, newest last."""

    versions = VersionShape(many=True)


class AgreementFilters(StrictSerializer):
    """Which agreements."""

    alliance_id = serializers.UUIDField(required=False)
    status = serializers.ChoiceField(choices=AgreementStatus.choices, required=False)


class InstantFilter(StrictSerializer):
    """At which instant; now when left out."""

    at = InstantField(required=False, help_text="ISO 8601 with an offset.")
