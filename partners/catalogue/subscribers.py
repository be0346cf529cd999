"""The jobs of the catalogue; registered when the app starts."""

from alliance.kernel.jobs import register_job
from partners.catalogue.feeds import mails
from partners.catalogue.feeds.models import ItemFeedFetch
from partners.catalogue.feeds.services.fetch_feed import fetch_feed
from partners.catalogue.models import ItemImport, ItemPreview
from partners.catalogue.services.import_items import import_items
from partners.catalogue.services.read_item_preview import read_item_preview


def register() -> None:
    """Called once from `AppConfig.ready()`."""
    register_job(ItemPreview, read_item_preview, queue="events")
    register_job(ItemImport, import_items, queue="events")
    register_job(ItemFeedFetch, fetch_feed, queue="webhooks")
    mails.register()
