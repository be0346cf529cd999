"""Operations of the API on the catalogue."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from alliance.kernel.errors import DomainError
from alliance.kernel.http.api import OrganizationAPIView, own
from alliance.kernel.http.pagination import LONGEST_NUMBER, TimeOrderedPagination
from alliance.kernel.http.problems import field_problems
from alliance.kernel.http.serializers import NoParameters
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import require_organization_id
from partners.catalogue.api_examples import BATCH, BATCH_RESULT, ITEM, PATCH
from partners.catalogue.api_shapes import (
    BatchBody,
    BatchInput,
    BatchItemInput,
    BatchShape,
    ItemCategoryShape,
    ItemFilters,
    ItemInput,
    ItemPatch,
    ItemShape,
)
from partners.catalogue.category_tree import CategoryTree
from partners.catalogue.domain.items import ItemStatus, draft_of
from partners.catalogue.domain.upserting import Outcome
from partners.catalogue.domain.visibility import PRIVATE, Reach, Visibility
from partners.catalogue.listing import available_now, offered_items, offering_owners, own_items, searched
from partners.catalogue.models import Item, ItemCategory
from partners.catalogue.services.change_item import ItemChange, change_item
from partners.catalogue.services.check_item import field_refusals
from partners.catalogue.services.create_item import create_item
from partners.catalogue.services.send_items import OneSent, send_items

_IF_MATCH = OpenApiParameter(
    "If-Match",
    str,
    OpenApiParameter.HEADER,
    description="The `ETag` of the item as it was read: its version in quotes.",
)


class VersionNotGivenError(DomainError):
    """A change without the version it is based on would overwrite what the caller has not seen."""

    code = "version_required"
    status = 428
    sentence = _("Say which version you have read: in `If-Match`, as the `ETag` of your last reading, or as `version`.")


class VersionMalformedError(DomainError):
    """`If-Match` is no ETag of ours."""

    code = "version_malformed"
    status = 400
    sentence = _("`If-Match` holds the ETag of an item: its version in quotes.")


class ItemsView(OrganizationAPIView):
    """Items of the caller, and those that others offer to it."""

    required_permissions = {"GET": Permission.ITEM_READ, "POST": Permission.ITEM_WRITE}
    pagination_class = TimeOrderedPagination

    @extend_schema(operation_id="list_items", tags=["items"], parameters=[ItemFilters], responses=ItemShape(many=True))
    def get(self, request: Request) -> Response:
        """Items, newest first."""
        return self.page(_found(self.query(ItemFilters)), ItemShape)

    @extend_schema(
        operation_id="create_item", tags=["items"], request=ItemInput, responses={201: ItemShape}, examples=[ITEM]
    )
    def post(self, request: Request) -> Response:
        """Create an item. 409 `item_code_taken` when its code is in use; the batch changes such an item instead."""
        given = self.body(ItemInput)
        wanted, visibility = ItemStatus(given.pop("status")), _visibility(given.pop("visibility", None))
        item_id = create_item(
            actor=self.actor, draft=draft_of(given), visibility=visibility or PRIVATE, status=wanted, now=self.now
        )
        response = _item_response(request, item_id, code=status.HTTP_201_CREATED)
        response["Location"] = reverse("api:item", args=[item_id], request=request)
        return response


class ItemView(OrganizationAPIView):
    """One item."""

    required_permissions = {"GET": Permission.ITEM_READ, "PATCH": Permission.ITEM_WRITE}

    @extend_schema(operation_id="get_item", tags=["items"], responses=ItemShape)
    def get(self, request: Request, item_id: UUID) -> Response:
        """One item, with its version in the ETag when it is the caller's."""
        self.query(NoParameters)
        return _item_response(request, item_id)

    @extend_schema(
        operation_id="change_item",
        tags=["items"],
        parameters=[_IF_MATCH],
        request=ItemPatch,
        responses=ItemShape,
        examples=[PATCH],
    )
    def patch(self, request: Request, item_id: UUID) -> Response:
        """Change some fields of an own item. 412 `item_version_differs` when it is no longer the version that was read."""
        item = own(own_items().select_related("category"), item_id)
        serializer = ItemPatch(data=request.data, partial=True)
        serializer.is_valid(raise_exception=True)
        given = dict(serializer.validated_data)
        version = _version(request, given.pop("version", None))
        wanted, visibility = given.pop("status", None), _visibility(given.pop("visibility", None))
        change = ItemChange(
            draft=draft_of(asdict(item.draft()) | given) if given else None,
            visibility=visibility,
            status=ItemStatus(wanted) if wanted else None,
        )
        change_item(actor=self.actor, item_id=item_id, change=change, version=version, now=self.now)
        return _item_response(request, item_id)


class ItemArchiveView(OrganizationAPIView):
    """Putting an item away."""

    required_permissions = {"POST": Permission.ITEM_WRITE}

    @extend_schema(operation_id="archive_item", tags=["items"], request=None, responses=ItemShape)
    def post(self, request: Request, item_id: UUID) -> Response:
        """Archive an own item: nobody else sees it any more. Archiving it again changes nothing."""
        change = ItemChange(status=ItemStatus.ARCHIVED)
        change_item(actor=self.actor, item_id=item_id, change=change, version=None, now=self.now)
        return _item_response(request, item_id)


class ItemBatchView(OrganizationAPIView):
    """Many items at once."""

    required_permissions = {"POST": Permission.ITEM_WRITE}

    @extend_schema(
        operation_id="send_items",
        tags=["items"],
        request=BatchBody,
        responses=BatchShape,
        examples=[BATCH, BATCH_RESULT],
    )
    def post(self, request: Request) -> Response:
        """Create or change up to 500 items by their codes. Each is taken or refused on its own; sending again is harmless.

        An item is sent whole: what is left out is emptied, but for status and visibility, which stay.
        """
        sent = self.body(BatchInput)["items"]
        checked = [BatchItemInput(data=one) for one in sent]
        good = {index: _one_sent(one.validated_data) for index, one in enumerate(checked) if one.is_valid()}
        done = dict(zip(good, send_items(actor=self.actor, items=list(good.values()), now=self.now), strict=True))
        results = []
        for index, one in enumerate(checked):
            if (row := done.get(index)) is not None:
                errors = [
                    {"field": r.field, "code": r.code, "detail": str(r.sentence)} for r in field_refusals(row.issues)
                ]
                results.append(asdict(row) | {"errors": errors})
            else:
                errors = [asdict(problem) for problem in field_problems(one.errors)]
                code = str(sent[index].get("code", ""))
                results.append({"code": code, "outcome": Outcome.REFUSED, "id": None, "version": 0, "errors": errors})
        return Response(BatchShape({"results": results}).data)


class ItemCategoriesView(OrganizationAPIView):
    """The tree of categories."""

    required_permissions = {"GET": Permission.ITEM_READ}

    @extend_schema(operation_id="list_item_categories", tags=["items"], responses=ItemCategoryShape(many=True))
    def get(self, request: Request) -> Response:
        """Every category of the installation, in the order of the tree; not paged."""
        self.query(NoParameters)
        return Response(ItemCategoryShape(ItemCategory.objects.select_related("parent"), many=True).data)


def _found(filters: dict[str, Any]) -> QuerySet[Item]:
    """The items that the filters leave, by indexed columns."""
    is_own = filters.pop("relation") == "own"
    rows = own_items() if is_own else offered_items()
    if (key := filters.pop("category", None)) is not None:
        rows = rows.filter(category_id__in=_under(key))
    if (is_available := filters.pop("is_available")) is not None:
        rows = rows.filter(available_now()) if is_available else rows.exclude(available_now())
    if (since := filters.pop("updated_from", None)) is not None:
        rows = rows.filter(updated_at__gte=since)
    if (owner_id := filters.pop("owner_id", None)) is not None:
        rows = rows.filter(organization_id=owner_id)
    if (text := filters.pop("q", None)) is not None:
        rows = searched(rows, text, owner_ids=[require_organization_id()] if is_own else offering_owners())
    return rows.filter(**filters).select_related("category", "visibility")


def _under(key: str) -> list[UUID]:
    return CategoryTree.read().under_key(key)


def _visibility(given: Mapping[str, Any] | None) -> Visibility | None:
    return None if given is None else Visibility(Reach(given["reach"]), tuple(given.get("alliance_ids", ()))).tidy()


def _one_sent(given: Mapping[str, Any]) -> OneSent:
    values = dict(given)
    wanted, visibility = values.pop("status", None), _visibility(values.pop("visibility", None))
    return OneSent(draft=draft_of(values), status=ItemStatus(wanted) if wanted else None, visibility=visibility)


def _version(request: Request, in_body: int | None) -> int:
    """The version that the change is based on; raises `VersionNotGivenError`, `VersionMalformedError`."""
    header = request.headers.get("If-Match")
    if header is None:
        if in_body is None:
            raise VersionNotGivenError(field="version")
        return in_body
    text = header.strip().removeprefix("W/").strip('"')
    if not (text.isascii() and text.isdecimal() and len(text) < LONGEST_NUMBER):
        raise VersionMalformedError
    return int(text)


def _item_response(request: Request, item_id: UUID, *, code: int = status.HTTP_200_OK) -> Response:
    item = own(Item.objects.select_related("category", "visibility"), item_id)
    shown = ItemShape(item, context={"request": request}).data
    headers = {"ETag": f'"{item.version}"'} if shown["version"] is not None else {}
    return Response(shown, status=code, headers=headers)
