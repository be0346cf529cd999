"""`manage.py doctor`: what is wrong with this installation, and how to mend it."""

import os
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import override

from alliance.doctor import Finding, examinations, examine


class Command(BaseCommand):
    help = "Say in plain words what is wrong with this installation and how to mend it. Exits with 1 when something is."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        languages = [code for code, _name in settings.LANGUAGES]
        parser.add_argument("--language", choices=languages, default=_language_of_terminal())

    def handle(self, *args: Any, **options: Any) -> None:
        with override(options["language"]):
            problems = sum(self._show(examination.name, examine(examination)) for examination in examinations())
            if problems:
                self.stdout.write("\n" + _("Problems found: %(number)d.") % {"number": problems})
            else:
                self.stdout.write("\n" + _("This installation is in order."))
        if problems:
            raise SystemExit(1)

    def _show(self, name: str, findings: list[Finding]) -> int:
        """Print one examination; how many problems (advice not counted) it found."""
        problems = [finding for finding in findings if not finding.is_advice]
        mark = self.style.ERROR("✗") if problems else self.style.SUCCESS("✓")
        self.stdout.write(f"{mark} {name}")
        for finding in findings:
            sign = "!" if finding.is_advice else "✗"
            self.stdout.write(f"    {sign} {finding.problem}\n      → {finding.remedy}")
        return len(problems)


def _language_of_terminal() -> str:
    spoken = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return "zh-hans" if spoken.lower().startswith("zh") else str(settings.LANGUAGE_CODE)
