"""What the API shows of the bank, and what it takes."""

from typing import Any

from rest_framework import serializers

from alliance.kernel.http.serializers import JobShape, StrictSerializer
from settlements.api_shapes import MINOR
from settlements.banking.domain.bank_proof import WhyApart
from settlements.banking.domain.tables import DAY_FORMATS, DECIMAL_MARKS, TableReading
from settlements.banking.models.matches import Bases, MatchKinds, MatchState


def _column(what: str, *, required: bool = False) -> serializers.CharField:
    """The name of a column as the table's header has it."""
    return serializers.CharField(max_length=200, required=required, help_text=f"The column of {what}.")


SIGNED = "In the currency's minor unit; money that came in is above 0."


class TableReadingInput(StrictSerializer):
    """How to read a table: the account, the names of its columns by what they say, and how it writes days and amounts.

    An amount is signed, or its direction stands in another column, or money out and in have a column each.
    """

    number_own = serializers.CharField(
        max_length=40, help_text="Whose entries these are: the IBAN or the account number."
    )
    currency = serializers.CharField(max_length=3)
    day_format = serializers.ChoiceField(choices=DAY_FORMATS, default=DAY_FORMATS[0])
    decimal_mark = serializers.ChoiceField(choices=DECIMAL_MARKS, default=DECIMAL_MARKS[0])
    booked_on = _column("the day of booking", required=True)
    amount = _column("the amount")
    money_out = _column("money out")
    money_in = _column("money in")
    direction = _column("debit or credit")
    valued_on = _column("the value date")
    bank_reference = _column("the bank's reference")
    end_to_end_id = _column("the reference that was given to the bank")
    name = _column("the other side's name")
    number = _column("the other side's account")
    text = _column("the text")


class BankFileInput(StrictSerializer):
    """A file from a bank and the alliance whose book the account belongs to."""

    alliance_id = serializers.UUIDField()
    file = serializers.FileField(max_length=200)
    reading = serializers.JSONField(
        required=False, help_text="For a table, how to read it: a TableReading as JSON. CAMT.053 needs none."
    )

    def validate_reading(self, value: object) -> TableReading:
        """The reading; raises `ValidationError` that names each bad or unknown field of it."""
        given = TableReadingInput(data=value)
        given.is_valid(raise_exception=True)
        return TableReading(**given.validated_data)


class StatementFindingShape(serializers.Serializer[Any]):
    """One statement of a file."""

    reference = serializers.CharField()
    masked = serializers.CharField(help_text="The account's last signs.")
    currency = serializers.CharField()
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()
    opening_minor = serializers.IntegerField(allow_null=True, help_text=MINOR)
    closing_minor = serializers.IntegerField(allow_null=True, help_text=MINOR)
    entries = serializers.IntegerField()
    new = serializers.IntegerField(help_text="Entries that are not there yet.")
    skipped = serializers.IntegerField(help_text="Entries that are announced but not booked; they are left out.")
    is_known = serializers.BooleanField(help_text="The statement is there already, word for word.")
    has_gap = serializers.BooleanField(help_text="It does not begin with the balance of the statement before.")


class BankImportShape(JobShape):
    """The reading of one file: a preview, or the import that was confirmed."""

    alliance_id = serializers.UUIDField()
    preview_id = serializers.UUIDField(allow_null=True, help_text="The preview that an import has confirmed.")
    problem = serializers.CharField(help_text="Why the file can't be taken: a stable code.")
    problem_where = serializers.CharField(help_text="The line of it.")
    statements = StatementFindingShape(many=True, source="findings")


class BankImportInput(StrictSerializer):
    """A preview to confirm."""

    preview_id = serializers.UUIDField()


class BankStatementShape(serializers.Serializer[Any]):
    """One statement of one of the host's accounts."""

    id = serializers.UUIDField()
    alliance_id = serializers.UUIDField()
    reference = serializers.CharField()
    masked = serializers.CharField(help_text="The account's last signs.")
    currency = serializers.CharField()
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()
    opening_minor = serializers.IntegerField(allow_null=True, help_text=MINOR)
    closing_minor = serializers.IntegerField(allow_null=True, help_text=MINOR)
    entry_count = serializers.IntegerField()
    known_count = serializers.IntegerField(help_text="Entries that came with an earlier file.")
    content_sha256 = serializers.CharField()
    imported_at = serializers.DateTimeField()


class BankStandingShape(serializers.Serializer[Any]):
    """What one account held at the end of the last statement that says so."""

    statement_id = serializers.UUIDField()
    masked = serializers.CharField(help_text="The account's last signs.")
    ends_on = serializers.DateField()
    closing_minor = serializers.IntegerField(help_text=MINOR)


class BankApartShape(serializers.Serializer[Any]):
    """One line by which bank and books differ."""

    why = serializers.ChoiceField(
        choices=[(why.value, why.value) for why in WhyApart],
        help_text="opening, missing: `id` is a bank statement; open, outside: a bank entry; on_its_way, back: a payout.",
    )
    id = serializers.UUIDField(source="pk")
    on = serializers.DateField()
    name = serializers.CharField()
    amount_minor = serializers.IntegerField(help_text="By how much the bank has more because of it. " + MINOR)


class BankBalanceShape(serializers.Serializer[Any]):
    """One alliance's money at the bank in one currency, by the bank and by the books."""

    alliance_id = serializers.UUIDField()
    currency = serializers.CharField()
    bank_minor = serializers.IntegerField(help_text=MINOR)
    books_minor = serializers.IntegerField(help_text=MINOR)
    difference_minor = serializers.IntegerField(help_text="By how much the bank has more. " + MINOR)
    explained_minor = serializers.IntegerField(help_text="What the lines come to. " + MINOR)
    unexplained_minor = serializers.IntegerField(help_text="0, or something else was posted. " + MINOR)
    standings = BankStandingShape(many=True)
    lines = BankApartShape(many=True)


class BankEntryFilters(StrictSerializer):
    """Which entries."""

    statement_id = serializers.UUIDField(required=False)
    is_open = serializers.BooleanField(required=False, help_text="Entries that nobody takes for anything.")


class BankEntryShape(serializers.Serializer[Any]):
    """One movement that the bank booked."""

    id = serializers.UUIDField()
    statement_id = serializers.UUIDField()
    booked_on = serializers.DateField()
    valued_on = serializers.DateField()
    currency = serializers.CharField()
    amount_minor = serializers.IntegerField(help_text=SIGNED)
    end_to_end_id = serializers.CharField()
    bank_reference = serializers.CharField()
    name = serializers.CharField()
    masked = serializers.CharField(help_text="The last signs of the other side's account.")
    text = serializers.CharField()
    return_reason = serializers.CharField()


class BankMatchFilters(StrictSerializer):
    """Which matches."""

    state = serializers.ChoiceField(choices=MatchState.choices, required=False)
    entry_id = serializers.UUIDField(required=False)


class BankMatchShape(serializers.Serializer[Any]):
    """What an entry is taken for."""

    id = serializers.UUIDField()
    entry_id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=MatchKinds.choices)
    basis = serializers.ChoiceField(choices=Bases.choices)
    payout_id = serializers.UUIDField(allow_null=True)
    agreement_id = serializers.UUIDField(
        allow_null=True, help_text="Of a repayment: under which agreement it was owed."
    )
    debtor_id = serializers.UUIDField(allow_null=True, help_text="Of a repayment: who paid back what it owed.")
    currency = serializers.CharField()
    amount_minor = serializers.IntegerField(help_text=SIGNED)
    difference_minor = serializers.IntegerField(help_text="What a fee took beside the payout. " + MINOR)
    note = serializers.CharField()
    state = serializers.ChoiceField(choices=MatchState.choices)
    proposed_by = serializers.CharField()
    proposed_at = serializers.DateTimeField()
    decided_by = serializers.CharField()
    decided_at = serializers.DateTimeField(allow_null=True)
    journal_ids = serializers.ListField(child=serializers.UUIDField())


class BankMatchInput(StrictSerializer):
    """What an entry is taken for. `payout_id` of payments and returns only, agreement and debtor of repayments only."""

    entry_id = serializers.UUIDField()
    kind = serializers.ChoiceField(choices=MatchKinds.choices)
    payout_id = serializers.UUIDField(required=False, allow_null=True, default=None)
    agreement_id = serializers.UUIDField(required=False, allow_null=True, default=None)
    debtor_id = serializers.UUIDField(required=False, allow_null=True, default=None)
    note = serializers.CharField(max_length=500, required=False, default="", allow_blank=True)
