"""Access in the operator console: looking through a member's eyes, and who did so when."""

from typing import ClassVar

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action as console_page
from unfold.widgets import UnfoldAdminTextareaWidget

from alliance.kernel.http.console import ReadOnlyConsole, is_operator
from alliance.kernel.http.console_questions import Question, ask
from partners.access.services.start_viewing import LONGEST_REASON
from partners.access.viewing import begin
from partners.models import Member, Viewing


class ViewingReasonForm(forms.Form):
    """Why an operator looks."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=LONGEST_REASON,
        widget=UnfoldAdminTextareaWidget(),
        help_text=_("It stands in the organization's audit trail, where its members read it."),
    )


@admin.register(Member)
class MemberConsole(ReadOnlyConsole):
    """People inside organizations."""

    list_display: ClassVar = ["user", "organization", "role", "joined_at"]
    list_filter: ClassVar = ["role"]
    list_select_related: ClassVar = ["user", "organization"]
    search_fields: ClassVar = ["user__email__icontains", "organization__name__icontains"]
    id_search_fields: ClassVar = ["user_id", "organization_id"]
    actions_detail: ClassVar = ["view_as"]

    def has_view_as_permission(self, request: HttpRequest, object_id: str) -> bool:
        """Whether this person may look through members' eyes."""
        return is_operator(request.user)

    @console_page(description=_("View as this member"), url_path="view-as", permissions=["view_as"])  # type: ignore[untyped-decorator]
    def view_as(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The portal as this member sees it, for half an hour, reading only."""
        member = Member.objects.filter(pk=object_id).first()
        question = Question(
            _("View as this member"),
            _(
                "For 30 minutes you see the portal as this member does. You can read and change nothing, and pages with "
                "secrets stay closed. The organization's audit trail says that you looked, and why."
            ),
            ViewingReasonForm,
            lambda answers: begin(request, member, answers["reason"]) if member else None,
            _("You are looking through the eyes of a member. End the view when you have seen enough."),
            leads_to=reverse("portal:home"),
        )
        return ask(self, request, object_id, question)


@admin.register(Viewing)
class ViewingConsole(ReadOnlyConsole):
    """Which operator looked through whose eyes, when and why."""

    list_display: ClassVar = ["member_name", "organization", "operator", "reason", "started_at", "ended_at"]
    list_select_related: ClassVar = ["organization", "operator"]
    search_fields: ClassVar = ["member_name__icontains", "organization__name__icontains", "operator__email__icontains"]
    id_search_fields: ClassVar = ["organization_id", "operator_id"]
