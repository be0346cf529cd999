"""From a file to orders: upload, say how to read it, look at what would happen, confirm, watch."""

import csv
import io
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
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
from campaigns.domain.mapping import Mapping
from campaigns.domain.tally import Tally
from campaigns.forms import FileMappingForm, UploadForm, mapping_initial
from campaigns.models import ImportMapping, ImportPreview, OrderFile, OrderImport
from campaigns.pages.lists import require_host
from campaigns.pages.mapping_guess import guessed_mapping
from campaigns.services.confirm_import import confirm_import
from campaigns.services.preview_import import preview_import
from campaigns.services.upload_order_file import upload_order_file
from campaigns.tables import ImportTable
from partners.selectors import hosted_alliances

UNPROCESSABLE = 422
SHOWN_CODES = 40
EXAMPLE_ROWS = (
    ("1001", "2026-03-01 21:15:00", "COURSE-7", "Strength training", "1", "299.00", "C-17", "north"),
    ("1001", "2026-03-01 21:15:00", "KIT-3", "Resistance bands", "2", "49.90", "C-17", "north"),
    ("C1001", "2026-03-05 10:02:00", "KIT-3", "Resistance bands", "-1", "49.90", "C-17", "north"),
)
EXAMPLE_HEADER_EN = ("Order id", "Order date", "SKU", "Description", "Quantity", "Unit price", "Customer", "Partner")
EXAMPLE_HEADER_ZH = ("订单号", "下单时间", "商品编码", "商品名称", "数量", "单价", "客户", "合作方")


@require_safe
@member_view(Permission.ORDER_READ)
def imports(request: MemberRequest) -> HttpResponse:
    """The host's imports, and files that wait for a mapping or a confirmation."""
    require_host(request)
    table = ImportTable(OrderImport.objects.select_related("order_file", "alliance"))
    waiting = ImportPreview.objects.filter(order_import__isnull=True).select_related("order_file")
    context = {
        "table": paged_long(request, table),
        "is_empty": not table.page.object_list,
        "previews": waiting.order_by("-queued_at")[:5],
        "may_import": request.actor.can(Permission.ORDER_IMPORT),
    }
    return render(request, "campaigns/imports.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Permission.ORDER_IMPORT)
def import_new(request: MemberRequest) -> HttpResponse:
    """Choose a file."""
    require_host(request)
    form = UploadForm()
    if request.method == "POST":
        form = UploadForm(request.POST, request.FILES)
        if was_too_large(request):
            form.errors.clear()
            add_form_error(form, FileRefusedError(FileProblem.TOO_LARGE))
        elif form.is_valid() and (file_id := _uploaded(request, form)) is not None:
            return redirect("portal:import_file", file_id)
    context = {"form": form, "hosts_alliance": bool(own_alliances(request))}
    return render(request, "campaigns/import_new.html", context, status=UNPROCESSABLE if form.errors else 200)


def _uploaded(request: MemberRequest, form: UploadForm) -> UUID | None:
    content = form.cleaned_data["file"]
    try:
        return upload_order_file(actor=request.actor, name=content.name, content=content, now=utc_now())
    except (NotFoundError, NotPermittedError):
        raise
    except DomainError as error:
        add_form_error(form, error)
        return None


def own_alliances(request: MemberRequest) -> list[tuple[UUID, str]]:
    """The alliances that the organization hosts: (id, name)."""
    return [(a.id, a.name) for a in hosted_alliances() if a.host_id == request.organization.id]


@require_safe
@member_view(Permission.ORDER_IMPORT)
def import_template(request: MemberRequest) -> HttpResponse:
    """A file to fill in, with an order of two lines and a refund as examples."""
    require_host(request)
    text = io.StringIO()
    is_chinese = (get_language() or "en").startswith("zh")
    csv.writer(text).writerows([EXAMPLE_HEADER_ZH if is_chinese else EXAMPLE_HEADER_EN, *EXAMPLE_ROWS])
    response = HttpResponse(text.getvalue().encode("utf-8-sig"), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="orders-template.csv"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Permission.ORDER_IMPORT)
def import_file(request: MemberRequest, file_id: UUID) -> HttpResponse:
    """Say how to read one uploaded file: a saved mapping, or the columns one by one."""
    require_host(request)
    order_file = _file(file_id)
    header = FileLayout.from_json(order_file.layout).header
    saved = list(ImportMapping.objects.all())
    chosen, initial = _initial(request, order_file, saved)
    alliances = own_alliances(request)
    form = FileMappingForm(request.POST or None, header=header, alliances=alliances, initial=initial)
    if request.method == "POST" and (preview_id := _previewed(request, file_id, form)) is not None:
        return redirect("portal:import_preview", preview_id)
    context = {
        "order_file": order_file,
        "layout": order_file.layout,
        "form": form,
        "saved": saved,
        "chosen": chosen,
        "earlier": _earlier_imports(order_file),
    }
    return render(request, "campaigns/import_file.html", context, status=UNPROCESSABLE if form.errors else 200)


def _file(file_id: UUID) -> OrderFile:
    order_file = OrderFile.objects.filter(pk=file_id).first()
    if order_file is None:
        raise NotFoundError
    return order_file


def _earlier_imports(order_file: OrderFile) -> list[OrderImport]:
    """Imports of the very same bytes."""
    rows = OrderImport.objects.filter(order_file__sha256=order_file.sha256)
    return list(rows.select_related("order_file").order_by("-queued_at")[:3])


def _initial(
    request: MemberRequest, order_file: OrderFile, saved: list[ImportMapping]
) -> tuple[ImportMapping | None, dict[str, object]]:
    """What the form begins with: a preview's mapping to be changed, the saved one chosen or fitting, or a guess."""
    header = FileLayout.from_json(order_file.layout).header
    if preview := _row(ImportPreview, request.GET.get("preview")):
        return None, mapping_initial(preview.mapping) | {"alliance": str(preview.alliance_id)}
    wanted = request.GET.get("mapping", "")
    fitting = [row for row in saved if not Mapping.from_json(row.spec).missing_in(header)]
    chosen = next((row for row in saved if str(row.pk) == wanted), None if wanted else next(iter(fitting), None))
    if chosen is not None:
        return chosen, mapping_initial(chosen.spec)
    return None, guessed_mapping(order_file, zone=request.organization.time_zone)


def _row(model: type[ImportPreview], wanted: str | None) -> ImportPreview | None:
    try:
        return model.objects.filter(pk=UUID(wanted or "")).first()
    except ValueError:
        return None


def _previewed(request: MemberRequest, file_id: UUID, form: FileMappingForm) -> UUID | None:
    if not form.is_valid() or (mapping := form.mapping()) is None:
        return None
    try:
        return preview_import(
            actor=request.actor,
            file_id=file_id,
            alliance_id=UUID(form.cleaned_data["alliance"]),
            mapping=mapping,
            save_as=form.cleaned_data["save_as"],
            now=utc_now(),
        )
    except (NotFoundError, NotPermittedError):
        raise
    except DomainError as error:
        if error.field == "name":
            form.add_error("save_as", str(error))
        else:
            add_form_error(form, error)
        return None


@require_safe
@member_view(Permission.ORDER_IMPORT)
def import_preview(request: MemberRequest, preview_id: UUID) -> HttpResponse:
    """What the import would do. While the file is being read this asks again by itself."""
    require_host(request)
    preview = ImportPreview.objects.select_related("order_file", "alliance").filter(pk=preview_id).first()
    if preview is None:
        raise NotFoundError
    tally = Tally.from_json(preview.tally)
    context = {
        "preview": preview,
        "order_file": preview.order_file,
        "mapping": preview.mapping,
        "tally": tally,
        "unknown_codes": tally.partner_codes_unknown.most_common(SHOWN_CODES),
        "issues": tally.issues.most_common(),
        "order_import": OrderImport.objects.filter(preview=preview).first(),
    }
    part = "campaigns/preview_state.html" if request.headers.get("HX-Request") else "campaigns/import_preview.html"
    return render(request, part, context)


@require_POST
@member_view(Permission.ORDER_IMPORT)
def import_confirm(request: MemberRequest, preview_id: UUID) -> HttpResponse:
    """Import what the preview has shown."""
    require_host(request)
    try:
        import_id = confirm_import(actor=request.actor, preview_id=preview_id, now=utc_now())
    except (NotFoundError, NotPermittedError):
        raise
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("portal:import_preview", preview_id)
    messages.success(request, _("The import has begun. It goes on when you leave this page."))
    return redirect(reverse("portal:import", args=[import_id]))
