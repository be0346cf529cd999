"""Operations of the API on feeds."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from alliance.kernel.http.api import OrganizationAPIView, own
from alliance.kernel.http.pagination import TimeOrderedPagination
from alliance.kernel.http.serializers import NoParameters
from alliance.kernel.permissions import Permission
from partners.catalogue.feeds.api_shapes import ItemFeedFetchShape, ItemFeedInput, ItemFeedPatch, ItemFeedShape
from partners.catalogue.feeds.models import ItemFeed, ItemFeedFetch
from partners.catalogue.feeds.services.add_feed import WantedFeed, add_feed
from partners.catalogue.feeds.services.change_feed import FeedChange, change_feed
from partners.catalogue.feeds.services.queue_feed_fetch import queue_feed_fetch
from partners.catalogue.feeds.services.remove_feed import remove_feed

_FEED = OpenApiExample(
    "A file that is fetched every six hours",
    request_only=True,
    value={"name": "Shop export", "url": "https://shop.example/items.csv", "every_hours": 6},
)
_MAPPING = OpenApiExample(
    "How to read the file",
    request_only=True,
    value={
        "mapping": {
            "columns": {"code": "SKU", "title_zh": "商品名称", "price": "售价", "stock": "库存"},
            "default_kind": "physical_good",
            "default_currency": "CNY",
            "new_status": "published",
            "reach": "alliances",
            "archive_missing": True,
        }
    },
)


class ItemFeedsView(OrganizationAPIView):
    """The caller's feeds of items."""

    required_permissions = {"GET": Permission.ITEM_READ, "POST": Permission.ITEM_WRITE}
    pagination_class = TimeOrderedPagination

    @extend_schema(operation_id="list_item_feeds", tags=["items"], responses=ItemFeedShape(many=True))
    def get(self, request: Request) -> Response:
        """Feeds, newest first."""
        self.query(NoParameters)
        return self.page(_feeds(), ItemFeedShape)

    @extend_schema(
        operation_id="add_item_feed",
        tags=["items"],
        request=ItemFeedInput,
        responses={201: ItemFeedShape},
        examples=[_FEED],
    )
    def post(self, request: Request) -> Response:
        """Add a feed; its file is fetched at once. Give it a mapping, then it is imported whenever it has changed."""
        feed_id = add_feed(actor=self.actor, wanted=WantedFeed(**self.body(ItemFeedInput)), now=self.now)
        location = reverse("api:item_feed", args=[feed_id], request=request)
        return Response(_shape(feed_id), status=status.HTTP_201_CREATED, headers={"Location": location})


class ItemFeedView(OrganizationAPIView):
    """One feed."""

    required_permissions = {
        "GET": Permission.ITEM_READ,
        "PATCH": Permission.ITEM_WRITE,
        "DELETE": Permission.ITEM_WRITE,
    }

    @extend_schema(operation_id="get_item_feed", tags=["items"], responses=ItemFeedShape)
    def get(self, request: Request, item_feed_id: UUID) -> Response:
        """One feed, and how it fares."""
        self.query(NoParameters)
        return Response(_shape(item_feed_id))

    @extend_schema(
        operation_id="change_item_feed",
        tags=["items"],
        request=ItemFeedPatch,
        responses=ItemFeedShape,
        examples=[_MAPPING],
    )
    def patch(self, request: Request, item_feed_id: UUID) -> Response:
        """Change a feed, say how to read its file, pause or resume it."""
        given = self.body(ItemFeedPatch)
        mapping = given.pop("mapping", {}).get("mapping")
        change = FeedChange(**given, mapping=mapping)
        change_feed(actor=self.actor, feed_id=item_feed_id, change=change, now=self.now)
        return Response(_shape(item_feed_id))

    @extend_schema(operation_id="remove_item_feed", tags=["items"], request=None, responses={204: None})
    def delete(self, request: Request, item_feed_id: UUID) -> Response:
        """Remove a feed; the items it brought stay as they are."""
        remove_feed(actor=self.actor, feed_id=item_feed_id, now=self.now)
        return Response(status=status.HTTP_204_NO_CONTENT)


class ItemFeedFetchesView(OrganizationAPIView):
    """The fetches of one feed."""

    required_permissions = {"GET": Permission.ITEM_READ, "POST": Permission.ITEM_WRITE}
    pagination_class = TimeOrderedPagination

    @extend_schema(operation_id="list_item_feed_fetches", tags=["items"], responses=ItemFeedFetchShape(many=True))
    def get(self, request: Request, item_feed_id: UUID) -> Response:
        """The log of a feed, newest first."""
        self.query(NoParameters)
        feed = own(_feeds(), item_feed_id)
        return self.page(ItemFeedFetch.objects.filter(feed=feed), ItemFeedFetchShape)

    @extend_schema(operation_id="fetch_item_feed", tags=["items"], request=None, responses={202: ItemFeedShape})
    def post(self, request: Request, item_feed_id: UUID) -> Response:
        """Fetch now, even if the file is the same or much smaller than before; follow it in the log."""
        queue_feed_fetch(actor=self.actor, feed_id=item_feed_id, is_forced=True, now=self.now)
        return Response(_shape(item_feed_id), status=status.HTTP_202_ACCEPTED)


def _feeds() -> QuerySet[ItemFeed]:
    return ItemFeed.objects.filter(removed_at=None)


def _shape(item_feed_id: UUID) -> dict[str, Any]:
    return dict(ItemFeedShape(own(_feeds(), item_feed_id)).data)
