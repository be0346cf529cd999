"""What partners offer: their published items that are shown to this organization."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from alliance.kernel.http.doors import member_view
from alliance.kernel.http.lists import is_capped, paged_long
from alliance.kernel.http.requests import MemberRequest
from alliance.kernel.permissions import Permission
from partners.catalogue.category_tree import CategoryTree
from partners.catalogue.forms import GalleryFilter
from partners.catalogue.listing import offered_items, offering_owners, searched
from partners.catalogue.pages.items import NEWEST_FIRST, filtered
from partners.catalogue.tables import GalleryTable


@require_safe
@member_view(Permission.ITEM_READ)
def items_offered(request: MemberRequest) -> HttpResponse:
    """The gallery: searched, filtered, by pages."""
    tree = CategoryTree.read()
    owners = offering_owners()
    form = GalleryFilter(request.GET, tree=tree, owners=list(owners.items()))
    rows = offered_items().select_related("category").order_by(NEWEST_FIRST)
    if text := form.value("q"):
        rows = searched(rows, text, owner_ids=owners)
    if owner := form.value("owner"):
        rows = rows.filter(organization_id=UUID(owner))
    table = paged_long(request, GalleryTable(filtered(rows, form, tree)))
    shown = list(table.page.object_list)
    for row in shown:
        row.record.owner_name = owners.get(row.record.organization_id, "")
    context = {
        "form": form,
        "table": table,
        "items": [row.record for row in shown],
        "is_capped": is_capped(table),
        "is_empty": not shown,
    }
    return render(request, "catalogue/gallery.html", context)
