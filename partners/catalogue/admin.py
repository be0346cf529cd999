"""The catalogue in the operator console: what organizations offer, and how it comes in."""

from typing import ClassVar

from django.contrib import admin

from alliance.kernel.http.console import ReadOnlyConsole, ReadOnlyInline
from partners.catalogue.feeds.models import ItemFeed, ItemFeedFetch
from partners.catalogue.models import DisplayRule, Item, ItemCategory, ItemImport


@admin.register(Item)
class ItemConsole(ReadOnlyConsole):
    """Items of every organization."""

    list_display: ClassVar = [
        "code",
        "title_en",
        "title_zh",
        "organization",
        "kind",
        "status",
        "category",
        "updated_at",
    ]
    list_filter: ClassVar = ["status", "kind"]
    list_select_related: ClassVar = ["organization", "category"]
    search_fields: ClassVar = ["code__exact"]
    id_search_fields: ClassVar = ["id", "organization_id"]
    exclude: ClassVar = ["words", "pictures"]


@admin.register(ItemCategory)
class ItemCategoryConsole(ReadOnlyConsole):
    """The tree of categories."""

    list_display: ClassVar = ["key", "name_zh", "name_en", "parent", "position"]
    list_select_related: ClassVar = ["parent"]
    search_fields: ClassVar = ["key__icontains", "name_zh__icontains", "name_en__icontains"]


@admin.register(ItemImport)
class ItemImportConsole(ReadOnlyConsole):
    """Imports of files of items."""

    list_display: ClassVar = ["id", "organization", "item_file", "state", "done", "total", "queued_at", "finished_at"]
    list_filter: ClassVar = ["state"]
    list_select_related: ClassVar = ["organization", "item_file"]
    id_search_fields: ClassVar = ["id", "organization_id"]


@admin.register(DisplayRule)
class DisplayRuleConsole(ReadOnlyConsole):
    """Rules about who may show items."""

    list_display: ClassVar = ["id", "organization", "effect", "partner", "alliance", "item", "category", "updated_at"]
    list_filter: ClassVar = ["effect"]
    list_select_related: ClassVar = ["organization", "partner", "alliance", "item", "category"]
    id_search_fields: ClassVar = ["organization_id", "partner_id", "item_id"]


class FetchesInline(ReadOnlyInline):
    """The log of a feed."""

    model = ItemFeedFetch
    fields: ClassVar = ["queued_at", "state", "outcome", "status", "error", "size_bytes", "milliseconds"]
    show_change_link = False


@admin.register(ItemFeed)
class ItemFeedConsole(ReadOnlyConsole):
    """Feeds of items and how they fare."""

    list_display: ClassVar = [
        "name", "organization", "url", "every_hours", "is_active", "paused_because", "failures", "next_fetch_at",
    ]  # fmt: skip
    list_filter: ClassVar = ["is_active", "paused_because"]
    list_select_related: ClassVar = ["organization"]
    search_fields: ClassVar = ["url__icontains", "name__icontains"]
    id_search_fields: ClassVar = ["organization_id"]
    inlines: ClassVar = [FetchesInline]
