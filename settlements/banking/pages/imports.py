"""From a bank's file to statements: upload, say how to read a table, look at what would happen, confirm, watch."""

from itertools import islice
from typing import Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliance.kernel.clock import utc_now
from alliance.kernel.errors import DomainError, NotFoundError, NotPermittedError
from alliance.kernel.http.doors import member_view
from alliance.kernel.http.errors import add_form_error
from alliance.kernel.http.requests import MemberRequest
from alliance.kernel.http.uploads import was_too_large
from alliance.kernel.permissions import Permission
from alliance.kernel.spreadsheets.columns import suggest_columns
from alliance.kernel.spreadsheets.keeping import open_stored
from alliance.kernel.spreadsheets.layout import FileKind, FileLayout
from alliance.kernel.spreadsheets.problems import FileProblem, FileRefusedError
from alliance.kernel.spreadsheets.rows import file_rows
from partners.selectors import hosted_alliances
from settlements.banking.domain.findings import Findings
from settlements.banking.domain.tables import COLUMN_NAMES, COLUMNS, day_format_of
from settlements.banking.forms import BankUploadForm, TableReadingForm
from settlements.banking.models import BankFile, BankImport, BankStatement
from settlements.banking.services.confirm_bank_import import confirm_bank_import
from settlements.banking.services.preview_bank_import import preview_bank_import
from settlements.banking.services.upload_bank_file import upload_bank_file

UNPROCESSABLE: Final = 422
_SAMPLE_ROWS: Final = 200
_WORKBOOK_SAMPLE_BYTES: Final = 1 << 20  # a larger workbook would be read whole for a guess


def require_host(request: MemberRequest) -> None:
    """Partners have no such pages."""
    if not request.organization.is_host:
        raise NotFoundError


def own_alliances(request: MemberRequest) -> list[tuple[UUID, str]]:
    """The alliances that the organization hosts: (id, name)."""
    return [(a.id, a.name) for a in hosted_alliances() if a.host_id == request.organization.id]


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Permission.BANK_RECONCILE)
def bank_upload(request: MemberRequest) -> HttpResponse:
    """Choose a file."""
    require_host(request)
    alliances = own_alliances(request)
    form = BankUploadForm(alliances=alliances)
    if request.method == "POST":
        form = BankUploadForm(request.POST, request.FILES, alliances=alliances)
        if was_too_large(request):
            form.errors.clear()
            add_form_error(form, FileRefusedError(FileProblem.TOO_LARGE))
        elif form.is_valid() and (found := _uploaded(request, form)) is not None:
            return found
    context = {"form": form, "hosts_alliance": bool(alliances)}
    return render(request, "settlements/banking/upload.html", context, status=UNPROCESSABLE if form.errors else 200)


def _uploaded(request: MemberRequest, form: BankUploadForm) -> HttpResponse | None:
    """On to the preview of a CAMT.053, or to the question how to read a table."""
    content = form.cleaned_data["file"]
    alliance_id = UUID(form.cleaned_data["alliance"])
    try:
        file_id = upload_bank_file(
            actor=request.actor, alliance_id=alliance_id, name=content.name, content=content, now=utc_now()
        )
        if not BankFile.objects.get(pk=file_id).is_camt:
            return redirect("portal:bank_table", file_id)
        preview_id = preview_bank_import(actor=request.actor, file_id=file_id, now=utc_now())
    except (NotFoundError, NotPermittedError):
        raise
    except DomainError as error:
        add_form_error(form, error)
        return None
    return redirect("portal:bank_preview", preview_id)


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Permission.BANK_RECONCILE)
def bank_table(request: MemberRequest, bank_file_id: UUID) -> HttpResponse:
    """Say how to read one uploaded table."""
    require_host(request)
    bank_file = BankFile.objects.filter(pk=bank_file_id).first()
    if bank_file is None or bank_file.is_camt:
        raise NotFoundError
    header = bank_file.layout["header"]
    form = TableReadingForm(request.POST or None, header=header, initial=_guess(bank_file))
    if request.method == "POST" and form.is_valid():
        try:
            preview_id = preview_bank_import(
                actor=request.actor, file_id=bank_file.pk, reading=form.reading(), now=utc_now()
            )
        except (NotFoundError, NotPermittedError):
            raise
        except DomainError as error:
            add_form_error(form, error)
        else:
            return redirect("portal:bank_preview", preview_id)
    context = {"form": form, "bank_file": bank_file}
    return render(request, "settlements/banking/table.html", context, status=UNPROCESSABLE if form.errors else 200)


def _guess(bank_file: BankFile) -> dict[str, str]:
    """How a table of this account was read last when it has the same columns, else by its header and first rows."""
    header = bank_file.layout["header"]
    tables = BankImport.objects.filter(alliance_id=bank_file.alliance_id).exclude(mapping={})
    last = tables.order_by("-queued_at").values_list("mapping", flat=True).first()
    if last is not None and all(not last[role] or last[role] in header for role in COLUMNS):
        return dict(last)
    columns = suggest_columns(header, COLUMN_NAMES)
    if "amount" in columns and "direction" not in columns and {"money_out", "money_in"} & set(columns):
        del columns["amount"]
    days = _cells(bank_file, columns.get("booked_on", ""))
    own = {"number_own": last["number_own"], "currency": last["currency"]} if last is not None else {}
    return {**columns, "day_format": day_format_of(days), **own}


def _cells(bank_file: BankFile, column: str) -> list[str]:
    layout = FileLayout.from_json(bank_file.layout)
    is_large = layout.kind is FileKind.XLSX and bank_file.size_bytes > _WORKBOOK_SAMPLE_BYTES
    if column not in layout.header or is_large:
        return []
    place = layout.header.index(column)
    try:
        with open_stored(bank_file.stored_as) as file:
            rows = [cells for _number, cells in islice(file_rows(file, layout), _SAMPLE_ROWS)]
    except FileRefusedError:
        return []  # the preview says what is wrong
    return [cells[place] for cells in rows if place < len(cells)]


@require_safe
@member_view(Permission.BANK_RECONCILE)
def bank_preview(request: MemberRequest, bank_preview_id: UUID) -> HttpResponse:
    """What the import would do. While the file is being read this asks again by itself."""
    require_host(request)
    found = BankImport.objects.filter(preview__isnull=True).select_related("bank_file", "alliance")
    preview = found.filter(pk=bank_preview_id).first()
    if preview is None:
        raise NotFoundError
    context = {
        "preview": preview,
        "bank_file": preview.bank_file,
        "findings": Findings.from_json(preview.tally),
        "bank_import": BankImport.objects.filter(preview=preview).first(),
    }
    is_part = request.headers.get("HX-Request")
    part = "settlements/banking/preview_state.html" if is_part else "settlements/banking/preview.html"
    return render(request, part, context)


@require_POST
@member_view(Permission.BANK_RECONCILE)
def bank_confirm(request: MemberRequest, bank_preview_id: UUID) -> HttpResponse:
    """Import what the preview has shown."""
    require_host(request)
    try:
        import_id = confirm_bank_import(actor=request.actor, preview_id=bank_preview_id, now=utc_now())
    except (NotFoundError, NotPermittedError):
        raise
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("portal:bank_preview", bank_preview_id)
    messages.success(request, _("The import has begun. It goes on when you leave this page."))
    return redirect("portal:bank_import", import_id)


@require_safe
@member_view(Permission.BANK_RECONCILE)
def bank_import(request: MemberRequest, bank_import_id: UUID) -> HttpResponse:
    """One import: how far it is, and the statements that it brought. While it runs this asks again by itself."""
    require_host(request)
    found = BankImport.objects.filter(preview__isnull=False).select_related("bank_file", "alliance")
    row = found.filter(pk=bank_import_id).first()
    if row is None:
        raise NotFoundError
    context = {
        "bank_import": row,
        "bank_file": row.bank_file,
        "findings": Findings.from_json(row.tally),
        "statements": BankStatement.objects.filter(bank_import=row).order_by("starts_on", "id"),
    }
    is_part = request.headers.get("HX-Request")
    part = "settlements/banking/import_state.html" if is_part else "settlements/banking/import.html"
    return render(request, part, context)
