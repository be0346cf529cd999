"""Bring the translation catalogues to the sources; needs no gettext."""

from django.core.management.base import BaseCommand

from alliance.kernel.catalogues import catalogues, collect


class Command(BaseCommand):
    help = "Collect the messages of our sources and of untranslated packages into locale/. Translations are kept."
    requires_system_checks = ()

    def handle(self, *args: object, **options: object) -> None:
        for catalogue in catalogues():
            came, went = collect(catalogue)
            self.stdout.write(f"{catalogue.path}: {came} new, {went} dropped")
