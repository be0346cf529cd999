"""Operations of the API on the pictures of items."""

from typing import ClassVar
from uuid import UUID

from django.http import FileResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import status
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from alliance.kernel.errors import NotFoundError
from alliance.kernel.files import private_file_response
from alliance.kernel.http.api import AnyFormat, OrganizationAPIView, own
from alliance.kernel.permissions import Permission
from partners.catalogue.api_shapes import ItemShape, PictureInput, PictureOrderInput, PictureSize
from partners.catalogue.domain.pictures import SMALL
from partners.catalogue.listing import own_items
from partners.catalogue.models import Item
from partners.catalogue.services.add_item_picture import add_item_picture
from partners.catalogue.services.arrange_item_pictures import arrange_item_pictures
from partners.catalogue.showing import picture_file

ANY_PICTURE = (200, "image/*")
_ORDER = OpenApiExample(
    "The second one first, the others removed",
    request_only=True,
    value={"ids": ["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"]},
)


class ItemPicturesView(OrganizationAPIView):
    """The pictures of an own item."""

    required_permissions: ClassVar = {"POST": Permission.ITEM_WRITE, "PUT": Permission.ITEM_WRITE}
    parser_classes = (MultiPartParser, JSONParser)

    @extend_schema(
        operation_id="add_item_picture",
        tags=["items"],
        request={"multipart/form-data": PictureInput},
        responses={201: ItemShape},
    )
    def post(self, request: Request, item_id: UUID) -> Response:
        """Put a picture behind the others; eight at most. Its bytes decide what it is, and it is drawn anew."""
        own(own_items(), item_id)
        file = self.body(PictureInput)["file"]
        add_item_picture(actor=self.actor, item_id=item_id, content=file, name=str(file.name), now=self.now)
        return Response(_shape(request, item_id), status=status.HTTP_201_CREATED)

    @extend_schema(
        operation_id="arrange_item_pictures",
        tags=["items"],
        request={"application/json": PictureOrderInput},
        responses=ItemShape,
        examples=[_ORDER],
    )
    def put(self, request: Request, item_id: UUID) -> Response:
        """Say which pictures stay, in which order; the others are deleted."""
        own(own_items(), item_id)
        order = self.body(PictureOrderInput)["ids"]
        arrange_item_pictures(actor=self.actor, item_id=item_id, order=order, now=self.now)
        return Response(_shape(request, item_id))


class ItemPictureView(OrganizationAPIView):
    """One picture."""

    required_permissions: ClassVar = {"GET": Permission.ITEM_READ}
    content_negotiation_class = AnyFormat

    @extend_schema(
        operation_id="download_item_picture",
        tags=["items"],
        parameters=[PictureSize],
        responses={ANY_PICTURE: OpenApiTypes.BINARY},
    )
    def get(self, request: Request, item_id: UUID, sha256: str) -> FileResponse:
        """The picture's file, to whoever sees the item."""
        size = self.query(PictureSize)["size"]
        found = picture_file(own(Item.objects.all(), item_id), sha256, is_small=size == SMALL)
        if found is None:
            raise NotFoundError
        return private_file_response(found)


def _shape(request: Request, item_id: UUID) -> dict[str, object]:
    item = own(own_items().select_related("category", "visibility"), item_id)
    return dict(ItemShape(item, context={"request": request}).data)
