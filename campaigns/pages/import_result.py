"""One import: how far it is, what it came to, and the rows it could not take."""

from collections.abc import Iterator
from typing import Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from alliance.kernel.clock import utc_now
from alliance.kernel.errors import DomainError, NotFoundError, NotPermittedError
from alliance.kernel.http.doors import member_view
from alliance.kernel.http.lists import paged_long
from alliance.kernel.http.requests import MemberRequest
from alliance.kernel.permissions import Permission
from alliance.kernel.spreadsheets.error_file import RefusedCell, error_file_response
from alliance.kernel.spreadsheets.layout import FileLayout
from campaigns.domain.mapping import Mapping
from campaigns.domain.tally import Tally
from campaigns.models import OrderImport, OrderImportError, RowIssue
from campaigns.pages.lists import require_host
from campaigns.services.start_import import start_import
from campaigns.tables import ImportErrorTable

SHOWN_CODES: Final = 40
_FETCHED: Final = 2_000


@require_safe
@member_view(Permission.ORDER_READ)
def import_detail(request: MemberRequest, import_id: UUID) -> HttpResponse:
    """The import's state, counts, links to what it made, and its errors. While it runs this asks again by itself."""
    require_host(request)
    order_import = _import(import_id)
    tally = Tally.from_json(order_import.tally)
    table = paged_long(request, ImportErrorTable(OrderImportError.objects.filter(order_import=order_import)))
    context = {
        "order_import": order_import,
        "order_file": order_import.order_file,
        "mapping": order_import.mapping,
        "tally": tally,
        "unknown_codes": tally.partner_codes_unknown.most_common(SHOWN_CODES),
        "issues": tally.issues.most_common(),
        "table": table,
        "has_errors": bool(table.page.object_list),
        "may_import": request.actor.can(Permission.ORDER_IMPORT),
    }
    part = "campaigns/import_state.html" if request.headers.get("HX-Request") else "campaigns/import.html"
    return render(request, part, context)


def _import(import_id: UUID) -> OrderImport:
    found = OrderImport.objects.select_related("order_file", "alliance").filter(pk=import_id).first()
    if found is None:
        raise NotFoundError
    return found


@require_POST
@member_view(Permission.ORDER_IMPORT)
def import_again(request: MemberRequest, import_id: UUID) -> HttpResponse:
    """Import the same file by the same mapping once more, after a failure; what is there stays as it is."""
    require_host(request)
    earlier = _import(import_id)
    try:
        again = start_import(
            actor=request.actor,
            file_id=earlier.order_file_id,
            alliance_id=earlier.alliance_id,
            mapping=Mapping.from_json(earlier.mapping),
            now=utc_now(),
        )
    except (NotFoundError, NotPermittedError):
        raise
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("portal:import", import_id)
    messages.success(request, _("The import has begun. It goes on when you leave this page."))
    return redirect("portal:import", again)


@require_safe
@member_view(Permission.ORDER_READ)
def import_errors(request: MemberRequest, import_id: UUID) -> HttpResponseBase:
    """The rows that were not taken, whole, as CSV: mend them there and upload that file."""
    require_host(request)
    order_import = _import(import_id)
    header = FileLayout.from_json(order_import.order_file.layout).header
    return error_file_response(header, _refused(order_import), filename=f"errors-{import_id}.csv")


def _refused(order_import: OrderImport) -> Iterator[RefusedCell]:
    errors = OrderImportError.objects.filter(order_import=order_import).order_by("row_number", "column")
    for error in errors.iterator(chunk_size=_FETCHED):
        yield RefusedCell(error.row_number, error.column, str(RowIssue(error.code).label), error.cells)
