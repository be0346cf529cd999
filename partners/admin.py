"""Partners in the operator console: organizations, people, alliances and agreements."""

from typing import Any, ClassVar, cast
from uuid import UUID

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action as console_page

from alliance.kernel.clock import utc_now
from alliance.kernel.errors import DomainError
from alliance.kernel.http.console import ReadOnlyConsole, ReadOnlyInline, is_operator
from alliance.kernel.http.console_questions import Question, ask
from alliance.kernel.http.errors import add_admin_message
from alliance.kernel.standing import OrganizationStatus
from alliance.kernel.tenancy import atomic
from partners.access import admin as access_console
from partners.catalogue import admin as catalogue_console
from partners.console_forms import ReasonForm
from partners.models import (
    Acceptance,
    AccessRules,
    Agreement,
    AgreementParty,
    Alliance,
    AllianceMembership,
    ApiKey,
    HostApplication,
    Invitation,
    Member,
    Organization,
    OrganizationStatusChange,
    TermsVersion,
    User,
)
from partners.onboarding import admin as onboarding_console
from partners.services.change_organization_status import REACHED_FROM, change_organization_status
from partners.services.decide_host_application import decide_host_application
from partners.services.set_operator_access import set_operator_access
from partners.single_sign_on import admin as single_sign_on_console
from partners.webhooks import admin as webhooks_console

# Django looks for consoles in this module
__all__ = ["access_console", "catalogue_console", "onboarding_console", "single_sign_on_console", "webhooks_console"]


@admin.register(HostApplication)
class HostApplicationConsole(ReadOnlyConsole):
    """Companies that ask to host; an operator says yes or no."""

    list_display: ClassVar = [
        "organization_name",
        "country",
        "contact_name",
        "contact_email",
        "status",
        "created_at",
    ]
    list_filter: ClassVar = ["status"]
    search_fields: ClassVar = ["organization_name__icontains", "contact_email__icontains"]
    actions: ClassVar = ["approve", "decline"]

    def has_decide_permission(self, request: HttpRequest) -> bool:
        """Whether this person may decide."""
        return is_operator(request.user)

    @admin.action(description=_("Approve the chosen applications"), permissions=["decide"])
    def approve(self, request: HttpRequest, applications: QuerySet[HostApplication]) -> None:
        """Found the organizations and invite their contacts as owners."""
        self._decide(request, applications, approve=True)

    @admin.action(description=_("Decline the chosen applications"), permissions=["decide"])
    def decline(self, request: HttpRequest, applications: QuerySet[HostApplication]) -> None:
        """Say no."""
        self._decide(request, applications, approve=False)

    def _decide(self, request: HttpRequest, applications: QuerySet[HostApplication], *, approve: bool) -> None:
        """Decide each by itself: one that can't be decided is named and does not hold up the others."""
        for application in applications:
            try:
                with atomic():
                    decide_host_application(
                        operator_id=cast("UUID", request.user.pk),
                        operator_label=str(request.user),
                        application_id=application.pk,
                        approve=approve,
                        now=utc_now(),
                    )
                    self.log_change(request, application, str(_("Approve") if approve else _("Decline")))
            except DomainError as error:
                add_admin_message(request, error)
            else:
                self.message_user(request, _("Decided: %(name)s") % {"name": application.organization_name})


class MembersInline(ReadOnlyInline):
    """Who is in the organization."""

    model = Member
    fields: ClassVar = ["user", "role", "joined_at"]


class InvitationsInline(ReadOnlyInline):
    """Who has been asked in."""

    model = Invitation
    fields: ClassVar = ["email", "role", "expires_at", "accepted_at", "revoked_at"]


class ApiKeysInline(ReadOnlyInline):
    """Keys, without secrets."""

    model = ApiKey
    fields: ClassVar = ["name", "prefix", "last_four", "expires_at", "revoked_at", "last_used_at"]


class StatusChangesInline(ReadOnlyInline):
    """Why the organization stands as it does."""

    model = OrganizationStatusChange
    fields: ClassVar = ["before", "after", "reason", "changed_by", "changed_at"]


class AccessRulesInline(ReadOnlyInline):
    """What the organization asks of its members."""

    model = AccessRules
    fields: ClassVar = ["requires_second_factor", "requires_single_sign_on"]


class OwnerFilter(admin.SimpleListFilter):
    """Whether anybody of the organization can sign in."""

    title = _("people")
    parameter_name = "owner"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("none", _("Nobody yet"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Organization]) -> QuerySet[Organization]:
        return queryset.filter(members__isnull=True) if self.value() == "none" else queryset


@admin.register(Organization)
class OrganizationConsole(ReadOnlyConsole):
    """Tenants."""

    list_display: ClassVar = ["name", "kind", "status", "industry", "country", "time_zone", "created_at"]
    list_filter: ClassVar = ["kind", "status", OwnerFilter]
    search_fields: ClassVar = ["name__icontains"]
    fields: ClassVar = ["id", "name", "kind", "status", "industry", "country", "time_zone", "created_at"]
    inlines: ClassVar = [MembersInline, AccessRulesInline, StatusChangesInline, InvitationsInline, ApiKeysInline]
    actions_detail: ClassVar = ["suspend", "reinstate", "offboard"]

    def _may_move(self, request: HttpRequest, object_id: str, status: OrganizationStatus) -> bool:
        """Whether this person is an operator and the organization stands where this leads on from."""
        return (
            is_operator(request.user)
            and Organization.objects.filter(pk=object_id, status__in=REACHED_FROM[status]).exists()
        )

    def has_suspend_permission(self, request: HttpRequest, object_id: str) -> bool:
        return self._may_move(request, object_id, OrganizationStatus.SUSPENDED)

    def has_reinstate_permission(self, request: HttpRequest, object_id: str) -> bool:
        return self._may_move(request, object_id, OrganizationStatus.ACTIVE)

    def has_offboard_permission(self, request: HttpRequest, object_id: str) -> bool:
        return self._may_move(request, object_id, OrganizationStatus.OFFBOARDED)

    @console_page(description=_("Suspend"), url_path="suspend", permissions=["suspend"])  # type: ignore[untyped-decorator]
    def suspend(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Members may then only read, and keys nothing."""
        return self._move(
            request,
            object_id,
            OrganizationStatus.SUSPENDED,
            (_("Suspend"), _("Its members can sign in and read. Nothing can be changed; API keys are refused.")),
        )

    @console_page(description=_("Reinstate"), url_path="reinstate", permissions=["reinstate"])  # type: ignore[untyped-decorator]
    def reinstate(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Everything works again."""
        return self._move(
            request,
            object_id,
            OrganizationStatus.ACTIVE,
            (_("Reinstate"), _("Its members and API keys work again as before.")),
        )

    @console_page(description=_("Offboard"), url_path="offboard", permissions=["offboard"])  # type: ignore[untyped-decorator]
    def offboard(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Read-only for good."""
        return self._move(
            request,
            object_id,
            OrganizationStatus.OFFBOARDED,
            (_("Offboard"), _("Its members can read for good, and nothing can ever be changed again. This is final.")),
        )

    def _move(
        self, request: HttpRequest, object_id: str, status: OrganizationStatus, words: tuple[Promise, Promise]
    ) -> HttpResponse:
        title, explanation = words
        question = Question(
            title,
            explanation,
            ReasonForm,
            lambda answers: change_organization_status(
                operator_id=cast("UUID", request.user.pk),
                operator_label=str(request.user),
                organization_id=UUID(object_id),
                status=status,
                reason=answers["reason"],
                now=utc_now(),
            ),
            _("The status is changed; those who answer for the organization are told by mail."),
        )
        return ask(self, request, object_id, question)


@admin.register(User)
class UserConsole(ReadOnlyConsole):
    """People. Only who is an operator, and whether a login works, is changed here, and only by a superuser."""

    list_display: ClassVar = ["email", "full_name", "is_staff", "is_active", "date_joined", "last_login"]
    list_filter: ClassVar = ["is_staff", "is_active"]
    search_fields: ClassVar = ["email__icontains", "full_name__icontains"]
    fields: ClassVar = [
        "id",
        "email",
        "full_name",
        "language",
        "is_staff",
        "is_active",
        "is_superuser",
        "date_joined",
        "last_login",
    ]
    readonly_fields: ClassVar = ["id", "email", "full_name", "language", "is_superuser", "date_joined", "last_login"]

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.has_view_permission(request, obj) and bool(getattr(request.user, "is_superuser", False))

    def save_model(self, request: HttpRequest, obj: User, form: object, change: bool) -> None:  # noqa: FBT001  Django's signature
        """Hand the two flags to the service."""
        set_operator_access(
            operator_id=cast("UUID", request.user.pk), user_id=obj.pk, is_staff=obj.is_staff, is_active=obj.is_active
        )


class AllianceMembersInline(ReadOnlyInline):
    """Who is in the alliance."""

    model = AllianceMembership
    fields: ClassVar = ["organization", "partner_code", "joined_at"]


@admin.register(Alliance)
class AllianceConsole(ReadOnlyConsole):
    """Networks."""

    list_display: ClassVar = ["name", "host", "created_at"]
    list_select_related: ClassVar = ["host"]
    search_fields: ClassVar = ["name__icontains", "host__name__icontains"]
    id_search_fields: ClassVar = ["host_id"]
    fields: ClassVar = ["id", "name", "host", "created_at"]
    inlines: ClassVar = [AllianceMembersInline]


class PartiesInline(ReadOnlyInline):
    """Seats at the agreement."""

    model = AgreementParty
    fields: ClassVar = ["rank", "organization"]


class VersionsInline(ReadOnlyInline):
    """Every version of the terms."""

    model = TermsVersion
    fields: ClassVar = ["number", "status", "effective_from", "effective_to", "document_sha256"]


class AcceptancesInline(ReadOnlyInline):
    """Signatures."""

    model = Acceptance
    fields: ClassVar = ["organization", "signer_name", "signer_role", "accepted_at", "ip_prefix", "document_sha256"]


@admin.register(Agreement)
class AgreementConsole(ReadOnlyConsole):
    """Contracts, with their parties and versions."""

    list_display: ClassVar = ["name", "alliance", "host", "currency", "time_zone", "status", "created_at"]
    list_filter: ClassVar = ["status"]
    list_select_related: ClassVar = ["alliance", "host"]
    search_fields: ClassVar = ["name__icontains"]
    id_search_fields: ClassVar = ["alliance_id", "host_id"]
    fields: ClassVar = ["id", "name", "alliance", "host", "currency", "time_zone", "status", "created_at"]
    inlines: ClassVar = [PartiesInline, VersionsInline]


@admin.register(TermsVersion)
class TermsVersionConsole(ReadOnlyConsole):
    """What was signed, word for word."""

    list_display: ClassVar = ["agreement", "number", "status", "effective_from", "effective_to", "created_at"]
    list_filter: ClassVar = ["status"]
    list_select_related: ClassVar = ["agreement"]
    id_search_fields: ClassVar = ["agreement_id"]
    fields: ClassVar = [
        "id",
        "agreement",
        "number",
        "status",
        "effective_from",
        "effective_to",
        "document",
        "document_sha256",
        "proposed_by",
        "created_at",
    ]
    inlines: ClassVar = [AcceptancesInline]
