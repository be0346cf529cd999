"""What proves the books: the seals of journals. Nobody writes here but functions of the database's owner."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from alliance.kernel.tenancy import PrivateModel, Tenancy
from alliance.kernel.tenancy.classes import private
from settlements.ledger.models import Book, Journal, Xid8Field


def _written_by_functions() -> Tenancy:
    """The host's rows, which every role of the application only reads."""
    return private(column="host_id", verbs=("SELECT",), operator_verbs=("SELECT",))


class Seal(PrivateModel):
    """One link of a book's chain: the journals numbered `[first, last]`, and the head that comes of them.

    `settlements.proof.domain.chain` says what `head` is over. Every journal of the book with a `posted_xid` below
    `settled_xid` is in this seal or an earlier one, as long as the database lives in the same `cluster`.
    """

    book = models.ForeignKey(
        Book, models.PROTECT, related_name="seals", db_constraint=False, db_index=False, verbose_name=_("book")
    )
    host = models.ForeignKey(
        "partners.Organization", models.PROTECT, related_name="+", db_constraint=False, db_index=False, editable=False
    )
    number = models.BigIntegerField(_("number"))
    first = models.BigIntegerField(_("first journal"))
    last = models.BigIntegerField(_("last journal"))
    digests_sha256 = models.CharField(_("hash of the journals"), max_length=64)
    previous_head = models.CharField(_("head before"), max_length=64, blank=True)
    head = models.CharField(_("head"), max_length=64)
    sealed_at = models.DateTimeField(_("sealed"))
    sealed_xid = Xid8Field(editable=False)
    settled_xid = Xid8Field(editable=False)
    cluster = models.BigIntegerField(editable=False)

    tenancy: ClassVar[Tenancy] = _written_by_functions()

    class Meta:
        db_table = "ledger_seal"
        verbose_name = _("seal")
        verbose_name_plural = _("seals")
        ordering: ClassVar = ["book", "-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["book", "number"], name="seal_number_once"),
            models.CheckConstraint(
                condition=Q(number__gte=1, first__gte=1, last__gte=F("first")), name="seal_holds_journals"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["book", "first"], name="seal_by_journal")]

    def __str__(self) -> str:
        return f"{self.book_id}#{self.number}"

    @property
    def journal_count(self) -> int:
        """How many journals it seals."""
        return self.last - self.first + 1


class SealedJournal(PrivateModel):
    """The number that a journal bears in its book, and the digest under which it was sealed. Each journal has one."""

    id = None  # type: ignore[assignment]
    pk = models.CompositePrimaryKey("book_id", "number")
    book = models.ForeignKey(
        Book, models.PROTECT, related_name="+", db_constraint=False, db_index=False, verbose_name=_("book")
    )
    number = models.BigIntegerField(_("number"))
    journal = models.OneToOneField(
        Journal, models.PROTECT, related_name="sealed", db_constraint=False, verbose_name=_("journal")
    )
    host = models.ForeignKey(
        "partners.Organization", models.PROTECT, related_name="+", db_constraint=False, db_index=False, editable=False
    )
    digest = models.BinaryField(_("digest"), max_length=32)

    tenancy: ClassVar[Tenancy] = _written_by_functions()

    class Meta:
        db_table = "ledger_sealedjournal"
        verbose_name = _("sealed journal")
        verbose_name_plural = _("sealed journals")

    def __str__(self) -> str:
        return f"{self.book_id}:{self.number}"
