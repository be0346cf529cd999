"""`manage.py verify_ledger [--alliance ID] [--head NUMBER:HASH]`: recompute the chain of one book, or of every book."""

import re
from argparse import ArgumentParser, ArgumentTypeError
from typing import Any, Final
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from alliance.kernel.tenancy import across_organizations, atomic, database_alias
from settlements.models import Book
from settlements.proof.verifying import Anchor, Fault, Finding, Verdict, printed_heads, verify_book

_HEAD: Final = re.compile(r"([1-9][0-9]{0,17}):([0-9a-f]{64})")
_SENTENCES: Final = {
    Fault.JOURNAL_MISSING: "was sealed and is gone",
    Fault.CONTENT_CHANGED: "was changed: its fingerprint does not come of what it says",
    Fault.JOURNAL_CHANGED: "was changed together with its fingerprint: it is not what was sealed",
    Fault.ENTRIES_DISAGREE: "has entries that are not its own, or whose account is gone",
    Fault.UNBALANCED: "does not sum to zero",
}


def _head(text: str) -> Anchor:
    if not (found := _HEAD.fullmatch(text.strip().lower())):
        raise ArgumentTypeError(f"{text!r} is no head. Write its number and hash as on the statement: 17:4f1c…")
    return Anchor(int(found[1]), found[2], "the command line")


class Command(BaseCommand):
    help = (
        "Recompute every journal's fingerprint and every link of the chain, look for the heads that statements bear (those "
        "that are kept here, and those given), and "
        "say that all is as it was sealed, or where it first differs (exit code 1)."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--alliance", type=UUID, help="only the book of this alliance")
        parser.add_argument(
            "--head",
            type=_head,
            action="append",
            default=[],
            metavar="NUMBER:HASH",
            help="a head from a statement that somebody else keeps; needs --alliance; may be repeated",
        )

    def handle(self, *args: object, **options: Any) -> None:
        alliance_id, anchors = options["alliance"], options["head"]
        if anchors and alliance_id is None:
            raise CommandError("A head belongs to one book: name its --alliance.", returncode=2)
        with across_organizations(reason="an operator verifies books"):
            books = Book.objects.filter(alliance_id=alliance_id) if alliance_id else Book.objects.all()
            book_ids = list(books.order_by("id").values_list("id", flat=True))
            if alliance_id is not None and not book_ids:
                raise CommandError(f"The alliance {alliance_id} has no book.", returncode=2)
            different = [book_id for book_id in book_ids if not self._verify(book_id, anchors)]
        if different:
            raise CommandError(f"{len(different)} of {len(book_ids)} books differ.", returncode=1)
        self.stdout.write(f"{len(book_ids)} books are as they were sealed.")

    def _verify(self, book_id: UUID, anchors: list[Anchor]) -> bool:
        with atomic():
            with connections[database_alias()].cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            book = Book.objects.select_related("alliance").get(pk=book_id)
            verdict = verify_book(book, anchors=[*printed_heads(book), *anchors])
        self.stdout.write(f"{book.alliance.name}, book {book.id}")
        self.stdout.write(_sizes(verdict))
        self.stdout.write(f"  same: head {verdict.head or '-'}" if verdict.finding is None else _told(verdict.finding))
        return verdict.is_same


def _sizes(verdict: Verdict) -> str:
    sealed = f"  {verdict.journal_count} journals in {verdict.seal_count} seals"
    if verdict.oldest_unsealed is None:
        return sealed
    return f"{sealed}; {verdict.unsealed_count} wait for a seal, the oldest since {verdict.oldest_unsealed:%Y-%m-%d %H:%M:%S} UTC"


def _told(finding: Finding) -> str:
    if finding.anchor is not None:
        printed = f"head {finding.anchor.number}:{finding.anchor.head} ({finding.anchor.printed_on})"
        if finding.fault is Fault.TAIL_MISSING:
            return f"  DIFFERENT: the end of the chain is gone. It ends with seal {finding.seal_number}, journal {finding.number}, but was printed: {printed}"
        return f"  DIFFERENT: the chain was written anew. Its head {finding.anchor.number} is another than the one printed: {printed}"
    if finding.journal_id is not None:
        number = f"number {finding.number}, seal {finding.seal_number}" if finding.number else "not sealed yet"
        key = f" {finding.key!r}" if finding.key else ""
        return f"  DIFFERENT: first bad journal {finding.journal_id}{key} ({number}) {_SENTENCES[finding.fault]}"
    if finding.fault is Fault.SEAL_MISSING:
        return f"  DIFFERENT: seal {finding.seal_number}, which holds journal number {finding.number}, is gone"
    return f"  DIFFERENT: seal {finding.seal_number} does not come of its journals and the seal before"
