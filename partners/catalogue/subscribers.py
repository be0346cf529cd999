"""The jobs of the catalogue; registered when the app starts."""

from alliance.kernel.jobs import register_job
from partners.catalogue.models import ItemImport, ItemPreview
from partners.catalogue.services.import_items import import_items
from partners.catalogue.services.read_item_preview import read_item_preview


def register() -> None:
    """Called once from `AppConfig.ready()`."""
    register_job(ItemPreview, read_item_preview, queue="events")
    register_job(ItemImport, import_items, queue="events")
