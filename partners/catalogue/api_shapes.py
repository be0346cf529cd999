"""What the API shows of the catalogue, and what it takes."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.reverse import reverse

from alliance.kernel.http.serializers import InstantField, StrictSerializer
from partners.catalogue.domain import items as limits
from partners.catalogue.domain.pictures import LARGE, MOST_PICTURES, SMALL, Picture
from partners.catalogue.domain.upserting import Outcome
from partners.catalogue.sentences import KIND_CHOICES, LEVEL_CHOICES, NEW_STATUS_CHOICES, REACH_CHOICES, STATUS_CHOICES
from partners.catalogue.services.send_items import MOST

_IMAGES = "https addresses, the first one is shown in lists."
_ATTRIBUTES = "An object of texts, numbers, true and false."
_OUTCOMES = tuple((outcome.value, outcome.value) for outcome in Outcome)
MOST_ALLIANCES = 20


class VisibilityShape(serializers.Serializer[Any]):
    """Who sees the item once it is published. No alliance named: all that the owner is in, also later."""

    reach = serializers.ChoiceField(choices=REACH_CHOICES)
    alliance_ids = serializers.ListField(child=serializers.UUIDField())


class PictureShape(serializers.Serializer[Any]):
    """One uploaded picture. Both addresses want the caller's key; sizes are of the large one, in pixels."""

    id = serializers.CharField(source="sha256", help_text="The content hash.")
    width = serializers.IntegerField()
    height = serializers.IntegerField()
    url = serializers.SerializerMethodField()
    small_url = serializers.SerializerMethodField(help_text="At most 480 pixels wide and high.")

    def get_url(self, picture: Picture) -> str:
        """Where the large one is."""
        names = [self.context["item_id"], picture.sha256]
        return str(reverse("api:item_picture", args=names, request=self.context["request"]))

    def get_small_url(self, picture: Picture) -> str:
        """Where the small one is."""
        return f"{self.get_url(picture)}?size={SMALL}"


class ItemShape(serializers.Serializer[Any]):
    """One item. `visibility` and `version` are told to its owner only."""

    id = serializers.UUIDField()
    owner_id = serializers.UUIDField(source="organization_id")
    code = serializers.CharField()
    kind = serializers.ChoiceField(choices=KIND_CHOICES)
    status = serializers.ChoiceField(choices=STATUS_CHOICES)
    title_zh = serializers.CharField()
    title_en = serializers.CharField()
    description_zh = serializers.CharField()
    description_en = serializers.CharField()
    category = serializers.CharField(source="category.key", default="", help_text="The key of a category, or empty.")
    tags = serializers.ListField(child=serializers.CharField())
    price_minor = serializers.IntegerField(allow_null=True, help_text="In the currency's minor unit.")
    currency = serializers.CharField()
    image_urls = serializers.ListField(child=serializers.CharField(), help_text=_IMAGES)
    pictures = serializers.SerializerMethodField(help_text="Uploaded ones, the first one is shown in lists.")
    page_url = serializers.CharField()
    available_from = serializers.DateTimeField(allow_null=True)
    available_until = serializers.DateTimeField(allow_null=True, help_text="Exclusive.")
    stock = serializers.IntegerField(allow_null=True, help_text="Null: unlimited.")
    level = serializers.ChoiceField(choices=LEVEL_CHOICES, allow_blank=True)
    duration_minutes = serializers.IntegerField(allow_null=True)
    brand = serializers.CharField(help_text="The instructor or the brand.")
    minimum_age = serializers.IntegerField(allow_null=True)
    licence = serializers.CharField()
    disclosure_zh = serializers.CharField()
    disclosure_en = serializers.CharField()
    attributes = serializers.DictField(help_text=_ATTRIBUTES)
    visibility = VisibilityShape(allow_null=True)
    version = serializers.IntegerField(allow_null=True, help_text="Counts changes; also in the ETag.")
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()

    @extend_schema_field(PictureShape(many=True))
    def get_pictures(self, instance: Any) -> list[dict[str, Any]]:
        """The pictures with their addresses."""
        return list(
            PictureShape(instance.shown_pictures, many=True, context={**self.context, "item_id": instance.pk}).data
        )

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """The item, without what is its owner's alone when somebody else asks."""
        shown: dict[str, Any] = super().to_representation(instance)
        if instance.organization_id != self.context["request"].auth.organization_id:
            shown |= {"visibility": None, "version": None}
        return shown


class ItemCategoryShape(serializers.Serializer[Any]):
    """One category of the installation's tree."""

    key = serializers.CharField()
    parent_key = serializers.CharField(source="parent.key", default="", help_text="The key of the one above, or empty.")
    name_zh = serializers.CharField()
    name_en = serializers.CharField()


class VisibilityInput(StrictSerializer):
    """Who sees the item once it is published. Leave `alliance_ids` out for all alliances."""

    reach = serializers.ChoiceField(choices=REACH_CHOICES)
    alliance_ids = serializers.ListField(child=serializers.UUIDField(), max_length=MOST_ALLIANCES, default=list)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """The reach is needed in a change too, where no other field is."""
        if "reach" not in attrs:
            sentence = self.fields["reach"].error_messages["required"]
            raise serializers.ValidationError({"reach": [sentence]}, code="required")
        return attrs


def _text(most: int, help_text: str = "") -> serializers.CharField:
    return serializers.CharField(max_length=most, allow_blank=True, default="", help_text=help_text)


def _number(most: int, help_text: str = "") -> serializers.IntegerField:
    return serializers.IntegerField(min_value=0, max_value=most, allow_null=True, default=None, help_text=help_text)


class ItemFields(StrictSerializer):
    """What an item says, all but its code. What is left out is empty."""

    kind = serializers.ChoiceField(choices=KIND_CHOICES)
    title_zh = _text(limits.MAX_TITLE)
    title_en = _text(limits.MAX_TITLE)
    description_zh = _text(limits.MAX_DESCRIPTION)
    description_en = _text(limits.MAX_DESCRIPTION)
    category = _text(60, "The key of a category, such as `fitness.strength`.")
    tags = serializers.ListField(
        child=serializers.CharField(max_length=limits.MAX_TAG), max_length=limits.MAX_TAGS, default=list
    )
    price_minor = _number(limits.MAX_PRICE, "In the currency's minor unit. Null for no price.")
    currency = serializers.CharField(max_length=3, allow_blank=True, default="", help_text="ISO 4217.")
    image_urls = serializers.ListField(
        child=serializers.CharField(max_length=limits.MAX_URL),
        max_length=limits.MAX_IMAGES,
        default=list,
        help_text=_IMAGES,
    )
    page_url = _text(limits.MAX_URL, "An https address.")
    available_from = InstantField(allow_null=True, default=None)
    available_until = InstantField(allow_null=True, default=None, help_text="Exclusive.")
    stock = _number(limits.MAX_STOCK, "Null: unlimited.")
    level = serializers.ChoiceField(choices=LEVEL_CHOICES, allow_blank=True, default="")
    duration_minutes = _number(limits.MAX_DURATION)
    brand = _text(limits.MAX_BRAND, "The instructor or the brand.")
    minimum_age = _number(limits.MAX_AGE)
    licence = _text(limits.MAX_LICENCE)
    disclosure_zh = _text(limits.MAX_DISCLOSURE)
    disclosure_en = _text(limits.MAX_DISCLOSURE, "Financial products and medicine need one to be published.")
    attributes = serializers.DictField(default=dict, help_text=_ATTRIBUTES)


class ItemInput(ItemFields):
    """A new item. A private draft unless said otherwise."""

    code = serializers.CharField(max_length=limits.MAX_CODE, help_text="Your own; it names the item for good.")
    status = serializers.ChoiceField(choices=NEW_STATUS_CHOICES, default="draft")
    visibility = VisibilityInput(required=False)


class ItemPatch(ItemFields):
    """Fields that change; what is left out stays. Give the version you have read here, or in `If-Match`."""

    version = serializers.IntegerField(required=False, min_value=1)
    status = serializers.ChoiceField(choices=STATUS_CHOICES, required=False)
    visibility = VisibilityInput(required=False)


class BatchItemInput(ItemFields):
    """One item of a batch, whole: what is left out is emptied, but status and visibility stay when they are left out."""

    code = serializers.CharField(max_length=limits.MAX_CODE)
    status = serializers.ChoiceField(choices=STATUS_CHOICES, required=False)
    visibility = VisibilityInput(required=False)


class BatchInput(StrictSerializer):
    """Items to be created or changed by their codes."""

    items = serializers.ListField(child=serializers.DictField(), min_length=1, max_length=MOST)


class BatchBody(serializers.Serializer[Any]):
    """As the reference shows it: each item is checked on its own, so that a wrong one does not keep the others out."""

    items = BatchItemInput(many=True)


class FieldProblemShape(serializers.Serializer[Any]):
    """What is wrong with one field."""

    field = serializers.CharField()
    code = serializers.CharField()
    detail = serializers.CharField()


class BatchResultShape(serializers.Serializer[Any]):
    """What became of one item, in the order in which they were sent."""

    code = serializers.CharField()
    outcome = serializers.ChoiceField(choices=_OUTCOMES)
    id = serializers.UUIDField(allow_null=True)
    version = serializers.IntegerField()
    errors = FieldProblemShape(many=True)  # type: ignore[assignment]  # DRF takes declared fields off the class


class BatchShape(serializers.Serializer[Any]):
    """What became of a batch."""

    results = BatchResultShape(many=True)


class PictureInput(StrictSerializer):
    """A picture."""

    file = serializers.FileField(max_length=200, help_text="PNG or JPEG, at most 8 MB. It is drawn anew.")


class PictureOrderInput(StrictSerializer):
    """Which pictures stay, in which order."""

    ids = serializers.ListField(child=serializers.CharField(max_length=64), max_length=MOST_PICTURES)


class PictureSize(StrictSerializer):
    """Which of the two sizes."""

    size = serializers.ChoiceField(choices=[(LARGE, LARGE), (SMALL, SMALL)], default=LARGE)


class ItemFilters(StrictSerializer):
    """Which items: own ones, or those that others offer."""

    relation = serializers.ChoiceField(
        choices=[("own", _("Own items")), ("offered", _("Items of partners"))],
        default="own",
        help_text="`own`: of the caller. `offered`: published by others and shown to the caller.",
    )
    owner_id = serializers.UUIDField(required=False)
    code = serializers.CharField(max_length=limits.MAX_CODE, required=False)
    kind = serializers.ChoiceField(choices=KIND_CHOICES, required=False)
    status = serializers.ChoiceField(choices=STATUS_CHOICES, required=False)
    category = serializers.CharField(max_length=60, required=False, help_text="With everything below it.")
    is_available = serializers.BooleanField(required=False, allow_null=True, default=None)
    updated_from = InstantField(required=False)
    q = serializers.CharField(max_length=120, required=False, help_text="Words of code, titles, brand and tags.")
