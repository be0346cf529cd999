"""Saved mappings: the list, a new one, changing and deleting one."""

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
from alliance.kernel.http.lists import paged_long
from alliance.kernel.http.requests import MemberRequest
from alliance.kernel.permissions import Permission
from campaigns.forms import SavedMappingForm, mapping_initial
from campaigns.models import ImportMapping
from campaigns.pages.lists import require_host
from campaigns.services.delete_mapping import delete_mapping
from campaigns.services.save_mapping import save_mapping
from campaigns.tables import MappingTable

UNPROCESSABLE = 422


@require_safe
@member_view(Permission.ORDER_READ)
def mappings(request: MemberRequest) -> HttpResponse:
    """The saved mappings."""
    require_host(request)
    table = paged_long(request, MappingTable(ImportMapping.objects.all()))
    context = {
        "table": table,
        "is_empty": not table.page.object_list,
        "may_import": request.actor.can(Permission.ORDER_IMPORT),
    }
    return render(request, "campaigns/mappings.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Permission.ORDER_IMPORT)
def mapping_new(request: MemberRequest) -> HttpResponse:
    """Type the columns of a file that is yet to come."""
    require_host(request)
    initial = {
        "time_zone": request.organization.time_zone,
        "time_format": "%Y-%m-%d %H:%M:%S",
        "refund_prefixes": "C",
        "adjustment_prefixes": "A",
    }
    return _edit(request, None, SavedMappingForm(request.POST or None, initial=initial))


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Permission.ORDER_IMPORT)
def mapping_edit(request: MemberRequest, mapping_id: UUID) -> HttpResponse:
    """Change a saved mapping; imports made with it keep what they used."""
    require_host(request)
    row = ImportMapping.objects.filter(pk=mapping_id).first()
    if row is None:
        raise NotFoundError
    initial = mapping_initial(row.spec) | {"name": row.name}
    return _edit(request, row, SavedMappingForm(request.POST or None, initial=initial))


def _edit(request: MemberRequest, row: ImportMapping | None, form: SavedMappingForm) -> HttpResponse:
    if request.method == "POST" and _is_saved(request, row, form):
        messages.success(request, _("The mapping is saved."))
        return redirect("portal:import_mappings")
    context = {"form": form, "row": row}
    return render(request, "campaigns/mapping.html", context, status=UNPROCESSABLE if form.errors else 200)


def _is_saved(request: MemberRequest, row: ImportMapping | None, form: SavedMappingForm) -> bool:
    if not form.is_valid() or (mapping := form.mapping()) is None:
        return False
    try:
        save_mapping(
            actor=request.actor,
            mapping_id=row.pk if row else None,
            name=form.cleaned_data["name"],
            mapping=mapping,
            now=utc_now(),
        )
    except (NotFoundError, NotPermittedError):
        raise
    except DomainError as error:
        add_form_error(form, error)
        return False
    return True


@require_POST
@member_view(Permission.ORDER_IMPORT)
def mapping_delete(request: MemberRequest, mapping_id: UUID) -> HttpResponse:
    """Forget a mapping."""
    require_host(request)
    name = delete_mapping(actor=request.actor, mapping_id=mapping_id, now=utc_now())
    messages.success(request, _("The mapping %(name)s is deleted.") % {"name": name})
    return redirect("portal:import_mappings")
