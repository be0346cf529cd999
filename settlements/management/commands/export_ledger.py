"""Write an alliance's whole book as a plain-text accounting file."""

import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from alliance.kernel.tenancy import across_organizations, atomic
from settlements.ledger.exports.beancount import beancount_lines
from settlements.ledger.exports.hledger import hledger_lines
from settlements.ledger.selectors import find_book

FORMATS: Final[dict[str, Callable[[UUID], Iterator[str]]]] = {
    "beancount": beancount_lines,
    "hledger": hledger_lines,
}


def _write_whole(lines: Iterator[str], out: Path) -> None:
    """Write all lines or leave what was there before."""
    handle, name = tempfile.mkstemp(dir=out.parent, prefix=f".{out.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.writelines(lines)
        Path(name).replace(out)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


class Command(BaseCommand):
    help = "Write an alliance's whole book as a Beancount or hledger file."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--alliance", required=True, type=UUID, help="the alliance's id")
        parser.add_argument("--format", required=True, choices=sorted(FORMATS))
        parser.add_argument("--out", required=True, type=Path, help="the file to write")

    def handle(self, *args: Any, **options: Any) -> None:
        out: Path = options["out"].resolve()
        if not out.parent.is_dir():
            raise CommandError(f"There is no folder {out.parent}.")
        with across_organizations(reason="an operator exports a whole book"), atomic():
            book = find_book(alliance_id=options["alliance"])
            if book is None:
                raise CommandError(f"The alliance {options['alliance']} has no book.")
            _write_whole(FORMATS[options["format"]](book.id), out)
        self.stdout.write(f"Wrote {out}.")
