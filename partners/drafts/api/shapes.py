"""What the API shows and takes of drafts."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from alliance.kernel.errors import FieldRefusal
from alliance.kernel.http.serializers import StrictSerializer
from partners.agreements.api.shapes import LARGEST_NUMBER, AttachedFileShape, PaperInput
from partners.drafts.models import AgreementDraft
from partners.drafts.pages.draft_page import DraftPage
from partners.drafts.saying import sections_of_draft
from partners.sentences.problems import problem_sentence
from partners.terms.api_shapes import ProblemShape, SentencesShape, TermsField


class DraftShape(serializers.Serializer[Any]):
    """One draft as lists show it."""

    id = serializers.UUIDField()
    alliance_id = serializers.UUIDField()
    agreement_id = serializers.UUIDField(allow_null=True, help_text="The agreement that it is the next version of.")
    answers = serializers.SerializerMethodField(help_text="The number of the open proposal that it answers.")
    name = serializers.CharField()
    revision = serializers.IntegerField(help_text="Grows with every change; a change names the one it has seen.")
    created_at = serializers.DateTimeField()
    changed_at = serializers.DateTimeField()

    def get_answers(self, draft: AgreementDraft) -> int | None:
        """The number."""
        return draft.answers.number if draft.answers else None


class DraftDetailShape(DraftShape):
    """One draft with everything it says. The context has its `page`."""

    terms = serializers.JSONField(help_text="As it is written: it may be unfinished or impossible.")
    paper = serializers.SerializerMethodField(help_text="What is signed beside the terms.")
    attached = serializers.SerializerMethodField()
    is_possible = serializers.SerializerMethodField(help_text="Whether it could be proposed as it is.")
    problems = serializers.SerializerMethodField()
    sentences = serializers.SerializerMethodField(help_text="What is right already, in words.")

    @extend_schema_field(PaperInput)
    def get_paper(self, draft: AgreementDraft) -> dict[str, object]:
        """In the form in which it is taken."""
        rule, texts = draft.paper.end_rule, draft.texts
        return {
            **rule.to_json(),
            "text_en": texts.get("en", ""),
            "text_zh_hans": texts.get("zh-hans", ""),
            "file_id": draft.file_id,
        }

    @extend_schema_field(AttachedFileShape(allow_null=True))
    def get_attached(self, draft: AgreementDraft) -> dict[str, Any] | None:
        """The file that would be signed with it."""
        return dict(AttachedFileShape(draft.file).data) if draft.file else None

    def get_is_possible(self, _draft: AgreementDraft) -> bool:
        """Of the terms; what ends the version is checked with its days, when it is proposed."""
        return not self._page.problems

    @extend_schema_field(ProblemShape(many=True))
    def get_problems(self, _draft: AgreementDraft) -> list[dict[str, Any]]:
        """Everything that is wrong with the terms."""
        found = [FieldRefusal(f"terms.{p.field}", p.code, problem_sentence(p)) for p in self._page.problems]
        return [dict(ProblemShape(problem).data) for problem in found]

    @extend_schema_field(SentencesShape)
    def get_sentences(self, draft: AgreementDraft) -> dict[str, Any]:
        """In each language."""
        names = self._page.names
        said = {code: sections_of_draft(draft.terms, names, language=code) for code, _name in settings.LANGUAGES}
        return dict(SentencesShape(said).data)

    @property
    def _page(self) -> DraftPage:
        page: DraftPage = self.context["page"]
        return page


class DraftStartInput(StrictSerializer):
    """A new agreement in an alliance, or the next version of one."""

    alliance_id = serializers.UUIDField(required=False, help_text="For a new agreement, with `name` and `terms`.")
    name = serializers.CharField(max_length=160, required=False)
    agreement_id = serializers.UUIDField(required=False, help_text="For the next version of this one.")
    answers = serializers.IntegerField(
        required=False,
        allow_null=True,
        default=None,
        min_value=1,
        max_value=LARGEST_NUMBER,
        help_text="With `agreement_id`: the number of the open proposal that it is to answer.",
    )
    terms = TermsField(
        required=False, help_text="With `agreement_id` it may be left out: the draft begins with what was last agreed."
    )
    paper = PaperInput(required=False, help_text="What is signed beside the terms.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Either a new agreement with its name and terms, or the next version of one."""
        new = ("alliance_id", "name")
        if "agreement_id" in attrs:
            self._refuse(
                [name for name in new if name in attrs], str(_("The agreement says this itself.")), "said_by_agreement"
            )
        else:
            required = str(serializers.Field.default_error_messages["required"])
            self._refuse([name for name in (*new, "terms") if name not in attrs], required, "required")
        return attrs

    @staticmethod
    def _refuse(names: list[str], sentence: str, code: str) -> None:
        if names:
            raise serializers.ValidationError({name: [serializers.ErrorDetail(sentence, code=code)] for name in names})


class DraftChangeInput(StrictSerializer):
    """What is written anew; what is left out stays."""

    revision = serializers.IntegerField(min_value=1, max_value=LARGEST_NUMBER, help_text="The one that was read.")
    name = serializers.CharField(max_length=160, required=False)
    terms = TermsField(required=False, help_text="Whole; what is unfinished is kept as it is.")
    paper = PaperInput(required=False, help_text="Whole.")


class DraftProposalInput(StrictSerializer):
    """Which state of the draft is proposed, and its days."""

    revision = serializers.IntegerField(min_value=1, max_value=LARGEST_NUMBER, help_text="The one that was read.")
    effective_on = serializers.DateField(help_text="First day in force, in the agreement's time zone.")
    until_on = serializers.DateField(
        required=False, allow_null=True, default=None, help_text="First day no longer in force."
    )
