"""An item's pictures: taking one in, putting them in order, handing one out to whoever sees the item."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from alliance.kernel.clock import utc_now
from alliance.kernel.errors import NotFoundError
from alliance.kernel.files import private_picture_response
from alliance.kernel.http.doors import member_view
from alliance.kernel.http.requests import MemberRequest
from alliance.kernel.permissions import Permission
from partners.catalogue.domain.pictures import SMALL
from partners.catalogue.forms import DuplicateForm, PictureForm
from partners.catalogue.listing import own_items
from partners.catalogue.models import Item
from partners.catalogue.pages.item_page import item_page
from partners.catalogue.services.add_item_picture import add_item_picture
from partners.catalogue.services.arrange_item_pictures import arrange_item_pictures
from partners.catalogue.showing import picture_file
from partners.portal.submission import is_done, status_of

PICTURE_SECONDS = 3600


@require_safe
@member_view(Permission.ITEM_READ)
def item_picture(request: MemberRequest, item_id: UUID, sha256: str) -> HttpResponseBase:
    """A picture of an item, to whoever sees the item; `?size=small` for lists."""
    item = Item.objects.filter(pk=item_id).first()
    found = None if item is None else picture_file(item, sha256, is_small=request.GET.get("size") == SMALL)
    if found is None:
        raise NotFoundError
    return private_picture_response(found, max_age_seconds=PICTURE_SECONDS)


@require_POST
@member_view(Permission.ITEM_WRITE)
def item_picture_add(request: MemberRequest, item_id: UUID) -> HttpResponse:
    """Put a picture on an own item."""
    _own(item_id)
    form = PictureForm(request.POST, request.FILES)

    def add() -> None:
        content = form.cleaned_data["file"]
        add_item_picture(actor=request.actor, item_id=item_id, content=content, name=content.name, now=utc_now())

    if is_done(form, add):
        messages.success(request, _("The picture is saved."))
        return redirect("portal:item", item_id)
    page = item_page(item_id, actor=request.actor)
    context = {"page": page, "item": page.item, "duplicate": DuplicateForm(), "picture_form": form}
    return render(request, "catalogue/item.html", context, status=status_of(form))


@require_POST
@member_view(Permission.ITEM_WRITE)
def item_picture_arrange(request: MemberRequest, item_id: UUID) -> HttpResponse:
    """Make one picture the first (`first`), or take one off (`remove`)."""
    present = [picture.sha256 for picture in _own(item_id).shown_pictures]
    first, remove = request.POST.get("first", ""), request.POST.get("remove", "")
    order = [name for name in [*([first] if first in present else []), *present] if name != remove]
    arrange_item_pictures(actor=request.actor, item_id=item_id, order=order, now=utc_now())
    messages.success(request, _("The picture is removed.") if remove else _("The order is saved."))
    return redirect("portal:item", item_id)


def _own(item_id: UUID) -> Item:
    found = own_items().filter(pk=item_id).first()
    if found is None:
        raise NotFoundError
    return found
