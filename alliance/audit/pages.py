"""The audit trail of one organization: who did what to which object, when, from where, before and after."""

import re
from typing import Final

import django_tables2 as tables
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from alliance.audit.forms import ACTOR_KINDS, AuditFilter
from alliance.kernel.audit_words import audit_sentence, object_kind, object_page
from alliance.kernel.clock import utc_now
from alliance.kernel.http.columns import CompiledColumn
from alliance.kernel.http.doors import member_view
from alliance.kernel.http.lists import is_capped, paged_long
from alliance.kernel.http.requests import MemberRequest
from alliance.kernel.models import AuditEvent
from alliance.kernel.permissions import Permission
from alliance.kernel.system_labels import shown_label
from settlements.exports.audit_file import AuditQuestion
from settlements.forms import ExportForm
from settlements.pages.offers import AUDIT_OFFERS
from settlements.services.create_export import create_export

_KINDS: Final = dict(ACTOR_KINDS)
_ID: Final = re.compile(r"([0-9a-f]{8})-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")  # too long to read


class AuditTable(tables.Table):  # type: ignore[misc]  # django-tables2 has no types
    """Events, newest first."""

    at = CompiledColumn("{% load portal %}{% local_time record.at %}", verbose_name=_("When"), orderable=False)
    actor_label = tables.Column(verbose_name=_("Who"), orderable=False, empty_values=())
    action = tables.Column(verbose_name=_("What was done"), orderable=False)
    target_label = tables.Column(verbose_name=_("Object"), orderable=False, empty_values=())
    change = tables.TemplateColumn(
        template_name="audit/change.html", verbose_name=_("Change"), orderable=False, empty_values=()
    )
    ip_prefix = tables.Column(verbose_name=_("Network"), orderable=False, default="–")

    class Meta:
        caption = _("Audit trail")

    def render_actor_label(self, record: AuditEvent) -> SafeString:
        """The name, and what sort of actor it is."""
        kind = _KINDS.get(record.actor_kind, record.actor_kind)
        return format_html('{}<div class="text-secondary">{}</div>', shown_label(record.actor_label) or "–", kind)

    def render_action(self, value: str) -> SafeString:
        """The sentence, and the name by which programs know it."""
        return format_html('{}<div class="text-secondary"><code>{}</code></div>', audit_sentence(value), value)

    def render_target_label(self, record: AuditEvent) -> SafeString:
        """The object's name, leading to its page where there is one, and what sort of thing it is."""
        label = _ID.sub(r"\1…", record.target_label or record.target_id)
        kind = object_kind(record.target_type)
        page = object_page(record.target_type, record.target_id)
        shown = format_html('<a href="{}">{}</a>', page, label) if page else label
        return format_html('{}<div class="text-secondary">{}</div>', shown, kind)


@require_safe
@member_view(Permission.AUDIT_READ)
def audit_trail(request: MemberRequest) -> HttpResponse:
    """The organization's own events; the trail is append-only in the database."""
    form = AuditFilter(request.GET)
    table = paged_long(request, AuditTable(form.query(request.organization.time_zone).events()))
    context = {
        "form": form,
        "table": table,
        "is_empty": not table.page.object_list,
        "is_capped": is_capped(table),
        "export_formats": AUDIT_OFFERS if request.actor.can(Permission.EXPORT_CREATE) else (),
    }
    return render(request, "audit/trail.html", context)


@require_POST
@member_view(Permission.AUDIT_READ)
def audit_export_create(request: MemberRequest) -> HttpResponse:
    """Have what the page's filter shows written into a file, in the reader's language."""
    form = ExportForm(request.POST, offered=AUDIT_OFFERS)
    if not form.is_valid():
        messages.error(request, gettext("Choose one of the formats offered."))
        return redirect("portal:audit")
    query = AuditFilter(request.GET).query(request.organization.time_zone)
    export_id = create_export(
        actor=request.actor,
        file_format=form.chosen,
        audit=AuditQuestion(query, translation.get_language() or settings.LANGUAGE_CODE),
        now=utc_now(),
    )
    messages.success(request, gettext("The file is being made."))
    return redirect("portal:export", export_id=export_id)
