"""`manage.py document_webhooks`: write docs/webhook-types.md from the registered types."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from partners.webhooks.catalogue import catalogue_page


class Command(BaseCommand):
    help = "Write docs/webhook-types.md from the registered types of message."

    def handle(self, *args: object, **options: Any) -> None:
        page = Path(settings.BASE_DIR) / "docs" / "webhook-types.md"
        page.write_text(catalogue_page(), encoding="utf-8")
        self.stdout.write(f"Written: {page.relative_to(settings.BASE_DIR)}")
