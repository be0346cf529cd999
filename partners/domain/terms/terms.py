"""The machine-readable terms of one agreement version, schema 2.

Terms are content-addressed: `Terms.sha256` is over the canonical JSON, and every acceptance binds to the document
that holds it. Nothing in them is a float. What each part means stands with the part; what follows from it for
money, in `partners.domain.evaluation`.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final, Literal, Self, cast
from uuid import UUID

from pydantic import Field, ValidationError, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError

from alliance.kernel.money.allocation import RemainderPolicy
from partners.domain.terms.attribution import Attribution
from partners.domain.terms.clauses import Clause, EarnsOn
from partners.domain.terms.covenants import DataSharing, Exclusivity, Territory
from partners.domain.terms.exact import Currency, Part, Party, TimeZone, minor_units, refuse
from partners.domain.terms.limits import Advance, Cap, Guarantee, Hold, Refunds, Reserve
from partners.domain.terms.payments import PartyShare, Split
from partners.domain.terms.problems import TermsError
from partners.domain.terms.settling import Acceptance, Debts, Payout, Periods, Rounding, ValueAddedTax, Withholding

SCHEMA: Final = 2
PLAIN_SPLIT: Final = 1  # the schema of plain splits, still read

Precedence = Literal["most_specific", "highest_earning", "first_match"]


class Terms(Part):
    """Who earns what on which conversion, within which limits, paid how. `parties` stand in the order of rank."""

    schema_: Literal[2] = Field(default=SCHEMA, alias="schema")
    currency: Currency
    time_zone: TimeZone
    parties: tuple[Party, ...] = Field(min_length=2, max_length=50)
    clauses: tuple[Clause, ...] = Field(min_length=1, max_length=100)
    precedence: Precedence = "most_specific"
    rounding: Rounding = Field(default_factory=Rounding)
    caps: tuple[Cap, ...] = Field(default=(), max_length=50)
    guarantees: tuple[Guarantee, ...] = Field(default=(), max_length=50)
    advances: tuple[Advance, ...] = Field(default=(), max_length=50)
    hold: Hold = Field(default_factory=Hold)
    reserve: Reserve | None = None
    refunds: Refunds = Field(default_factory=Refunds)
    attribution: Attribution = Field(default_factory=Attribution)
    periods: Periods = Field(default_factory=Periods)
    acceptance: Acceptance | None = None
    payouts: tuple[Payout, ...] = Field(default=(), max_length=50)
    debts: Debts | None = None
    withholding: tuple[Withholding, ...] = Field(default=(), max_length=50)
    value_added_tax: tuple[ValueAddedTax, ...] = Field(default=(), max_length=50)
    data_sharing: tuple[DataSharing, ...] = Field(default=(), max_length=100)
    exclusivity: tuple[Exclusivity, ...] = Field(default=(), max_length=50)
    territory: Territory | None = None

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        """Every problem between the parts at once, each at its own place."""
        found = [*self._foreign_parties(), *self._repetitions(), *self._too_fine(), *self._unreachable()]
        if found:
            details = [InitErrorDetails(type=error, loc=(), input=None) for error in found]
            raise ValidationError.from_exception_data("Terms", details)
        return self

    @classmethod
    def from_json(cls, stored: object) -> Self:
        """The terms that JSON says; raises `TermsError` that names every problem and its field."""
        if isinstance(stored, dict) and stored.get("schema") == PLAIN_SPLIT:
            stored = _of_plain_split(stored)
        try:
            return cls.model_validate(stored)
        except ValidationError as error:
            raise TermsError.of(error, stored) from error

    @classmethod
    def of_shares(
        cls,
        *,
        currency: str,
        time_zone: str,
        shares: Sequence[tuple[UUID, Fraction]],
        remainder: RemainderPolicy = RemainderPolicy.LARGEST_REMAINDER,
    ) -> Self:
        """Every sale shared by ratios between the parties in their order; raises `TermsError`."""
        return cls.from_json(
            {
                "schema": SCHEMA,
                "currency": currency,
                "time_zone": time_zone,
                "parties": [str(party) for party, _ in shares],
                "rounding": {"remainder": remainder.value},
                "clauses": [_plain_clause([(str(party), str(share)) for party, share in shares])],
            }
        )

    def to_json(self) -> dict[str, object]:
        """The canonical form: what is not said is left out, so the same terms always give the same object."""
        dumped = self.model_dump(mode="json", by_alias=True)
        return cast("dict[str, object]", _without_silence(dumped))

    @property
    def sha256(self) -> str:
        """The content hash (hex) of the canonical JSON: sorted keys, no spaces, UTF-8."""
        canonical = json.dumps(self.to_json(), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(canonical.encode()).hexdigest()

    @property
    def plain_shares(self) -> tuple[PartyShare, ...] | None:
        """The shares, when all that these terms say is how every sale's gross amount is shared; else `None`."""
        first = self.clauses[0]
        if len(self.clauses) > 1 or first.earns_on is not EarnsOn.SALE or not isinstance(first.pays, Split):
            return None
        bounded = (first.when, first.deductions, self.caps, self.guarantees, self.advances, self.territory)
        if any(bounded) or first.asks_for_person or self.rounding.accumulation != "per_conversion":
            return None
        shares = first.pays.shares
        return shares if len({share.party for share in shares}) == len(shares) else None

    def _named_parties(self) -> Iterator[tuple[str, Party | None]]:
        for place, clause in enumerate(self.clauses):
            yield from ((f"clauses.{place}.{path}", party) for path, party in clause.named_parties())
        for name, columns in _PARTY_FIELDS.items():
            for place, part in enumerate(getattr(self, name)):
                yield from ((f"{name}.{place}.{column}", getattr(part, column)) for column in columns)
        yield "refunds.party", self.refunds.party
        yield "refunds.chargeback_fee", self.refunds.chargeback_fee

    def _foreign_parties(self) -> Iterator[PydanticCustomError]:
        known = set(self.parties)
        if len(known) != len(self.parties):
            yield refuse("party_twice", "parties")
        for field, party in self._named_parties():
            if party is not None and party not in known:
                yield refuse("not_a_party", field)

    def _repetitions(self) -> Iterator[PydanticCustomError]:
        for name, keys in (
            ("clauses", [clause.id for clause in self.clauses]),
            ("caps", [cap.id for cap in self.caps]),
            ("advances", [advance.id for advance in self.advances]),
            ("guarantees", [guarantee.party for guarantee in self.guarantees]),
            ("payouts", [payout.party for payout in self.payouts]),
            ("withholding", [rule.party for rule in self.withholding]),
            ("value_added_tax", [rule.party for rule in self.value_added_tax]),
            ("data_sharing", [(flow.giver, flow.receiver) for flow in self.data_sharing]),
        ):
            if len(set(keys)) != len(keys):
                yield refuse("named_twice", name)
        clause_ids = {clause.id for clause in self.clauses}
        for place, cap in enumerate(self.caps):
            if not set(cap.clauses) <= clause_ids:
                yield refuse("no_such_clause", f"caps.{place}.clauses")

    def _too_fine(self) -> Iterator[PydanticCustomError]:
        """Amounts that are paid or compared as money are whole minor units; only prices for each unit may be finer."""
        for field, amount in self._whole_amounts():
            if minor_units(amount, self.currency).denominator != 1:
                yield refuse("too_many_decimals", field, currency=self.currency)

    def _whole_amounts(self) -> Iterator[tuple[str, Decimal]]:
        for name in ("caps", "guarantees", "advances"):
            yield from ((f"{name}.{place}.amount", part.amount) for place, part in enumerate(getattr(self, name)))
        for place, payout in enumerate(self.payouts):
            if payout.currency in {None, self.currency}:
                yield f"payouts.{place}.threshold", payout.threshold

    def _unreachable(self) -> Iterator[PydanticCustomError]:
        if all(clause.is_bonus for clause in self.clauses):
            yield refuse("only_bonuses", "clauses")
        if self.precedence == "first_match":
            yield from self._never_reached()
        if self.rounding.accumulation == "running_total":
            for place, clause in enumerate(self.clauses):
                if clause.pays.bounds_each_conversion:
                    yield refuse("bound_needs_each_conversion", f"clauses.{place}.pays")

    def _never_reached(self) -> Iterator[PydanticCustomError]:
        open_to_all: set[EarnsOn] = set()
        for place, clause in enumerate(self.clauses):
            if clause.is_bonus or clause.earns_on in {EarnsOn.POOLED_REVENUE, EarnsOn.FLAT_FEE}:
                continue
            if clause.earns_on in open_to_all:
                yield refuse("never_reached", f"clauses.{place}")
            if not clause.when and not clause.asks_for_person:
                open_to_all.add(clause.earns_on)


_PARTY_FIELDS: dict[str, tuple[str, ...]] = {
    "caps": ("party",),
    "guarantees": ("party", "borne_by"),
    "advances": ("party", "paid_by"),
    "payouts": ("party",),
    "withholding": ("party",),
    "value_added_tax": ("party",),
    "data_sharing": ("giver", "receiver"),
    "exclusivity": ("party",),
}


def _plain_clause(shares: Sequence[tuple[str, str]]) -> dict[str, object]:
    named = [{"party": party, "share": share} for party, share in shares]
    return {"id": "sales", "pays": {"kind": "split", "shares": named}}


def _of_plain_split(stored: dict[str, Any]) -> dict[str, object]:
    """Schema 1, the plain split of every sale, as schema 2; raises `TermsError` when it is not one."""
    try:
        shares = [(str(share["organization_id"]), str(share["share"])) for share in stored["shares"]]
        return {
            "schema": SCHEMA,
            "currency": stored["currency"],
            "time_zone": stored["time_zone"],
            "parties": [party for party, _ in shares],
            "rounding": {"remainder": stored["remainder"]},
            "clauses": [_plain_clause(shares)],
        }
    except (KeyError, TypeError) as error:
        raise TermsError("malformed", "terms") from error


def _without_silence(value: object) -> object:
    """Without what says nothing: `None` and empty lists."""
    if isinstance(value, dict):
        said = {key: _without_silence(inner) for key, inner in value.items()}
        return {key: inner for key, inner in said.items() if inner not in (None, [])}
    return [_without_silence(inner) for inner in value] if isinstance(value, list) else value
