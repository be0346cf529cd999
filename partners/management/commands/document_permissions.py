"""Write docs/permissions.md from the permission table."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand

from partners.permission_table import permission_page


class Command(BaseCommand):
    help = "Write docs/permissions.md from the permission table in the code."

    def handle(self, *args: object, **options: object) -> None:
        page = Path(settings.BASE_DIR) / "docs" / "permissions.md"
        page.write_text(permission_page(), encoding="utf-8")
        self.stdout.write(f"Written: {page.relative_to(settings.BASE_DIR)}")
