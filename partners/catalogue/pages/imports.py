"""From a file to items: upload, say how to read it, look at what would happen, confirm, watch."""

from types import MappingProxyType
from typing import Final
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliance.kernel.clock import utc_now
from alliance.kernel.errors import DomainError, NotFoundError, NotPermittedError
from alliance.kernel.http.doors import member_view
from alliance.kernel.http.errors import add_form_error
from alliance.kernel.http.lists import paged_long
from alliance.kernel.http.requests import MemberRequest
from alliance.kernel.http.uploads import was_too_large
from alliance.kernel.permissions import Permission
from alliance.kernel.spreadsheets.layout import FileLayout
from alliance.kernel.spreadsheets.problems import FileProblem, FileRefusedError
from partners.catalogue.domain.mapping import ItemMapping
from partners.catalogue.domain.tally import ItemTally
from partners.catalogue.mapping_forms import ItemFileForm, ItemMappingForm, guessed_initial, mapping_initial
from partners.catalogue.models import ItemFile, ItemImport, ItemPreview
from partners.catalogue.pages.items import own_alliances
from partners.catalogue.pages.templates_to_fill import csv_template, jsonl_template, xlsx_template
from partners.catalogue.services.confirm_item_import import confirm_item_import
from partners.catalogue.services.preview_items import preview_items
from partners.catalogue.services.upload_item_file import upload_item_file
from partners.catalogue.tables import ItemImportTable
from partners.portal.submission import is_done, status_of

_TEMPLATES: Final = MappingProxyType(
    {
        "csv": (csv_template, "text/csv; charset=utf-8"),
        "xlsx": (xlsx_template, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        "jsonl": (jsonl_template, "application/jsonl; charset=utf-8"),
    }
)
_WAITING: Final = 5


@require_safe
@member_view(Permission.ITEM_READ)
def item_imports(request: MemberRequest) -> HttpResponse:
    """The organization's imports, and files that wait for a confirmation."""
    table = paged_long(request, ItemImportTable(ItemImport.objects.select_related("item_file")))
    waiting = ItemPreview.objects.filter(item_import__isnull=True).select_related("item_file")
    context = {
        "table": table,
        "is_empty": not table.page.object_list,
        "previews": waiting.order_by("-queued_at")[:_WAITING],
        "may_write": request.actor.can(Permission.ITEM_WRITE),
    }
    return render(request, "catalogue/imports.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Permission.ITEM_WRITE)
def item_import_new(request: MemberRequest) -> HttpResponse:
    """Choose a file."""
    form = ItemFileForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    uploaded: list[UUID] = []

    def upload() -> None:
        content = form.cleaned_data["file"]
        uploaded.append(upload_item_file(actor=request.actor, name=content.name, content=content, now=utc_now()))

    if request.method == "POST" and was_too_large(request):
        form.errors.clear()
        add_form_error(form, FileRefusedError(FileProblem.TOO_LARGE))
    elif request.method == "POST" and is_done(form, upload):
        return redirect("portal:item_file", uploaded[0])
    return render(request, "catalogue/import_new.html", {"form": form}, status=status_of(form))


@require_safe
@member_view(Permission.ITEM_WRITE)
def item_template(request: MemberRequest, kind: str) -> HttpResponse:  # noqa: ARG001  the door passes it
    """A file to fill in."""
    if kind not in _TEMPLATES:
        raise Http404
    write, content_type = _TEMPLATES[kind]
    response = HttpResponse(write(), content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="items-template.{kind}"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Permission.ITEM_WRITE)
def item_file(request: MemberRequest, item_file_id: UUID) -> HttpResponse:
    """Say how to read one uploaded file: the columns one by one, guessed from their names."""
    found = _file(item_file_id)
    header = FileLayout.from_json(found.layout).header
    initial = _initial(request, header)
    form = ItemMappingForm(request.POST or None, header=header, alliances=own_alliances(), initial=initial)
    previews: list[UUID] = []
    if (
        request.method == "POST"
        and form.is_valid()
        and (mapping := form.mapping()) is not None
        and is_done(
            form,
            lambda: previews.append(
                preview_items(actor=request.actor, file_id=item_file_id, mapping=mapping, now=utc_now())
            ),
        )
    ):
        return redirect("portal:item_preview", previews[0])
    context = {"item_file": found, "layout": found.layout, "form": form, "earlier": _earlier(found)}
    return render(request, "catalogue/import_file.html", context, status=status_of(form))


def _file(item_file_id: UUID) -> ItemFile:
    found = ItemFile.objects.filter(pk=item_file_id).first()
    if found is None:
        raise NotFoundError
    return found


def _earlier(found: ItemFile) -> list[ItemImport]:
    """Imports of the very same bytes."""
    rows = ItemImport.objects.filter(item_file__sha256=found.sha256)
    return list(rows.select_related("item_file").order_by("-queued_at")[:3])


def _initial(request: MemberRequest, header: tuple[str, ...]) -> dict[str, object]:
    """What the form begins with: a preview's mapping to be changed, the latest one that fits, or a guess."""
    wanted = ItemPreview.objects.order_by("-queued_at")
    if chosen := request.GET.get("preview"):
        try:
            wanted = wanted.filter(pk=UUID(chosen))
        except ValueError:
            wanted = wanted.none()
    latest = wanted.select_related("item_file").first()
    if latest is not None and (chosen or FileLayout.from_json(latest.item_file.layout).header == header):
        return mapping_initial(latest.mapping)
    return guessed_initial(header, zone=request.organization.time_zone)


@require_safe
@member_view(Permission.ITEM_WRITE)
def item_preview(request: MemberRequest, item_preview_id: UUID) -> HttpResponse:
    """What the import would do. While the file is being read this asks again by itself."""
    preview = ItemPreview.objects.select_related("item_file").filter(pk=item_preview_id).first()
    if preview is None:
        raise NotFoundError
    tally = ItemTally.from_json(preview.tally)
    context = {
        "preview": preview,
        "item_file": preview.item_file,
        "mapping": ItemMapping.from_json(preview.mapping),
        "tally": tally,
        "issues": tally.issues.most_common(),
        "item_import": ItemImport.objects.filter(preview=preview).first(),
    }
    part = "catalogue/preview_state.html" if request.headers.get("HX-Request") else "catalogue/import_preview.html"
    return render(request, part, context)


@require_POST
@member_view(Permission.ITEM_WRITE)
def item_preview_confirm(request: MemberRequest, item_preview_id: UUID) -> HttpResponse:
    """Import what the preview has shown."""
    try:
        import_id = confirm_item_import(actor=request.actor, preview_id=item_preview_id, now=utc_now())
    except (NotFoundError, NotPermittedError):
        raise
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("portal:item_preview", item_preview_id)
    messages.success(request, _("The import has begun. It goes on when you leave this page."))
    return redirect("portal:item_import", import_id)
