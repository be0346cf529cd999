"""The tables of the catalogue, a module for each aggregate. They belong to the Django app `partners`."""

from partners.catalogue.models.categories import ItemCategory
from partners.catalogue.models.display import DisplayRule
from partners.catalogue.models.imports import ItemFile, ItemImport, ItemImportError, ItemPreview
from partners.catalogue.models.items import Item
from partners.catalogue.models.visibility import ItemViewer, ItemVisibility

__all__ = [
    "DisplayRule",
    "Item",
    "ItemCategory",
    "ItemFile",
    "ItemImport",
    "ItemImportError",
    "ItemPreview",
    "ItemViewer",
    "ItemVisibility",
]
