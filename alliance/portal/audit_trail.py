"""The audit trail of one organization: who did what to which object, when, from where, before and after."""

import django_tables2 as tables
from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from alliance.kernel.http.columns import CompiledColumn
from alliance.kernel.http.doors import member_view
from alliance.kernel.http.lists import paged
from alliance.kernel.http.requests import MemberRequest
from alliance.kernel.models import AuditEvent
from alliance.kernel.permissions import Permission


class AuditFilter(forms.Form):
    """Which events: the beginning of the action's name, and the actor's."""

    action = forms.CharField(
        label=_("Action"), required=False, max_length=80, widget=forms.TextInput(attrs={"class": "form-control"})
    )
    actor = forms.CharField(
        label=_("Person or key"),
        required=False,
        max_length=160,
        widget=forms.TextInput(attrs={"class": "form-control"}),
    )


class AuditTable(tables.Table):  # type: ignore[misc]  # django-tables2 has no types
    """Events, newest first."""

    at = CompiledColumn("{% load portal %}{% local_time record.at %}", verbose_name=_("When"), orderable=False)
    actor_label = tables.Column(verbose_name=_("Who"), orderable=False, default="–")
    action = CompiledColumn("<code>{{ record.action }}</code>", verbose_name=_("Action"), orderable=False)
    target_label = tables.Column(verbose_name=_("Object"), orderable=False)
    change = CompiledColumn(
        template_name="portal/audit_change.html", verbose_name=_("Change"), orderable=False, empty_values=()
    )
    ip_prefix = tables.Column(verbose_name=_("Network"), orderable=False, default="–")


@require_safe
@member_view(Permission.AUDIT_READ)
def audit_trail(request: MemberRequest) -> HttpResponse:
    """The organization's own events; the trail is append-only in the database."""
    form = AuditFilter(request.GET)
    events = AuditEvent.objects.order_by("-id")
    if form.is_valid():
        if form.cleaned_data["action"]:
            events = events.filter(action__startswith=form.cleaned_data["action"])
        if form.cleaned_data["actor"]:
            events = events.filter(actor_label__contains=form.cleaned_data["actor"])
    table = AuditTable(events)
    paged(request, table)
    context = {"form": form, "table": table, "is_empty": not table.page.object_list}
    return render(request, "portal/audit_trail.html", context)
