"""Files made for download: asked for here, made by a worker, kept for a while."""

from collections.abc import Sequence
from uuid import UUID

from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from alliance.kernel.actor import SecondFactorRequiredError
from alliance.kernel.clock import utc_now
from alliance.kernel.errors import NotFoundError, NotPermittedError
from alliance.kernel.http.doors import member_view
from alliance.kernel.http.lists import paged
from alliance.kernel.http.requests import MemberRequest
from alliance.kernel.permissions import Permission
from partners.selectors import hosted_alliances
from settlements.exports.visible import exports_for, require_download
from settlements.forms import ExportForm
from settlements.ledger.selectors import find_book
from settlements.models import STATEMENT_FORMATS, Export, ExportFormat, ExportSchedule
from settlements.pages.offers import BOOK_FORMATS
from settlements.services.create_export import NotProvableError, NotSealedYetError, create_export
from settlements.services.schedule_exports import ScheduledAlreadyError, offered_to, schedule_exports
from settlements.services.stop_schedule import stop_schedule
from settlements.tables import ExportTable


@require_safe
@member_view(Permission.EXPORT_CREATE)
def exports(request: MemberRequest) -> HttpResponse:
    """The organization's files; the host may also ask for its whole book."""
    table = ExportTable(exports_for(request.actor).order_by("-queued_at", "-id"))
    own_books = [a for a in hosted_alliances() if a.host_id == request.organization.id and find_book(alliance_id=a.id)]
    context = {
        "table": paged(request, table),
        "is_empty": not table.page.object_list,
        "books": own_books,
        "schedules": ExportSchedule.objects.filter(stopped_at__isnull=True).order_by("since", "id"),
        "schedule_form": ExportForm(None, offered=offered_to(is_host=request.organization.is_host)),
        "ledger_formats": BOOK_FORMATS,
    }
    return render(request, "settlements/exports.html", context)


@require_safe
@member_view(Permission.EXPORT_CREATE)
def export(request: MemberRequest, export_id: UUID) -> HttpResponse:
    """One file: how far it is, then its hash and the download.

    While it is being made the page asks for its progress alone; when that has ended the whole page is loaded anew.
    """
    found = _export(request, export_id)
    context = {"export": found, "now": utc_now()}
    if not request.headers.get("HX-Request"):
        return render(request, "settlements/export.html", context)
    response = render(request, "settlements/export_progress.html", context)
    if found.is_finished:
        response["HX-Refresh"] = "true"
    return response


def _export(request: MemberRequest, export_id: UUID) -> Export:
    found = exports_for(request.actor).filter(pk=export_id).select_related("statement", "alliance", "batch").first()
    if found is None:
        raise NotFoundError
    return found


@require_POST
@member_view(Permission.EXPORT_CREATE)
def create_of_statement(request: MemberRequest, statement_id: UUID) -> HttpResponse:
    """Ask for a file of one statement."""
    return _create(request, STATEMENT_FORMATS, statement_id=statement_id)


@require_POST
@member_view(Permission.EXPORT_CREATE)
def create_of_book(request: MemberRequest, alliance_id: UUID) -> HttpResponse:
    """Ask for the whole book of a hosted alliance."""
    return _create(request, BOOK_FORMATS, alliance_id=alliance_id)


def _create(
    request: MemberRequest,
    offered: Sequence[ExportFormat],
    *,
    statement_id: UUID | None = None,
    alliance_id: UUID | None = None,
) -> HttpResponse:
    form = ExportForm(request.POST, offered=offered)
    if not form.is_valid():
        messages.error(request, _("Choose one of the formats offered."))
        return redirect("portal:exports")
    try:
        export_id = create_export(
            actor=request.actor,
            file_format=form.chosen,
            statement_id=statement_id,
            alliance_id=alliance_id,
            now=utc_now(),
        )
    except (NotProvableError, NotSealedYetError) as error:
        messages.error(request, error.sentence)
        return redirect("portal:statement", statement_id=statement_id)
    messages.success(request, _("The file is being made."))
    return redirect("portal:export", export_id=export_id)


@require_POST
@member_view(Permission.EXPORT_CREATE)
def schedule_create(request: MemberRequest) -> HttpResponse:
    """Have every statement that closes from now on made as a file."""
    form = ExportForm(request.POST, offered=offered_to(is_host=request.organization.is_host))
    if not form.is_valid():
        messages.error(request, _("Choose one of the formats offered."))
        return redirect("portal:exports")
    try:
        schedule_exports(actor=request.actor, file_format=form.chosen, now=utc_now())
    except (ScheduledAlreadyError, NotPermittedError, SecondFactorRequiredError) as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("From now on the file is made by itself, and you are told by mail."))
    return redirect("portal:exports")


@require_POST
@member_view(Permission.EXPORT_CREATE)
def schedule_stop(request: MemberRequest, schedule_id: UUID) -> HttpResponse:
    """From now on no more."""
    stop_schedule(actor=request.actor, schedule_id=schedule_id, now=utc_now())
    messages.success(request, _("Stopped. What was made stays as long as files are kept."))
    return redirect("portal:exports")


@require_safe
@member_view(Permission.EXPORT_CREATE)
def download(request: MemberRequest, export_id: UUID) -> HttpResponseBase:
    """The file itself, to its own organization only, as long as it is kept."""
    found = _export(request, export_id)
    try:
        require_download(request.actor, found)
    except SecondFactorRequiredError as error:
        messages.error(request, str(error))
        return redirect("portal:export", export_id=export_id)
    if not found.is_ready or found.expires_at <= utc_now() or not default_storage.exists(found.stored_as):
        messages.error(
            request, _("This file is no longer kept. Ask for it again: the same content gives the same bytes.")
        )
        return redirect("portal:export", export_id=export_id)
    response = FileResponse(default_storage.open(found.stored_as), as_attachment=True, filename=found.file_name)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
