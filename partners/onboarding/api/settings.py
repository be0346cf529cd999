"""Operations of the API on the host's side of applying: the page that visitors see, and whom the rules let in."""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers, status
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from alliance.kernel.errors import NotFoundError
from alliance.kernel.http.api import OrganizationAPIView, own
from alliance.kernel.http.serializers import NoParameters, StrictSerializer
from alliance.kernel.permissions import Permission
from partners.industries import Industry
from partners.mails import page_address
from partners.models import Alliance
from partners.onboarding.domain.eligibility import EligibilityRules, Rule, RuleInvalidError, Subject
from partners.onboarding.host_forms import RULE_ERRORS
from partners.onboarding.models import ApplicationPage, DocumentKind
from partners.onboarding.selectors import page_of
from partners.onboarding.services.save_application_page import (
    LONGEST_INTRODUCTION,
    MAX_REAPPLY_DAYS,
    PageContent,
    save_application_page,
)
from partners.onboarding.services.save_eligibility import save_eligibility
from partners.onboarding.services.set_page_logo import set_page_logo
from partners.services.open_alliance import HostOnlyError

PAGE = {
    "slug": "learning",
    "display_name": "Learning together",
    "accent_colour": "#1c5fb0",
    "introduction_en": "We look for companies whose customers want to learn.",
    "introduction_zh": "我们正在寻找客户热爱学习的企业。",
    "industries": ["fitness", "travel"],
    "required_documents": ["business_licence", "bank_proof"],
    "reapply_days": 90,
    "is_open": True,
}
RULES: dict[str, Any] = {
    "rules": [
        {"subject": "country", "values": ["CN", "DE"], "excludes": False},
        {"subject": "email_domain", "values": ["acme.com", "*.acme.com"], "excludes": False},
    ],
    "approves": True,
    "refuses": False,
}
_PAGE_EXAMPLES = [
    OpenApiExample("A page", value=PAGE, request_only=True),
    OpenApiExample(
        "The page as kept",
        value={**PAGE, "address": "https://alliance.example/join-alliance/learning/", "has_logo": False},
        response_only=True,
    ),
]
_RULE_EXAMPLES = [OpenApiExample("Two countries, one company's people", value=RULES)]


_TWICE = _("There is more than one rule about the same thing.")


class PageInput(StrictSerializer):
    """What the page says and asks for, whole."""

    slug = serializers.CharField(max_length=60, help_text="The end of its address: small letters, digits, hyphens.")
    display_name = serializers.CharField(max_length=160)
    accent_colour = serializers.CharField(max_length=7, help_text="`#rrggbb`; white text stands on it.")
    introduction_en = serializers.CharField(
        required=False, allow_blank=True, default="", max_length=LONGEST_INTRODUCTION
    )
    introduction_zh = serializers.CharField(
        required=False, allow_blank=True, default="", max_length=LONGEST_INTRODUCTION
    )
    industries = serializers.ListField(
        child=serializers.ChoiceField(choices=Industry.choices), default=list, help_text="Those that are welcome."
    )
    required_documents = serializers.ListField(
        child=serializers.ChoiceField(choices=DocumentKind.choices), help_text="What an applicant must bring."
    )
    reapply_days = serializers.IntegerField(
        min_value=0, max_value=MAX_REAPPLY_DAYS, default=90, help_text="Until a rejected company may apply again."
    )
    is_open = serializers.BooleanField(default=True, help_text="Whether applications are taken.")


class PageShape(PageInput):
    """The page as it is kept, and where it is."""

    address = serializers.SerializerMethodField()
    has_logo = serializers.SerializerMethodField()

    def get_address(self, page: ApplicationPage) -> str:
        """What to give to companies."""
        return page_address("application_page", page.slug)

    def get_has_logo(self, page: ApplicationPage) -> bool:
        """Whether it shows a picture."""
        return hasattr(page, "logo")


class LogoInput(StrictSerializer):
    """A picture."""

    file = serializers.FileField(max_length=200)


class RuleShape(StrictSerializer):
    """One rule: the applicant is one of `values`, or with `excludes` none of them."""

    subject = serializers.ChoiceField(choices=[subject.value for subject in Subject])
    values = serializers.ListField(
        child=serializers.CharField(max_length=253),
        min_length=1,
        max_length=300,
        help_text="Countries in two letters, industries, or domains: `acme.com` is that domain alone, `*.acme.com` its "
        "sub-domains and not `acme.com` itself.",
    )
    excludes = serializers.BooleanField(default=False)


class RulesShape(StrictSerializer):
    """Whom the alliance takes in. Every rule counts; without any, people decide."""

    rules = RuleShape(many=True)
    approves = serializers.BooleanField(default=False, help_text="Approve at once whoever meets every rule.")
    refuses = serializers.BooleanField(default=False, help_text="Reject at once whoever does not.")


class _HostedView(OrganizationAPIView):
    """Whatever concerns an alliance that the caller hosts. People decide whom it lets in, not keys."""

    is_for_people = True
    required_permissions = {}

    def hosted(self, alliance_id: UUID) -> None:
        """Raise `NotFoundError` or `HostOnlyError` unless the caller hosts the alliance."""
        if own(Alliance.objects.all(), alliance_id).host_id != self.actor.organization_id:
            raise HostOnlyError

    def found(self, alliance_id: UUID) -> ApplicationPage:
        """The alliance's page; raises `NotFoundError` while there is none."""
        self.hosted(alliance_id)
        if (page := page_of(alliance_id)) is None:
            raise NotFoundError
        return page


class PageView(_HostedView):
    """The application page of one alliance."""

    required_permissions = {"GET": Permission.ALLIANCE_MANAGE, "PUT": Permission.ALLIANCE_MANAGE}

    @extend_schema(
        operation_id="get_own_application_page", tags=["alliances"], responses=PageShape, examples=_PAGE_EXAMPLES
    )
    def get(self, request: Request, alliance_id: UUID) -> Response:
        """The page as it is; 404 while there is none."""
        self.query(NoParameters)
        return Response(PageShape(self.found(alliance_id)).data)

    @extend_schema(
        operation_id="save_application_page",
        tags=["alliances"],
        request=PageInput,
        responses=PageShape,
        examples=_PAGE_EXAMPLES,
    )
    def put(self, request: Request, alliance_id: UUID) -> Response:
        """Make the page or change it, whole. Saving the same again records nothing."""
        given = self.body(PageInput)
        industries, documents = tuple(given.pop("industries")), tuple(given.pop("required_documents"))
        content = PageContent(**given, industries=industries, required_documents=documents)
        save_application_page(actor=self.actor, alliance_id=alliance_id, content=content, now=self.now)
        return Response(PageShape(self.found(alliance_id)).data)


class PageLogoView(_HostedView):
    """The picture on the page."""

    required_permissions = {"PUT": Permission.ALLIANCE_MANAGE, "DELETE": Permission.ALLIANCE_MANAGE}
    parser_classes = [MultiPartParser]

    @extend_schema(
        operation_id="set_application_page_logo",
        tags=["alliances"],
        request={"multipart/form-data": LogoInput},
        responses=PageShape,
    )
    def put(self, request: Request, alliance_id: UUID) -> Response:
        """Put a PNG or JPEG of at most 2 MB on the page; it is drawn anew."""
        self.hosted(alliance_id)
        file = self.body(LogoInput)["file"]
        set_page_logo(actor=self.actor, alliance_id=alliance_id, content=file, name=str(file.name), now=self.now)
        return Response(PageShape(self.found(alliance_id)).data)

    @extend_schema(operation_id="remove_application_page_logo", tags=["alliances"], request=None, responses={204: None})
    def delete(self, request: Request, alliance_id: UUID) -> Response:
        """Take the picture off. Repeating it changes nothing that is seen."""
        set_page_logo(actor=self.actor, alliance_id=alliance_id, content=None, now=self.now)
        return Response(status=status.HTTP_204_NO_CONTENT)


class EligibilityView(_HostedView):
    """The rules of one alliance."""

    required_permissions = {"GET": Permission.ALLIANCE_MANAGE, "PUT": Permission.ALLIANCE_MANAGE}

    @extend_schema(operation_id="get_eligibility", tags=["alliances"], responses=RulesShape, examples=_RULE_EXAMPLES)
    def get(self, request: Request, alliance_id: UUID) -> Response:
        """Whom the alliance takes in by itself; 404 while it has no application page."""
        self.query(NoParameters)
        return Response(self.found(alliance_id).rules.to_json())

    @extend_schema(
        operation_id="save_eligibility",
        tags=["alliances"],
        request=RulesShape,
        responses=RulesShape,
        examples=_RULE_EXAMPLES,
    )
    def put(self, request: Request, alliance_id: UUID) -> Response:
        """Keep the rules, whole. They judge applications that come in from now on."""
        rules = _rules(self.body(RulesShape))
        save_eligibility(actor=self.actor, alliance_id=alliance_id, rules=rules, now=self.now)
        return Response(self.found(alliance_id).rules.to_json())


def _rules(given: dict[str, Any]) -> EligibilityRules:
    """The rules of a checked body; raises `ValidationError` beside the values that can't be read."""
    rules, wrong = [], {}
    for place, rule in enumerate(given["rules"]):
        subject = Subject(rule["subject"])
        try:
            rules.append(Rule(subject, tuple(rule["values"]), excludes=rule["excludes"]))
        except RuleInvalidError:
            detail = serializers.ErrorDetail(str(RULE_ERRORS[subject]), code="rule_invalid")
            wrong[str(place)] = {"values": [detail]}
    if wrong:
        raise serializers.ValidationError({"rules": wrong})
    try:
        return EligibilityRules(tuple(rules), approves=given["approves"], refuses=given["refuses"])
    except RuleInvalidError as error:
        detail = serializers.ErrorDetail(str(_TWICE), code="subject_twice")
        raise serializers.ValidationError({"rules": [detail]}) from error
