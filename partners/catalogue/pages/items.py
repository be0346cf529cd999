"""The organization's own items: the list, one of them, writing, putting away."""

from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliance.kernel.clock import utc_now
from alliance.kernel.errors import DomainError, NotFoundError, NotPermittedError
from alliance.kernel.http.doors import member_view
from alliance.kernel.http.lists import is_capped, paged_long
from alliance.kernel.http.requests import MemberRequest
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import require_organization_id
from partners.catalogue.category_tree import CategoryTree
from partners.catalogue.domain.items import ItemStatus
from partners.catalogue.forms import (
    NOT_ARCHIVED,
    DuplicateForm,
    GalleryFilter,
    ItemFilter,
    ItemForm,
    PictureForm,
    item_initial,
)
from partners.catalogue.listing import available_now, own_items, searched
from partners.catalogue.models import Item
from partners.catalogue.pages.item_page import item_page
from partners.catalogue.services.change_item import ItemChange, change_item
from partners.catalogue.services.create_item import create_item
from partners.catalogue.services.duplicate_item import duplicate_item
from partners.catalogue.tables import ItemTable
from partners.portal.submission import is_done, status_of
from partners.selectors import hosted_alliances

NEWEST_FIRST = "-id"


@require_safe
@member_view(Permission.ITEM_READ)
def items(request: MemberRequest) -> HttpResponse:
    """The own items: searched, filtered, sorted, by pages."""
    tree = CategoryTree.read()
    form = ItemFilter(request.GET, tree=tree)
    rows = own_items().order_by(NEWEST_FIRST)
    if text := form.value("q"):
        rows = searched(rows, text, owner_ids=[require_organization_id()])
    if import_id := form.value("imported"):
        rows = rows.filter(item_import_id=import_id)
    status = form.value("status")
    rows = rows.exclude(status=ItemStatus.ARCHIVED) if status in {None, NOT_ARCHIVED} else rows.filter(status=status)
    table = paged_long(request, ItemTable(filtered(rows, form, tree)))
    context = {
        "form": form,
        "table": table,
        "is_capped": is_capped(table),
        "is_empty": not table.page.object_list,
        "may_write": request.actor.can(Permission.ITEM_WRITE),
    }
    return render(request, "catalogue/items.html", context)


def filtered(rows: QuerySet[Item], form: ItemFilter | GalleryFilter, tree: CategoryTree) -> QuerySet[Item]:
    """By kind, category with all below it, and availability."""
    if kind := form.value("kind"):
        rows = rows.filter(kind=kind)
    if key := form.value("category"):
        rows = rows.filter(category_id__in=tree.under_key(key))
    if availability := form.value("availability"):
        rows = rows.filter(available_now()) if availability == "now" else rows.exclude(available_now())
    return rows


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Permission.ITEM_WRITE)
def item_new(request: MemberRequest) -> HttpResponse:
    """Write a new item; kept as a draft, or published at once."""
    form = _form(request, {})
    created: list[UUID] = []
    status = _wanted_status(request) or ItemStatus.DRAFT

    def create() -> None:
        visibility = form.chosen_visibility()
        assert visibility is not None
        item_id = create_item(
            actor=request.actor, draft=form.draft(), visibility=visibility, status=status, now=utc_now()
        )
        created.append(item_id)

    if request.method == "POST" and is_done(form, create):
        is_published = status is ItemStatus.PUBLISHED
        messages.success(request, _("The item is published.") if is_published else _("The draft is saved."))
        return redirect("portal:item", created[0])
    return render(request, "catalogue/item_edit.html", {"form": form, "item": None}, status=status_of(form))


@require_safe
@member_view(Permission.ITEM_READ)
def item(request: MemberRequest, item_id: UUID) -> HttpResponse:
    """One item: the owner's view with what partners see, or a partner's view."""
    page = item_page(item_id, actor=request.actor)
    return render(
        request,
        "catalogue/item.html",
        {"page": page, "item": page.item, "duplicate": DuplicateForm(), "picture_form": PictureForm()},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Permission.ITEM_WRITE)
def item_edit(request: MemberRequest, item_id: UUID) -> HttpResponse:
    """Change an own item. Somebody else's change meanwhile is not overwritten."""
    found = _own(item_id)
    initial = item_initial(found.draft(), found.visibility.said(), request.organization.time_zone)
    form = _form(request, initial, is_new=False)
    version = _version(request) or found.version

    def change() -> None:
        wanted = ItemChange(draft=form.draft(), visibility=form.chosen_visibility(), status=_wanted_status(request))
        change_item(actor=request.actor, item_id=item_id, change=wanted, version=version, now=utc_now())

    if request.method == "POST" and is_done(form, change):
        messages.success(request, _("The item is saved."))
        return redirect("portal:item", item_id)
    context = {"form": form, "item": found, "version": version}
    return render(request, "catalogue/item_edit.html", context, status=status_of(form))


@require_POST
@member_view(Permission.ITEM_WRITE)
def item_status(request: MemberRequest, item_id: UUID) -> HttpResponse:
    """Publish, take back, put away or take out again."""
    status = _wanted_status(request)
    _own(item_id)
    try:
        change = ItemChange(status=status)
        change_item(actor=request.actor, item_id=item_id, change=change, version=None, now=utc_now())
    except (NotFoundError, NotPermittedError):
        raise
    except DomainError as error:
        messages.error(request, " ".join(str(refusal.sentence) for refusal in error.refusals) or str(error))
        return redirect("portal:item", item_id)
    sentences = {
        ItemStatus.PUBLISHED: _("The item is published."),
        ItemStatus.DRAFT: _("The item is a draft. Nobody else sees it."),
        ItemStatus.ARCHIVED: _("The item is archived. Nobody else sees it."),
    }
    if status is not None:
        messages.success(request, sentences[status])
    return redirect("portal:item", item_id)


@require_POST
@member_view(Permission.ITEM_WRITE)
def item_duplicate(request: MemberRequest, item_id: UUID) -> HttpResponse:
    """Begin a new item with what this one says."""
    _own(item_id)
    form = DuplicateForm(request.POST)
    copies: list[UUID] = []
    if is_done(
        form,
        lambda: copies.append(
            duplicate_item(actor=request.actor, item_id=item_id, code=form.cleaned_data["code"], now=utc_now())
        ),
    ):
        messages.success(request, _("This is the copy, a draft. Change what is different about it."))
        return redirect("portal:item_edit", copies[0])
    page = item_page(item_id, actor=request.actor)
    context = {"page": page, "item": page.item, "duplicate": form, "picture_form": PictureForm()}
    return render(request, "catalogue/item.html", context, status=status_of(form))


def own_alliances() -> list[tuple[UUID, str]]:
    """The alliances that the organization is in: (id, name)."""
    return [(alliance.id, alliance.name) for alliance in hosted_alliances()]


def _form(request: MemberRequest, initial: dict[str, object], *, is_new: bool = True) -> ItemForm:
    return ItemForm(
        request.POST or None,
        initial=initial,
        tree=CategoryTree.read(),
        alliances=own_alliances(),
        zone=request.organization.time_zone,
        is_new=is_new,
    )


def _own(item_id: UUID) -> Item:
    found = own_items().select_related("category", "visibility").filter(pk=item_id).first()
    if found is None:
        raise NotFoundError
    return found


def _wanted_status(request: MemberRequest) -> ItemStatus | None:
    wanted = request.POST.get("status", "")
    return ItemStatus(wanted) if wanted in set(ItemStatus) else None


def _version(request: MemberRequest) -> int | None:
    given = request.POST.get("version", "")
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 10 else None  # noqa: PLR2004
