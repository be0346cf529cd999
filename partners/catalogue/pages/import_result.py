"""One import of items: how far it is, what it came to, and the rows it could not take."""

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
from partners.catalogue.domain.mapping import ItemMapping
from partners.catalogue.domain.tally import ItemTally
from partners.catalogue.models import ItemImport, ItemImportError
from partners.catalogue.sentences import ISSUES
from partners.catalogue.services.start_item_import import start_item_import
from partners.catalogue.tables import ItemImportErrorTable

_FETCHED: Final = 2_000


@require_safe
@member_view(Permission.ITEM_READ)
def item_import(request: MemberRequest, item_import_id: UUID) -> HttpResponse:
    """The import's state, counts and errors. While it runs this asks again by itself."""
    found = _import(item_import_id)
    tally = ItemTally.from_json(found.tally)
    table = paged_long(request, ItemImportErrorTable(ItemImportError.objects.filter(item_import=found)))
    context = {
        "item_import": found,
        "item_file": found.item_file,
        "mapping": ItemMapping.from_json(found.mapping),
        "tally": tally,
        "issues": tally.issues.most_common(),
        "table": table,
        "has_errors": bool(table.page.object_list),
        "may_write": request.actor.can(Permission.ITEM_WRITE),
    }
    part = "catalogue/import_state.html" if request.headers.get("HX-Request") else "catalogue/import.html"
    return render(request, part, context)


@require_POST
@member_view(Permission.ITEM_WRITE)
def item_import_again(request: MemberRequest, item_import_id: UUID) -> HttpResponse:
    """Import the same file by the same mapping once more, after a failure; what is the same stays as it is."""
    earlier = _import(item_import_id)
    try:
        again = start_item_import(
            actor=request.actor,
            file_id=earlier.item_file_id,
            mapping=ItemMapping.from_json(earlier.mapping),
            feed_id=earlier.feed_id,
            now=utc_now(),
        )
    except (NotFoundError, NotPermittedError):
        raise
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("portal:item_import", item_import_id)
    messages.success(request, _("The import has begun. It goes on when you leave this page."))
    return redirect("portal:item_import", again)


@require_safe
@member_view(Permission.ITEM_READ)
def item_import_errors(request: MemberRequest, item_import_id: UUID) -> HttpResponseBase:  # noqa: ARG001  the door passes it
    """The rows that were not taken, whole, as CSV: mend them there and upload that file."""
    found = _import(item_import_id)
    header = FileLayout.from_json(found.item_file.layout).header
    return error_file_response(header, _refused(found), filename=f"errors-{item_import_id}.csv")


def _refused(found: ItemImport) -> Iterator[RefusedCell]:
    errors = ItemImportError.objects.filter(item_import=found).order_by("row_number", "column", "code")
    for error in errors.iterator(chunk_size=_FETCHED):
        yield RefusedCell(error.row_number, error.column, str(ISSUES[error.code]), error.cells)


def _import(item_import_id: UUID) -> ItemImport:
    found = ItemImport.objects.select_related("item_file").filter(pk=item_import_id).first()
    if found is None:
        raise NotFoundError
    return found
