"""Onboarding in the operator console: applications of every alliance, their documents, who resembles whom, the same decisions."""

from collections.abc import Callable
from typing import Any, ClassVar, cast
from uuid import UUID

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action as console_page

from alliance.kernel.actor import Actor, operator_actor
from alliance.kernel.clock import utc_now
from alliance.kernel.errors import NotFoundError
from alliance.kernel.files import private_file_response
from alliance.kernel.http.console import ReadOnlyConsole, ReadOnlyInline, is_operator
from alliance.kernel.http.console_questions import Question, ask
from alliance.kernel.tenancy import organization_scope
from alliance.kernel.tenancy.cursors import scoped_cursor
from partners.models import (
    ApplicationDocument,
    ApplicationPage,
    BankAccount,
    BankAccountDecision,
    OperatorNote,
    Organization,
    PartnerApplication,
    ReviewNote,
    ReviewTick,
)
from partners.onboarding.domain.lifecycle import Side, Status, may_move
from partners.onboarding.domain.steps import Step
from partners.onboarding.host_forms import ApproveForm, ChangesForm, NoteForm, RejectForm
from partners.onboarding.sentences import SIMILAR
from partners.onboarding.services.approve_application import approve_application
from partners.onboarding.services.reject_application import reject_application
from partners.onboarding.services.request_changes import request_changes
from partners.onboarding.services.write_operator_note import write_operator_note


class DocumentsInline(ReadOnlyInline):
    """Its documents; a click leads to the file."""

    model = ApplicationDocument
    fields: ClassVar = ["kind", "file_name", "file_kind", "size_bytes", "uploaded_at", "submitted_at", "removed_at"]


class TicksInline(ReadOnlyInline):
    """What the host's reviewers have found right."""

    model = ReviewTick
    fields: ClassVar = ["item", "ticked_by", "ticked_at"]
    show_change_link = False


class NotesInline(ReadOnlyInline):
    """The host's own notes."""

    model = ReviewNote
    fields: ClassVar = ["text", "written_by", "written_at"]
    show_change_link = False


class OperatorNotesInline(ReadOnlyInline):
    """The operators' notes, which nobody else reads."""

    model = OperatorNote
    fields: ClassVar = ["text", "written_by", "written_at"]
    show_change_link = False


@admin.register(PartnerApplication)
class PartnerApplicationConsole(ReadOnlyConsole):
    """Applications to every alliance. Operators may decide as the host may; the host's trail says that they did."""

    list_display: ClassVar = [
        "name",
        "alliance_name",
        "host_name",
        "country",
        "industry",
        "status",
        "last_submitted_at",
    ]
    list_filter: ClassVar = ["status"]
    search_fields: ClassVar = ["name__icontains", "alliance_name__icontains", "host_name__icontains"]
    id_search_fields: ClassVar = ["organization_id", "host_id"]
    fields: ClassVar = [
        "name", "organization", "alliance", "host", "status", "similar", "answers", "applicant_email", "created_at",
        "submitted_at", "last_submitted_at", "requested_changes", "decided_at", "reason", "reapply_on",
    ]  # fmt: skip
    inlines: ClassVar = [DocumentsInline, TicksInline, NotesInline, OperatorNotesInline]
    actions_detail: ClassVar = ["approve", "ask_for_changes", "reject", "note"]

    @admin.display(description=_("resembles"))
    def similar(self, application: PartnerApplication) -> SafeString | str:
        """Which other companies seem to be the same one."""
        with scoped_cursor() as cursor:
            cursor.execute("SELECT kind, organization_id FROM partners_similar_applicants(%s)", [application.pk])
            found = cursor.fetchall()
        names = dict(Organization.objects.filter(pk__in=[id_ for _kind, id_ in found]).values_list("pk", "name"))
        return format_html_join(
            "",
            '<div><a href="{}">{}</a>: {}</div>',
            (
                (reverse("admin:partners_organization_change", args=[id_]), names.get(id_, id_), SIMILAR[kind])
                for kind, id_ in sorted(found)
            ),
        ) or str(_("no other company"))

    @admin.display(description=_("filled in"))
    def answers(self, application: PartnerApplication) -> SafeString:
        """What the company says, without the account number."""
        said = (application.parsed_company(), application.parsed_audience(), application.parsed_contacts())
        parts = (*(answers.to_json() for answers in said), application.bank_details)
        lines = ((name, value) for part in parts for name, value in part.items() if value)
        return format_html("<div>{}</div>", format_html_join("", "<div>{}: {}</div>", lines))

    def _may(self, request: HttpRequest, object_id: str, wanted: Status) -> bool:
        if not is_operator(request.user):
            return False
        present = PartnerApplication.objects.filter(pk=object_id).values_list("status", flat=True).first()
        return present is not None and may_move(Side.HOST, Status(present), wanted)

    def has_approve_permission(self, request: HttpRequest, object_id: str) -> bool:
        return self._may(request, object_id, Status.APPROVED)

    def has_ask_permission(self, request: HttpRequest, object_id: str) -> bool:
        return self._may(request, object_id, Status.CHANGES_REQUESTED)

    def has_reject_permission(self, request: HttpRequest, object_id: str) -> bool:
        return self._may(request, object_id, Status.REJECTED)

    def has_note_permission(self, request: HttpRequest, _object_id: str) -> bool:
        return is_operator(request.user)

    @console_page(description=_("Approve"), url_path="approve", permissions=["approve"])  # type: ignore[untyped-decorator]
    def approve(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Take the company in, for the host."""
        question = Question(
            _("Approve"),
            _("The company becomes a member of the alliance and gets a mail. The host's trail says that you decided."),
            ApproveForm,
            lambda given: self._decide(request, object_id, approve_application, **given),
            _("The application is approved."),
        )
        return ask(self, request, object_id, question)

    @console_page(description=_("Request changes"), url_path="changes", permissions=["ask"])  # type: ignore[untyped-decorator]
    def ask_for_changes(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Hand it back, for the host."""
        question = Question(
            _("Request changes"),
            _("Write what should be changed beside its step; leave the others empty."),
            ChangesForm,
            lambda given: self._decide(
                request, object_id, request_changes, remarks={Step(name): text for name, text in given.items()}
            ),
            _("The applicant is asked to change this, and gets a mail."),
        )
        return ask(self, request, object_id, question)

    @console_page(description=_("Reject"), url_path="reject", permissions=["reject"])  # type: ignore[untyped-decorator]
    def reject(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Say no, for the host."""
        question = Question(
            _("Reject"),
            _("The decision is final for this application. The applicant gets a mail with the reason."),
            RejectForm,
            lambda given: self._decide(request, object_id, reject_application, **given),
            _("The application is rejected; the applicant gets a mail with the reason."),
        )
        return ask(self, request, object_id, question)

    @console_page(description=_("Write a note"), url_path="note", permissions=["note"])  # type: ignore[untyped-decorator]
    def note(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Keep a note that only operators read."""
        question = Question(
            _("Write a note"),
            _("Only operators read it, neither the host nor the applicant."),
            NoteForm,
            lambda given: write_operator_note(
                operator_label=str(request.user), application_id=UUID(object_id), text=given["text"], now=utc_now()
            ),
            _("The note is kept."),
        )
        return ask(self, request, object_id, question)

    def _decide(self, request: HttpRequest, object_id: str, decide: Callable[..., object], **given: object) -> None:
        """The host's own service in the host's scope, with the operator as the one who acts."""
        application = PartnerApplication.objects.filter(pk=object_id).first()
        if application is None:
            raise NotFoundError
        actor = self._acting(request, application.host_id)
        with organization_scope(application.host_id):
            decide(actor=actor, application_id=application.pk, now=utc_now(), **given)

    def _acting(self, request: HttpRequest, host_id: UUID) -> Actor:
        return operator_actor(user_id=cast("UUID", request.user.pk), organization_id=host_id, label=str(request.user))


@admin.register(ApplicationDocument)
class ApplicationDocumentConsole(ReadOnlyConsole):
    """Documents of every application."""

    list_display: ClassVar = [
        "file_name",
        "kind",
        "application",
        "file_kind",
        "size_bytes",
        "uploaded_at",
        "removed_at",
    ]
    list_filter: ClassVar = ["kind"]
    list_select_related: ClassVar = ["application"]
    id_search_fields: ClassVar = ["application_id"]
    fields: ClassVar = [
        "download", "kind", "application", "file_name", "file_kind", "size_bytes", "sha256", "uploaded_at", "uploaded_by",
        "submitted_at", "removed_at",
    ]  # fmt: skip

    @admin.display(description=_("file"))
    def download(self, document: ApplicationDocument) -> SafeString:
        """The way to the file."""
        address = reverse("admin:partners_applicationdocument_file", args=[document.pk])
        return format_html('<a href="{}">{}</a>', address, document.file_name)

    def get_urls(self) -> list[URLPattern]:
        """The stock pages, and the file behind the same door."""
        file_page = path(
            "<uuid:document_id>/file/",
            self.admin_site.admin_view(self.file),
            name="partners_applicationdocument_file",
        )
        stock: list[Any] = super().get_urls()
        return [file_page, *stock]

    def file(self, request: HttpRequest, document_id: UUID) -> HttpResponseBase:
        """The file as a download."""
        document = ApplicationDocument.objects.filter(pk=document_id).first()
        if document is None:
            raise Http404
        return private_file_response(document)


@admin.register(ApplicationPage)
class ApplicationPageConsole(ReadOnlyConsole):
    """Public application pages and the rules behind them."""

    list_display: ClassVar = ["display_name", "slug", "organization", "is_open", "changed_at"]
    list_filter: ClassVar = ["is_open"]
    list_select_related: ClassVar = ["organization"]
    search_fields: ClassVar = ["display_name__icontains", "slug__icontains"]


@admin.register(BankAccount)
class BankAccountConsole(ReadOnlyConsole):
    """Bank accounts of every organization. Nobody is shown a number here."""

    list_display: ClassVar = ["organization", "kind", "holder_name", "masked", "effective_at", "created_by"]
    list_filter: ClassVar = ["kind"]
    list_select_related: ClassVar = ["organization"]
    search_fields: ClassVar = ["holder_name__icontains", "organization__name__icontains"]
    id_search_fields: ClassVar = ["organization_id"]
    fields: ClassVar = [
        "organization", "kind", "country", "holder_name", "bank_name", "branch", "cnaps", "bic", "masked", "created_at",
        "created_by", "effective_at", "needs_confirmation",
    ]  # fmt: skip


@admin.register(BankAccountDecision)
class BankAccountDecisionConsole(ReadOnlyConsole):
    """What second persons said to changed accounts."""

    list_display: ClassVar = ["organization", "account", "is_confirmed", "decided_by", "decided_at"]
    list_select_related: ClassVar = ["organization", "account"]
    id_search_fields: ClassVar = ["organization_id", "account_id"]
