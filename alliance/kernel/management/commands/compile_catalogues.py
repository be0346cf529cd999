"""Compile the translation catalogues; needs no gettext."""

from django.core.management.base import BaseCommand

from alliance.kernel.catalogues import catalogues, compile_catalogue


class Command(BaseCommand):
    help = "Compile locale/**/django.po to .mo. Needs no gettext on the machine."
    requires_system_checks = ()

    def handle(self, *args: object, **options: object) -> None:
        for catalogue in catalogues():
            self.stdout.write(str(compile_catalogue(catalogue)))
