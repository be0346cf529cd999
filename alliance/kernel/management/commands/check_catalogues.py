"""Refuse incomplete translations."""

from django.core.management.base import BaseCommand, CommandError

from alliance.kernel.catalogues import catalogues, problems_of


class Command(BaseCommand):
    help = "Check that every message is translated, none is fuzzy, and the catalogues match the sources."
    requires_system_checks = ()

    def handle(self, *args: object, **options: object) -> None:
        count = 0
        for catalogue in catalogues():
            for problem in problems_of(catalogue):
                count += 1
                self.stderr.write(f"{catalogue.path}: {problem}")
        if count:
            message = f"{count} problems. Run `make messages`, translate, then check again."
            raise CommandError(message)
        self.stdout.write("The catalogues are complete.")
