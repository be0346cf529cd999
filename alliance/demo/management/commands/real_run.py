"""`manage.py real_run [FILE] --out DIRECTORY`: settle a whole order file and check every figure."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from alliance.kernel.clock import utc_now
from alliance.kernel.tenancy import across_organizations
from alliance.real_run.run import run
from alliance.real_run.source import Source, UnreadableSourceError, demo_source, read_source, temporary_directory
from partners.selectors import hosted_alliances


class Command(BaseCommand):
    help = (
        "Settle a whole order file on a database of its own: organizations, agreements, import, accruals, statements, "
        "ledger files, and an independent recomputation. Without a file, the demo's own orders."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, nargs="?")
        parser.add_argument("--out", type=Path, required=True, help="directory for the results")

    def handle(self, *args: object, **options: Any) -> None:
        with across_organizations(reason="a real run wants an empty database"):
            if hosted_alliances():
                raise CommandError("This database is in use. Run on a fresh one: make real-run FILE=… OUT=…")
        out: Path = options["out"]
        out.mkdir(parents=True, exist_ok=True)
        with temporary_directory() as made:
            self._settle(self._source(options["file"], Path(made)), out)

    def _source(self, path: Path | None, made: Path) -> Source:
        if path is None or not path.exists():
            self.stdout.write("There is no file: the demo's own orders go the same way.")
            return demo_source(made, today=utc_now().date())
        try:
            return read_source(path)
        except UnreadableSourceError as error:
            raise CommandError(str(error)) from error

    def _settle(self, source: Source, out: Path) -> None:
        outcome = run(source, out, now=utc_now(), say=self.stdout.write)
        for name, value in outcome.summary.items():
            if name not in {"stages", "failures"}:
                self.stdout.write(f"{name}: {value}")
        if outcome.failures:
            raise CommandError("The figures do not agree:\n" + "\n".join(outcome.failures[:50]))
        self.stdout.write(f"Every figure agrees. Results in {out}")
