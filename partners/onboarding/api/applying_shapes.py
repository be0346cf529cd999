"""What the API shows an applicant, and what it takes from one. What is missing or wrong in an answer, the domain says."""

from collections.abc import Mapping
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from alliance.kernel.http.serializers import StrictSerializer
from partners.industries import Industry
from partners.onboarding.api.shapes import ApplicationDetailShape
from partners.onboarding.domain.answers import AudienceSize
from partners.onboarding.domain.bank_details import BankAccountKind, BankDetails
from partners.onboarding.domain.steps import Step
from partners.onboarding.models import BankAccountKinds, DocumentKind
from partners.onboarding.selectors import PublicPage

_STEPS = [step.value for step in Step]


class PublicPageShape(serializers.Serializer[Any]):
    """What everybody may know of an alliance's application page."""

    page = serializers.CharField(source="slug", help_text="The last part of the page's address.")
    alliance_id = serializers.UUIDField()
    alliance_name = serializers.CharField()
    host_name = serializers.CharField()
    display_name = serializers.CharField()
    introduction_en = serializers.CharField()
    introduction_zh = serializers.CharField()
    industries = serializers.ListField(
        child=serializers.ChoiceField(choices=Industry.choices), help_text="Those that are welcome; empty for any."
    )
    required_documents = serializers.ListField(child=serializers.ChoiceField(choices=DocumentKind.choices))
    is_open = serializers.BooleanField(help_text="Whether applications are taken at present.")
    has_logo = serializers.SerializerMethodField()

    def get_has_logo(self, page: PublicPage) -> bool:
        """The picture itself is served with the page."""
        return page.logo is not None


class OwnApplicationShape(ApplicationDetailShape):
    """One application as its own company sees it."""

    required_documents = serializers.SerializerMethodField()
    incomplete_steps = serializers.SerializerMethodField(
        help_text="What keeps the application from being submitted; empty when nothing does."
    )

    @extend_schema_field(serializers.ListField(child=serializers.ChoiceField(choices=DocumentKind.choices)))
    def get_required_documents(self, _application: object) -> list[str]:
        """The kinds that the host asks for."""
        return list(self.context["required_documents"])

    @extend_schema_field(serializers.ListField(child=serializers.ChoiceField(choices=_STEPS)))
    def get_incomplete_steps(self, _application: object) -> list[str]:
        """In their order."""
        return [step.value for step in self.context["incomplete_steps"]]


class ApplicationStartInput(StrictSerializer):
    """To which alliance."""

    page = serializers.SlugField(
        max_length=60, help_text="The last part of the page's address: `…/join-alliance/<page>/`."
    )


def _text(**more: Any) -> serializers.CharField:
    return serializers.CharField(required=False, allow_blank=True, default="", **more)


class CompanyInput(StrictSerializer):
    """The legal entity. One of the names, the country and the registration number are needed, outside China the tax number."""

    name_zh = _text()
    name_en = _text()
    country = _text(help_text="Of registration, ISO 3166-1 alpha-2.")
    registration_number = _text(help_text="In China the unified social credit code.")
    tax_id = _text(help_text="In the European Union the VAT number with its country code. In China leave it empty.")
    address = _text()
    website = _text()


class AudienceInput(StrictSerializer):
    """Whom the company reaches."""

    industry = serializers.ChoiceField(choices=Industry.choices)
    description = _text(help_text="20 to 2,000 characters.")
    size = serializers.ChoiceField(choices=[size.value for size in AudienceSize], help_text="People in a month.")


class ContactsInput(StrictSerializer):
    """Who answers. Name, address and telephone are needed."""

    name = _text()
    position = _text()
    email = _text()
    phone = _text()
    finance_name = _text(help_text="Empty when it is the same person.")
    finance_email = _text()


class BankInput(StrictSerializer):
    """One bank account. What the kind has no use for is not kept."""

    kind = serializers.ChoiceField(choices=BankAccountKinds.choices)
    holder_name = _text(help_text="The company, as the bank knows it.")
    number = serializers.CharField(
        max_length=64, write_only=True, help_text="IBAN, account or card number. Kept sealed, never shown again."
    )
    bic = _text(max_length=16, help_text="With an IBAN; may be left empty.")
    bank_name = _text(help_text="Chinese accounts.")
    branch = _text(help_text="Chinese company accounts.")
    cnaps = _text(max_length=20, help_text="Chinese accounts; may be left empty.")

    @staticmethod
    def details(given: Mapping[str, Any]) -> BankDetails:
        """The account that a checked body says."""
        return BankDetails(**{**given, "kind": BankAccountKind(given["kind"])})


class DocumentInput(StrictSerializer):
    """One file and what it proves."""

    kind = serializers.ChoiceField(choices=DocumentKind.choices)
    file = serializers.FileField(max_length=200)
