"""The ledger's tables, which nobody writes but the functions in `migrations/sql/ledger.sql`.

The roles that Django uses hold SELECT alone, and triggers refuse every rewrite.
`scope_id` is the agreement, or the book for what is book-wide; it ties entries to accounts without a null.
"""

from datetime import UTC, date, datetime
from typing import ClassVar, Final, cast

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from alliance.kernel.tenancy import SharedModel, Tenancy
from alliance.kernel.tenancy.classes import shared
from settlements.ledger.domain import AccountKind

FIRST_DAY: Final = date(1, 1, 2)  # what every time zone can still say
LAST_DAY: Final = date(9999, 12, 30)


class Xid8Field(models.BigIntegerField):  # type: ignore[type-arg]  # generic for the checker only
    """PostgreSQL's 64-bit transaction number, which never wraps around."""

    def db_type(self, connection: object) -> str:
        return "xid8"

    def from_db_value(self, value: str | int | None, *_args: object) -> int | None:
        return None if value is None else int(value)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


class PeriodStatus(models.TextChoices):
    """Whether postings may still fall into a period."""

    OPEN = "open", _("Open")
    CLOSED = "closed", _("Closed")


ACCOUNT_KINDS = [
    (AccountKind.CLEARING.value, _("Clearing")),
    (AccountKind.BANK.value, _("Bank")),
    (AccountKind.RECEIVABLE.value, _("Receivable")),
    (AccountKind.ADVANCE.value, _("Advance")),
    (AccountKind.FEES.value, _("Fees")),
    (AccountKind.EXPENSE.value, _("Expense")),
    (AccountKind.PENDING.value, _("Pending")),
    (AccountKind.AVAILABLE.value, _("Available")),
    (AccountKind.RESERVE.value, _("Reserve")),
    (AccountKind.IN_TRANSIT.value, _("In transit")),
    (AccountKind.TAX.value, _("Tax")),
    (AccountKind.REVENUE.value, _("Revenue")),
    (AccountKind.SUSPENSE.value, _("Suspense")),
    (AccountKind.UNCLAIMED.value, _("Unclaimed property")),
    (AccountKind.FX_CLEARING.value, _("Currency clearing")),
    (AccountKind.FX_RESULT.value, _("Currency gains and losses")),
]


def _written_by_functions() -> Tenancy:
    """Shared rows whose `parties` the owner's functions fill; every role of the application only reads."""
    return shared(parties_sql=None, verbs=("SELECT",), operator_verbs=("SELECT",))


class Book(SharedModel):
    """The ledger of one alliance. Only its host writes in it."""

    alliance = models.OneToOneField("partners.Alliance", models.PROTECT, related_name="+", verbose_name=_("alliance"))
    host = models.ForeignKey("partners.Organization", models.PROTECT, related_name="+", verbose_name=_("host"))
    opened_at = models.DateTimeField(_("opened"), editable=False)

    tenancy: ClassVar[Tenancy] = _written_by_functions()

    class Meta:
        db_table = "ledger_book"
        verbose_name = _("book")
        verbose_name_plural = _("books")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["id", "alliance"], name="book_id_alliance"),
            models.UniqueConstraint(fields=["id", "host"], name="book_id_host"),
        ]

    def __str__(self) -> str:
        return str(self.id)


class Account(SharedModel):
    """One organization's account in a book: for one agreement or book-wide, in one currency, of one kind.

    Seen by its organization and the host.
    """

    book = models.ForeignKey(Book, models.PROTECT, related_name="accounts", db_constraint=False, verbose_name=_("book"))
    alliance = models.ForeignKey(
        "partners.Alliance", models.PROTECT, related_name="+", db_constraint=False, db_index=False, editable=False
    )
    organization = models.ForeignKey(
        "partners.Organization", models.PROTECT, related_name="+", db_constraint=False, verbose_name=_("organization")
    )
    agreement = models.ForeignKey(
        "partners.Agreement",
        models.PROTECT,
        null=True,
        related_name="+",
        db_constraint=False,
        verbose_name=_("agreement"),
    )
    currency = models.CharField(_("currency"), max_length=3)
    kind = models.CharField(_("kind"), max_length=12, choices=ACCOUNT_KINDS)
    scope_id = models.GeneratedField(
        expression=Coalesce("agreement_id", "book_id"), output_field=models.UUIDField(), db_persist=True, editable=False
    )
    opened_at = models.DateTimeField(_("opened"), editable=False)

    tenancy: ClassVar[Tenancy] = _written_by_functions()

    class Meta:
        db_table = "ledger_account"
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["book", "organization", "agreement", "currency", "kind"],
                name="account_once",
                nulls_distinct=False,
            ),
            models.UniqueConstraint(fields=["id", "book", "scope_id", "currency"], name="account_tie"),
            models.CheckConstraint(condition=Q(kind__in=[k.value for k in AccountKind]), name="account_kind_known"),
            models.CheckConstraint(condition=Q(currency__regex=r"^[A-Z]{3}$"), name="account_currency_is_iso"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.currency}"


class LedgerPeriod(SharedModel):
    """The half-open days `[starts_on, ends_on)` of one agreement's book-keeping. Closed once, never opened again."""

    book = models.ForeignKey(Book, models.PROTECT, related_name="periods", db_constraint=False, verbose_name=_("book"))
    alliance = models.ForeignKey(
        "partners.Alliance", models.PROTECT, related_name="+", db_constraint=False, db_index=False, editable=False
    )
    agreement = models.ForeignKey(
        "partners.Agreement", models.PROTECT, related_name="+", db_constraint=False, verbose_name=_("agreement")
    )
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("first day after"))
    status = models.CharField(_("status"), max_length=6, choices=PeriodStatus.choices, default=PeriodStatus.OPEN)
    opened_at = models.DateTimeField(_("opened"), editable=False)
    closed_at = models.DateTimeField(_("closed"), null=True, editable=False)

    tenancy: ClassVar[Tenancy] = _written_by_functions()

    class Meta:
        db_table = "ledger_period"
        verbose_name = _("ledger period")
        verbose_name_plural = _("ledger periods")
        ordering: ClassVar = ["starts_on"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(ends_on__gt=F("starts_on")), name="period_not_empty"),
            models.CheckConstraint(
                condition=Q(status="open", closed_at__isnull=True) | Q(status="closed", closed_at__isnull=False),
                name="period_status_and_instant_agree",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.starts_on} – {self.ends_on}"

    @property
    def is_open(self) -> bool:
        """Whether postings may still fall into it."""
        return self.status == PeriodStatus.OPEN


class Journal(SharedModel):
    """One balanced posting. Seen by the host and by every organization that has an entry in it."""

    book = models.ForeignKey(
        Book, models.PROTECT, related_name="journals", db_constraint=False, db_index=False, verbose_name=_("book")
    )
    agreement = models.ForeignKey(
        "partners.Agreement",
        models.PROTECT,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
        verbose_name=_("agreement"),
    )
    key = models.CharField(_("key"), max_length=200)
    fingerprint = models.BinaryField(_("fingerprint"), max_length=32)
    kind = models.CharField(_("kind"), max_length=40)
    effective_on = models.DateField(_("effective"))
    occurred_at = models.DateTimeField(_("occurred"))
    posted_at = models.DateTimeField(_("posted"))
    posted_xid = Xid8Field(editable=False)
    reverses = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        related_name="reversals",
        db_constraint=False,
        db_index=False,
        verbose_name=_("reverses"),
    )

    tenancy: ClassVar[Tenancy] = _written_by_functions()

    class Meta:
        db_table = "ledger_journal"
        verbose_name = _("journal")
        verbose_name_plural = _("journals")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["book", "key"], name="journal_key_once"),
            models.UniqueConstraint(
                fields=["reverses"], condition=Q(reverses__isnull=False), name="journal_reversed_once"
            ),
            models.CheckConstraint(condition=Q(kind__regex=r"^[a-z][a-z_]*$"), name="journal_kind_is_a_word"),
            models.CheckConstraint(condition=~Q(key=""), name="journal_key_given"),
            models.CheckConstraint(
                condition=Q(
                    effective_on__range=(FIRST_DAY, LAST_DAY),
                    occurred_at__range=(_midnight(FIRST_DAY), _midnight(LAST_DAY)),
                ),
                name="journal_in_history",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["book", "posted_xid"], name="journal_by_transaction")]

    def __str__(self) -> str:
        return self.key


class Entry(SharedModel):
    """One leg of a journal, in signed minor units, debit positive. Seen by the account's organization and the host.

    `posted_at` and `effective_on` repeat the journal's, held equal by a trigger: balances as of an instant or
    a day come from one index.
    """

    id = None  # type: ignore[assignment]
    pk = models.CompositePrimaryKey("journal_id", "line")
    journal = models.ForeignKey(
        Journal,
        models.PROTECT,
        related_name="entries",
        db_constraint=False,
        db_index=False,
        verbose_name=_("journal"),
    )
    line = models.SmallIntegerField(_("line"))
    book = models.ForeignKey(Book, models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    scope_id = models.UUIDField(editable=False)
    account = models.ForeignKey(
        Account,
        models.PROTECT,
        related_name="entries",
        db_constraint=False,
        db_index=False,
        verbose_name=_("account"),
    )
    currency = models.CharField(_("currency"), max_length=3)
    amount_minor = models.BigIntegerField(_("amount"))
    effective_on = models.DateField(_("effective"))
    posted_at = models.DateTimeField(_("posted"))

    tenancy: ClassVar[Tenancy] = _written_by_functions()

    class Meta:
        db_table = "ledger_entry"
        verbose_name = _("entry")
        verbose_name_plural = _("entries")
        constraints: ClassVar = [models.CheckConstraint(condition=~Q(amount_minor=0), name="entry_not_zero")]
        indexes: ClassVar = [
            models.Index(
                fields=["account", "posted_at"], include=["amount_minor", "effective_on"], name="entry_balance"
            ),
        ]

    def __str__(self) -> str:
        return f"{cast('str', self.journal_id)}#{self.line}"
