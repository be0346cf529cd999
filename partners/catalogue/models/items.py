"""Items: what organizations offer."""

from datetime import datetime
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Case, F, Func, Q, Value, When
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from alliance.kernel.clock import utc_now
from alliance.kernel.tenancy import Tenancy, ViewedModel
from alliance.kernel.tenancy.classes import Viewers, shared_by_viewers
from partners.catalogue.domain.items import (
    MAX_AGE,
    MAX_BRAND,
    MAX_CODE,
    MAX_LICENCE,
    MAX_TAG,
    MAX_TITLE,
    MAX_URL,
    PLAIN_FIELDS,
    REGULATED,
    ItemDraft,
    ItemKind,
    ItemLevel,
    ItemStatus,
)
from partners.catalogue.domain.pictures import Picture
from partners.catalogue.models.categories import ItemCategory
from partners.catalogue.models.imports import ItemImport
from partners.catalogue.models.visibility import ItemVisibility
from partners.catalogue.sentences import KIND_CHOICES, LEVEL_CHOICES, STATUS_CHOICES


class Item(ViewedModel):
    """Anything an organization offers. Its own `code` names it; the fields are those of `ItemDraft`, which says what they mean.

    `version` counts changes, so that nobody overwrites what they have not seen. `content_sha256` is over everything the
    draft says; `item_import` is the import that wrote it last, if one did; `words` are what it is found by, and its owner. `shown_as` is the visibility while it is published.
    `pictures` are what was uploaded, in their order (`Picture`); `image_urls` are addresses elsewhere.
    `archived_as_missing` says that an import archived it
    because its file no longer had it; it comes back with the file.
    """

    organization = models.ForeignKey(
        "partners.Organization",
        models.PROTECT,
        related_name="+",
        editable=False,
        db_constraint=False,  # the visibility ties the row to its owner
        db_index=False,
        verbose_name=_("owner"),
    )
    visibility = models.ForeignKey(
        ItemVisibility,
        models.PROTECT,
        related_name="items",
        db_constraint=False,  # tied together with the owner
        db_index=False,
        verbose_name=_("who sees it"),
    )
    item_import = models.ForeignKey(
        ItemImport,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="items",
        db_constraint=False,  # tied together with the owner
        db_index=False,
        verbose_name=_("import"),
    )
    code = models.CharField(_("item code"), max_length=MAX_CODE)
    kind = models.CharField(_("kind"), max_length=20, choices=KIND_CHOICES)
    status = models.CharField(_("status"), max_length=10, choices=STATUS_CHOICES, default=ItemStatus.DRAFT.value)
    category = models.ForeignKey(
        ItemCategory,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("category"),
    )
    title_zh = models.CharField(_("title in Chinese"), max_length=MAX_TITLE, blank=True)
    title_en = models.CharField(_("title in English"), max_length=MAX_TITLE, blank=True)
    description_zh = models.TextField(_("description in Chinese"), blank=True)
    description_en = models.TextField(_("description in English"), blank=True)
    tags = ArrayField(models.CharField(max_length=MAX_TAG), verbose_name=_("tags"), default=list, blank=True)
    price_minor = models.BigIntegerField(_("price"), null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    image_urls = ArrayField(models.CharField(max_length=MAX_URL), verbose_name=_("images"), default=list, blank=True)
    page_url = models.CharField(_("page"), max_length=MAX_URL, blank=True)
    available_from = models.DateTimeField(_("available from"), null=True, blank=True)
    available_until = models.DateTimeField(_("available until"), null=True, blank=True)
    stock = models.PositiveIntegerField(_("stock"), null=True, blank=True)
    level = models.CharField(_("level"), max_length=12, choices=LEVEL_CHOICES, blank=True)
    duration_minutes = models.PositiveIntegerField(_("duration"), null=True, blank=True)
    brand = models.CharField(_("instructor or brand"), max_length=MAX_BRAND, blank=True)
    minimum_age = models.PositiveSmallIntegerField(_("minimum age"), null=True, blank=True)
    licence = models.CharField(_("licence number"), max_length=MAX_LICENCE, blank=True)
    disclosure_zh = models.TextField(_("disclosure in Chinese"), blank=True)
    disclosure_en = models.TextField(_("disclosure in English"), blank=True)
    attributes = models.JSONField(_("further properties"), default=dict, blank=True)
    pictures = models.JSONField(
        _("pictures"), default=list, db_default=Value([], models.JSONField()), blank=True, editable=False
    )
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    content_sha256 = models.CharField(_("content hash"), max_length=64, editable=False)
    words = ArrayField(models.TextField(), default=list, editable=False)
    shown_as = models.GeneratedField(  # null: seen by the owner alone
        expression=Case(When(status=ItemStatus.PUBLISHED.value, then=F("visibility"))),
        output_field=models.UUIDField(null=True),
        db_persist=True,
        editable=False,
    )
    archived_as_missing = models.BooleanField(default=False, editable=False)
    created_at = models.DateTimeField(_("created"), default=utc_now, editable=False)
    updated_at = models.DateTimeField(_("changed"), default=utc_now, editable=False)

    tenancy: ClassVar[Tenancy] = shared_by_viewers(
        Viewers("partners_itemviewer", "visibility_id", "shown_as"),
        owner_column="organization_id",
        verbs=("SELECT", "INSERT", "UPDATE"),
    )

    class Meta:
        verbose_name = _("item")
        verbose_name_plural = _("items")
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "code"], name="item_code_once"),
            models.UniqueConstraint(fields=["organization", "id"], name="item_organization_id"),
            models.CheckConstraint(condition=Q(kind__in=[kind.value for kind in ItemKind]), name="item_kind_known"),
            models.CheckConstraint(
                condition=Q(status__in=[status.value for status in ItemStatus]), name="item_status_known"
            ),
            models.CheckConstraint(
                condition=Q(level__in=[level.value for level in ItemLevel]), name="item_level_known"
            ),
            models.CheckConstraint(condition=~Q(code=""), name="item_code_given"),
            models.CheckConstraint(condition=~Q(title_zh="") | ~Q(title_en=""), name="item_titled"),
            models.CheckConstraint(
                condition=Q(price_minor__isnull=True, currency="")
                | Q(price_minor__gte=0, currency__regex=r"^[A-Z]{3}$"),
                name="item_price_with_currency",
            ),
            models.CheckConstraint(
                condition=Q(available_from__isnull=True)
                | Q(available_until__isnull=True)
                | Q(available_until__gt=F("available_from")),
                name="item_window_not_empty",
            ),
            models.CheckConstraint(
                condition=Q(minimum_age__isnull=True) | Q(minimum_age__lte=MAX_AGE), name="item_age_possible"
            ),
            models.CheckConstraint(
                condition=~Q(status=ItemStatus.PUBLISHED.value)
                | ~Q(kind__in=sorted(kind.value for kind in REGULATED))
                | ~Q(disclosure_zh="")
                | ~Q(disclosure_en=""),
                name="item_discloses_what_the_law_wants",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organization", "status", "id"], name="item_by_owner_status"),
            models.Index(fields=["shown_as", "id"], name="item_by_shown_as"),
            GinIndex(Func(F("words"), function="array_to_tsvector"), name="item_by_word"),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.code})"

    @property
    def title(self) -> str:
        """The title in the language of the page, or in the other one."""
        return self._in_language("title")

    @property
    def description(self) -> str:
        """The description in the language of the page, or in the other one."""
        return self._in_language("description")

    @property
    def disclosure(self) -> str:
        """What the law wants said, in the language of the page, or in the other one."""
        return self._in_language("disclosure")

    @property
    def shown_pictures(self) -> tuple[Picture, ...]:
        """The uploaded pictures, the first one is shown in lists."""
        return tuple(Picture.from_json(stored) for stored in self.pictures)

    @property
    def is_published(self) -> bool:
        """Whether those who see it may be shown it."""
        return self.status == ItemStatus.PUBLISHED

    @property
    def is_archived(self) -> bool:
        """Whether it is put away."""
        return self.status == ItemStatus.ARCHIVED

    def is_available_at(self, now: datetime) -> bool:
        """Whether it can be had at this instant: within its window, and in stock."""
        has_begun = self.available_from is None or self.available_from <= now
        has_ended = self.available_until is not None and self.available_until <= now
        return has_begun and not has_ended and self.stock != 0

    def draft(self) -> ItemDraft:
        """What the item says, as the domain's draft."""
        return ItemDraft(
            **{name: getattr(self, name) for name in PLAIN_FIELDS},
            category=self.category.key if self.category else "",
            tags=tuple(self.tags),
            image_urls=tuple(self.image_urls),
            attributes=dict(self.attributes),
        )

    def _in_language(self, name: str) -> str:
        zh, en = str(getattr(self, f"{name}_zh")), str(getattr(self, f"{name}_en"))
        return (zh or en) if (get_language() or "en").startswith("zh") else (en or zh)
