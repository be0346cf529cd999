"""What the API shows of applications, and what it takes: one serializer for each shape, every field named."""

from typing import Any, Final

from rest_framework import serializers

from alliance.kernel.files import FileKind
from alliance.kernel.http.serializers import StrictSerializer
from partners.industries import Industry
from partners.onboarding.domain.answers import AudienceSize
from partners.onboarding.domain.steps import Step
from partners.onboarding.models import DocumentKind, PartnerApplicationStatus, ReviewItem
from partners.onboarding.services.reject_application import LONGEST_REASON
from partners.onboarding.services.request_changes import LONGEST_REMARK
from partners.onboarding.services.write_note import LONGEST_NOTE

STATUSES: Final = [(s.value, s.label) for s in PartnerApplicationStatus]
DECISIONS: Final = ("take_up", "request_changes", "approve", "reject")


class CompanyShape(serializers.Serializer[Any]):
    """The legal entity."""

    name_zh = serializers.CharField()
    name_en = serializers.CharField()
    country = serializers.CharField(help_text="ISO 3166-1 alpha-2.")
    registration_number = serializers.CharField(help_text="In China the unified social credit code.")
    tax_id = serializers.CharField(help_text="In the European Union the VAT number with its country code.")
    address = serializers.CharField()
    website = serializers.CharField()


class AudienceShape(serializers.Serializer[Any]):
    """Whom the company reaches."""

    industry = serializers.ChoiceField(choices=Industry.choices)
    description = serializers.CharField()
    size = serializers.ChoiceField(choices=[size.value for size in AudienceSize], help_text="People in a month.")


class ContactsShape(serializers.Serializer[Any]):
    """Who answers."""

    name = serializers.CharField()
    position = serializers.CharField()
    email = serializers.CharField(help_text="As it was typed; it is not proven.")
    phone = serializers.CharField()
    finance_name = serializers.CharField()
    finance_email = serializers.CharField()


class BankShape(serializers.Serializer[Any]):
    """The bank account without its number."""

    kind = serializers.CharField()
    country = serializers.CharField()
    holder_name = serializers.CharField()
    bank_name = serializers.CharField()
    branch = serializers.CharField()
    bic = serializers.CharField()
    masked = serializers.CharField(help_text="Its last four signs.")


class DocumentShape(serializers.Serializer[Any]):
    """One document; the file itself has an address of its own."""

    id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=DocumentKind.choices)
    file_name = serializers.CharField()
    file_kind = serializers.ChoiceField(choices=[kind.value for kind in FileKind])
    size_bytes = serializers.IntegerField()
    sha256 = serializers.CharField()
    uploaded_at = serializers.DateTimeField()
    removed_at = serializers.DateTimeField(allow_null=True)


class ApplicationShape(serializers.Serializer[Any]):
    """One application as lists show it."""

    id = serializers.UUIDField()
    alliance_id = serializers.UUIDField()
    alliance_name = serializers.CharField()
    organization_id = serializers.UUIDField()
    name = serializers.CharField()
    country = serializers.CharField()
    industry = serializers.CharField()
    status = serializers.ChoiceField(choices=STATUSES)
    submitted_at = serializers.DateTimeField(allow_null=True, source="last_submitted_at", help_text="The last time.")
    decided_at = serializers.DateTimeField(allow_null=True)
    reason = serializers.CharField(help_text="Why it was rejected; empty otherwise.")
    reapply_on = serializers.DateField(allow_null=True, help_text="From when the company may apply again.")


class ApplicationDetailShape(ApplicationShape):
    """One application with its answers."""

    company = CompanyShape()
    audience = AudienceShape()
    contacts = ContactsShape()
    bank = BankShape(source="bank_details", allow_null=True)
    documents = DocumentShape(many=True)
    requested_changes = serializers.DictField(
        child=serializers.CharField(), help_text="What the host asked to be changed, by step."
    )


class TickShape(serializers.Serializer[Any]):
    """One item of the checklist that somebody has found right."""

    item = serializers.ChoiceField(choices=ReviewItem.choices)
    ticked_by = serializers.CharField()
    ticked_at = serializers.DateTimeField()


class TickInput(StrictSerializer):
    """One item of the checklist, found right or not any more."""

    item = serializers.ChoiceField(choices=ReviewItem.choices)
    is_ticked = serializers.BooleanField(default=True)


class NoteShape(serializers.Serializer[Any]):
    """A note of the host's own."""

    id = serializers.UUIDField()
    text = serializers.CharField()
    written_by = serializers.CharField()
    written_at = serializers.DateTimeField()


class NoteInput(StrictSerializer):
    """A note."""

    text = serializers.CharField(max_length=LONGEST_NOTE)


class ReviewShape(ApplicationDetailShape):
    """One application as its reviewers see it."""

    applicant_email = serializers.CharField(help_text="The proven address of who submitted it.")
    similar_companies = serializers.DictField(
        child=serializers.IntegerField(),
        help_text="How many other companies of the installation share `tax_id`, `bank_account` or `web_domain`.",
    )
    ticks = TickShape(many=True)


class ApplicationFilters(StrictSerializer):
    """Which applications."""

    alliance_id = serializers.UUIDField(required=False)
    status = serializers.ChoiceField(
        choices=[choice for choice in STATUSES if choice[0] != PartnerApplicationStatus.DRAFT.value], required=False
    )


class OwnApplicationFilter(StrictSerializer):
    """To which alliance; the newest of all when left out."""

    alliance_id = serializers.UUIDField(required=False)


class RemarksInput(StrictSerializer):
    """What should be changed, by step."""

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        return {
            step.value: serializers.CharField(required=False, max_length=LONGEST_REMARK, allow_blank=True)
            for step in Step
        }


class DecisionInput(StrictSerializer):
    """A decision, and what it needs: `remarks` to request changes, `reason` to reject."""

    decision = serializers.ChoiceField(choices=DECISIONS)
    partner_code = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=80,
        help_text="With `approve`: how the host's files name the partner.",
    )
    remarks = RemarksInput(required=False, help_text="With `request_changes`.")
    reason = serializers.CharField(
        required=False, allow_blank=True, max_length=LONGEST_REASON, help_text="With `reject`; the applicant reads it."
    )
    reapply_on = serializers.DateField(
        required=False,
        allow_null=True,
        help_text="With `reject`: from when the company may apply again; null: at once.",
    )
