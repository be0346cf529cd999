"""What the API shows and takes of terms."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar, Final
from uuid import UUID

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from alliance.kernel.http.serializers import StrictSerializer
from partners.agreements.api.shapes import LARGEST_NUMBER, AttachedFileShape, PaperInput
from partners.api_shapes import VersionShape
from partners.domain.difference import KINDS
from partners.domain.document import texts_of
from partners.domain.proposal import AgreementFrame, Proposal
from partners.domain.terms import RemainderPolicy, Terms
from partners.domain.timeline import TermsInForce
from partners.models import TermsVersion
from partners.models.agreements import AtEndChoice
from partners.sentences import Section, sections_of, sections_of_terms
from partners.sentences.difference import Piece, TermsDifference

MOST_PARTIES: Final = 50
Sections = dict[str, tuple[Section, ...]]


@extend_schema_field({"type": "object", "description": "Terms as `/api/v1/schemas/terms` describes them."})
class TermsField(serializers.JSONField):
    """A JSON object; whether it says possible terms is for the service to judge."""

    default_error_messages = {  # noqa: RUF012  DRF's attribute
        "not_an_object": _("Terms are a JSON object.")
    }

    def to_internal_value(self, data: Any) -> Any:
        """The object; raises `ValidationError` for anything else."""
        value = super().to_internal_value(data)
        if not isinstance(value, dict):
            self.fail("not_an_object")
        return value


class PassageShape(serializers.Serializer[Any]):
    """Sentences that belong together."""

    title = serializers.CharField(help_text="Empty where the section's title is enough.")
    sentences = serializers.SerializerMethodField()

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_sentences(self, passage: Any) -> list[str]:
        """The texts alone."""
        return [sentence.text for sentence in passage.sentences]


class SectionShape(serializers.Serializer[Any]):
    """What terms say about one matter."""

    title = serializers.CharField()
    passages = PassageShape(many=True)


class _InEachLanguage(serializers.Serializer[Any]):
    """One list for each language of the installation, under its code."""

    entry: ClassVar[type[serializers.Serializer[Any]]]

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """The codes are no Python names, so the fields are made here."""
        return {language: self.entry(many=True) for language, _name in settings.LANGUAGES}


class SentencesShape(_InEachLanguage):
    """Everything that terms say, in each language."""

    entry = SectionShape


def sentences_in_all_languages(terms: Terms, names: Mapping[UUID, str]) -> Sections:
    """What `terms` say, by language."""
    return {language: sections_of_terms(terms, names, language=language) for language, _name in settings.LANGUAGES}


class ShareInput(StrictSerializer):
    """One party's share. The order of the parties settles ties between equal remainders."""

    organization_id = serializers.UUIDField()
    share = serializers.RegexField(
        r"^\d{1,12}/\d{1,12}$|^\d{1,9}(\.\d{1,18})?%$",
        help_text="A fraction `3/5` or a percentage `60%`; kept as an exact rational.",
        error_messages={"invalid": _("Write a share as a fraction or with a percent sign.")},
    )


class VersionInput(PaperInput):
    """One version of an agreement: shares of every sale, or whole terms; not both."""

    effective_on = serializers.DateField(help_text="First day in force, in the agreement's time zone.")
    until_on = serializers.DateField(
        required=False, allow_null=True, default=None, help_text="First day no longer in force."
    )
    shares = serializers.ListField(
        child=ShareInput(), min_length=2, max_length=MOST_PARTIES, required=False, help_text="Of every sale's amount."
    )
    remainder = serializers.ChoiceField(
        choices=[p.value for p in RemainderPolicy], required=False, help_text="With `shares`; else in the terms."
    )
    terms = TermsField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Either `shares` or `terms`."""
        if ("shares" in attrs) == ("terms" in attrs):
            raise serializers.ValidationError({"terms": [_detail(_("Give either `shares` or `terms`."), "either_or")]})
        self._refuse(attrs, ("remainder",))
        return attrs

    def _refuse(self, attrs: Mapping[str, Any], names: Iterable[str]) -> None:
        """Refuse beside `terms` what they say themselves."""
        sentence = _("The terms say this themselves.")
        if "terms" in attrs and (repeated := [name for name in names if name in attrs]):
            raise serializers.ValidationError({name: [_detail(sentence, "said_by_terms")] for name in repeated})


class NextVersionInput(VersionInput):
    """The next version of an agreement; with `answers` in the place of one that waits for signatures."""

    answers = serializers.IntegerField(
        required=False,
        allow_null=True,
        default=None,
        min_value=1,
        max_value=LARGEST_NUMBER,
        help_text="The number of the proposal that this one answers. Nobody can sign that one any more.",
    )


class AgreementInput(VersionInput):
    """A proposal to the parties of an alliance."""

    alliance_id = serializers.UUIDField()
    name = serializers.CharField(max_length=160)
    currency = serializers.RegexField(
        r"^[A-Z]{3}$", required=False, help_text="ISO 4217. With `shares`; else in the terms."
    )
    time_zone = serializers.CharField(
        max_length=64, required=False, help_text="IANA name; it decides the months. With `shares`; else in the terms."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """With `shares`, currency and time zone are needed."""
        attrs = super().validate(attrs)
        self._refuse(attrs, ("currency", "time_zone"))
        if missing := [name for name in ("currency", "time_zone") if "shares" in attrs and name not in attrs]:
            sentence = serializers.Field.default_error_messages["required"]
            raise serializers.ValidationError({name: [_detail(sentence, "required")] for name in missing})
        return attrs


def proposal_of(given: Mapping[str, Any]) -> Proposal:
    """The proposal that a checked body says."""
    days = (given["effective_on"], given["until_on"])
    if "terms" in given:
        return Proposal.of_whole(given["terms"], *days)
    shares = tuple((party["organization_id"], party["share"]) for party in given["shares"])
    return Proposal(shares, *days, RemainderPolicy(given.get("remainder", RemainderPolicy.LARGEST_REMAINDER)))


def frame_of(given: Mapping[str, Any]) -> AgreementFrame:
    """What the checked body of a new agreement fixes for good."""
    if "terms" in given:
        return AgreementFrame.of_terms(given["name"], given["terms"])
    return AgreementFrame(given["name"], given["currency"], given["time_zone"])


def _detail(sentence: str | Promise, code: str) -> serializers.ErrorDetail:
    return serializers.ErrorDetail(str(sentence), code=code)


class ValidationInput(StrictSerializer):
    """Terms to be looked at."""

    terms = TermsField()


class ProblemShape(serializers.Serializer[Any]):
    """One thing that is wrong."""

    field = serializers.CharField(help_text="Dotted path, such as `terms.clauses.0.pays.shares`.")
    code = serializers.CharField()
    detail = serializers.CharField(source="sentence")


class ValidationShape(serializers.Serializer[Any]):
    """What is wrong with terms; where nothing is, what they say."""

    is_possible = serializers.BooleanField()
    problems = ProblemShape(many=True)
    terms = serializers.JSONField(allow_null=True, help_text="The canonical form, which is what is signed and hashed.")
    terms_sha256 = serializers.CharField(allow_null=True)
    sentences = SentencesShape(allow_null=True)


class ChangeShape(serializers.Serializer[Any]):
    """One value that differs."""

    kind = serializers.ChoiceField(choices=KINDS)
    path = serializers.CharField(help_text="Entries of lists are named by their ids or parties.")
    before = serializers.JSONField(allow_null=True)
    after = serializers.JSONField(allow_null=True)


class RowShape(serializers.Serializer[Any]):
    """One sentence before and after; empty where the other version has none."""

    kind = serializers.ChoiceField(choices=KINDS)
    section = serializers.CharField()
    passage = serializers.CharField()
    before = serializers.CharField()
    after = serializers.CharField()


class RowsShape(_InEachLanguage):
    """The sentences that differ, in each language."""

    entry = RowShape


class DifferenceShape(serializers.Serializer[Any]):
    """What changes from one version to another."""

    agreement_id = serializers.UUIDField()
    from_version = serializers.IntegerField()
    to_version = serializers.IntegerField()
    changes = ChangeShape(many=True)
    sentences = RowsShape()


class DifferenceFilter(StrictSerializer):
    """Compared with which version."""

    to = serializers.IntegerField(min_value=1, max_value=LARGEST_NUMBER, help_text="The number of the other version.")


class TermsShape(serializers.Serializer[Any]):
    """The terms in force, as the settlement evaluates them. The context has the `names` of the parties."""

    agreement_id = serializers.UUIDField()
    version_id = serializers.UUIDField()
    version = serializers.IntegerField(source="number")
    effective_from = serializers.DateTimeField()
    effective_to = serializers.DateTimeField(allow_null=True)
    terms = serializers.JSONField(source="terms.to_json", help_text="As `/schemas/terms` describes them.")
    terms_sha256 = serializers.CharField(source="terms.sha256")
    sentences = serializers.SerializerMethodField()

    @extend_schema_field(SentencesShape)
    def get_sentences(self, found: TermsInForce) -> dict[str, Any]:
        """What the terms say, in each language."""
        return dict(SentencesShape(sentences_in_all_languages(found.terms, self.context["names"])).data)


class EndRuleShape(serializers.Serializer[Any]):
    """How a version ends, as it was signed."""

    notice_days = serializers.IntegerField(allow_null=True, help_text="None: no notice ends the agreement.")
    at_end = serializers.ChoiceField(choices=AtEndChoice.choices)
    renewal_months = serializers.IntegerField(allow_null=True)
    fallback_number = serializers.IntegerField(allow_null=True)


class VersionTermsShape(VersionShape):
    """One version with all that it says. The context has the `names` of the parties."""

    signed_until = serializers.DateTimeField(allow_null=True, help_text="The end that was signed; none when open.")
    end_rule = EndRuleShape()
    texts = serializers.SerializerMethodField()
    attached = AttachedFileShape(allow_null=True)
    signed_copy = serializers.SerializerMethodField()
    terms = serializers.SerializerMethodField()
    sentences = serializers.SerializerMethodField()

    @extend_schema_field(serializers.DictField(child=serializers.CharField()))
    def get_texts(self, version: TermsVersion) -> dict[str, str]:
        """The legal text as Markdown, by language; a language without one is left out."""
        return texts_of(version.document)

    @extend_schema_field(AttachedFileShape(allow_null=True))
    def get_signed_copy(self, version: TermsVersion) -> dict[str, Any] | None:
        """The PDF with the evidence, by its hash; none before it is made."""
        copy = getattr(version, "signed_copy", None)
        return dict(AttachedFileShape(copy).data) if copy else None

    @extend_schema_field({"type": "object", "description": "As `/schemas/terms` describes them."})
    def get_terms(self, version: TermsVersion) -> dict[str, object]:
        """The terms as they were signed, or wait for it."""
        return version.parsed().to_json()

    @extend_schema_field(SentencesShape)
    def get_sentences(self, version: TermsVersion) -> dict[str, Any]:
        """What the version says, in each language; when it is in force comes first."""
        names = self.context["names"]
        said = {code: sections_of(version, names, language=code) for code, _name in settings.LANGUAGES}
        return dict(SentencesShape(said).data)


def rows_of(found: TermsDifference) -> list[dict[str, object]]:
    """The rows of a difference that differ, as text."""
    return [
        {
            "kind": row.kind,
            "section": section.title,
            "passage": passage.title,
            "before": _text(row.before),
            "after": _text(row.after),
        }
        for section in found.changed
        for passage in section.changed
        for row in passage.changes
    ]


def _text(pieces: Sequence[Piece]) -> str:
    return "".join(piece.text for piece in pieces)
