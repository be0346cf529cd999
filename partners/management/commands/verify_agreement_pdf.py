"""Check a signed copy of an agreement: against itself, and against what this installation keeps."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from partners.agreements.copies.checking import difference_from_kept, difference_within, read_copy
from partners.domain.evidence import EvidenceUnreadableError


class Command(BaseCommand):
    help = (
        "Recompute the hashes inside a signed copy, compare document, acceptances and file with the database, and say "
        "that they are the same or where they first differ (exit code 1). --offline compares the copy with itself only."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="the PDF")
        parser.add_argument("--offline", action="store_true", help="ask no database: check what the PDF itself holds")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            copy = read_copy(options["file"].read_bytes())
        except OSError as error:
            raise CommandError(f"{options['file']}: {error.strerror}", returncode=2) from error
        except EvidenceUnreadableError as error:
            raise CommandError(f"different: {error}", returncode=1) from error
        found = difference_within(copy) or (None if options["offline"] else difference_from_kept(copy))
        if found is not None:
            raise CommandError(f"different: {found}", returncode=1)
        document = copy.evidence.document
        self.stdout.write(f"same: {document['name']}, version {document['number']}, {copy.evidence.document_sha256}")
