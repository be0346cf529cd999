"""What the API shows and takes of the life of agreements."""

from collections.abc import Mapping
from typing import Any, Final

from rest_framework import serializers

from alliance.kernel.http.serializers import InstantField, StrictSerializer
from partners.agreements.models import EndingKindChoice, EndingStatus, SignaturePurpose
from partners.api_shapes import SignatureShape
from partners.domain.end_rule import LONGEST_NOTICE, LONGEST_RENEWAL, AtEnd, EndRule
from partners.domain.endings import LONGEST_REASON
from partners.domain.supplement import LONGEST_TEXT, Paper
from partners.models import TermsVersion
from partners.models.agreements import AtEndChoice

LARGEST_NUMBER: Final = 2**31 - 1


class PaperInput(StrictSerializer):
    """What is signed beside the terms: how the version ends, and the legal text."""

    notice_days = serializers.IntegerField(
        required=False,
        allow_null=True,
        default=None,
        min_value=0,
        max_value=LONGEST_NOTICE,
        help_text="Whole days between the day of a notice and the end; without it no notice ends the agreement.",
    )
    at_end = serializers.ChoiceField(
        choices=AtEndChoice.choices, required=False, default=AtEnd.EXPIRE.value, help_text="What happens at `until_on`."
    )
    renewal_months = serializers.IntegerField(
        required=False,
        allow_null=True,
        default=None,
        min_value=1,
        max_value=LONGEST_RENEWAL,
        help_text="With `renew`: by how many months each time.",
    )
    fallback_number = serializers.IntegerField(
        required=False,
        allow_null=True,
        default=None,
        min_value=1,
        max_value=LARGEST_NUMBER,
        help_text="With `fall_back`: the earlier accepted version whose terms apply again.",
    )
    text_en = serializers.CharField(
        required=False, allow_blank=True, default="", max_length=LONGEST_TEXT, help_text="Markdown; may be empty."
    )
    text_zh_hans = serializers.CharField(
        required=False, allow_blank=True, default="", max_length=LONGEST_TEXT, help_text="Markdown; may be empty."
    )
    file_id = serializers.UUIDField(
        required=False,
        allow_null=True,
        default=None,
        help_text="A PDF uploaded to `/agreement-files`; it becomes part of what is signed, by its hash.",
    )


def paper_of(given: Mapping[str, Any]) -> Paper:
    """The paper that a checked body says."""
    rule = EndRule(given["notice_days"], AtEnd(given["at_end"]), given["renewal_months"], given["fallback_number"])
    return Paper(rule, {"en": given["text_en"], "zh-hans": given["text_zh_hans"]}, given["file_id"])


class AgreementFileInput(StrictSerializer):
    """A PDF that is to be signed with a proposal."""

    file = serializers.FileField(max_length=200)


class UploadedFileShape(serializers.Serializer[Any]):
    """A file that a proposal may name."""

    id = serializers.UUIDField()
    file_name = serializers.CharField()
    size_bytes = serializers.IntegerField()
    sha256 = serializers.CharField()


class AttachedFileShape(serializers.Serializer[Any]):
    """A file that is part of what is signed, by its hash."""

    file_name = serializers.CharField()
    size_bytes = serializers.IntegerField()
    sha256 = serializers.CharField()


class SignerInput(StrictSerializer):
    """Who signs, as typed. What is known of the session is kept beside it."""

    signer_name = serializers.CharField(max_length=120)
    signer_title = serializers.CharField(
        max_length=120, required=False, allow_blank=True, default="", help_text="The signer's position."
    )


class AcceptanceInput(SignerInput):
    """A signature under one version, bound to the hash of exactly what is signed."""

    version_id = serializers.UUIDField()
    document_sha256 = serializers.RegexField(r"^[0-9a-f]{64}$")


class DeclineInput(StrictSerializer):
    """A no, and why; every party reads it."""

    reason = serializers.CharField(max_length=LONGEST_REASON)


class NoticeShape(serializers.Serializer[Any]):
    """What a notice given now would do."""

    version = serializers.IntegerField(source="version.number", help_text="The version whose rule decides.")
    notice_days = serializers.IntegerField(source="version.end_rule.notice_days")
    ends_at = serializers.DateTimeField(help_text="The first instant after the end, as a half-open interval has it.")
    last_day = serializers.DateField(
        help_text="The last day of the agreement in its time zone; it is over at midnight."
    )


class _ReasonedInput(SignerInput):
    reason = serializers.CharField(
        max_length=LONGEST_REASON, required=False, allow_blank=True, default="", help_text="Every party reads it."
    )


class NoticeInput(_ReasonedInput):
    """A notice."""

    ends_at = InstantField(help_text="The end that the preview showed; another one is refused with `end_moved`.")


class EndingInput(_ReasonedInput):
    """A proposal to end by consent."""

    last_on = serializers.DateField(help_text="The last day of the agreement in its time zone.")


class TerminationInput(SignerInput):
    """An end at once, for a cause."""

    reason = serializers.CharField(max_length=LONGEST_REASON, help_text="The cause. Every party reads it.")


class EndingSignatureInput(SignerInput):
    """A signature under one ending, bound to its hash."""

    document_sha256 = serializers.RegexField(r"^[0-9a-f]{64}$")


class EndingSignatureShape(SignatureShape):
    """One party's signature under an ending: that it ends the agreement, or that the agreement goes on all the same."""

    purpose = serializers.ChoiceField(choices=SignaturePurpose.choices)
    signed_at = serializers.DateTimeField()


class EndingShape(serializers.Serializer[Any]):
    """One act that ends an agreement, or would."""

    id = serializers.UUIDField()
    agreement_id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=EndingKindChoice.choices)
    status = serializers.ChoiceField(choices=EndingStatus.choices)
    version = serializers.SerializerMethodField(help_text="With a notice or an expiry: the version whose rule decides.")
    declared_by_id = serializers.UUIDField(allow_null=True, help_text="None for an expiry.")
    declared_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField(help_text="The first instant after the end.")
    reason = serializers.CharField()
    document_sha256 = serializers.CharField(help_text="What a signature binds to.")
    settled_at = serializers.DateTimeField(allow_null=True)
    settled_by_id = serializers.UUIDField(allow_null=True, help_text="Who declined or withdrew it.")
    settle_reason = serializers.CharField()
    signatures = EndingSignatureShape(many=True)

    def get_version(self, ending: Any) -> int | None:
        """The number of the version."""
        version: TermsVersion | None = ending.version
        return version.number if version else None
