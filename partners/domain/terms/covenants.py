"""What the parties promise beside money: data sharing, exclusivity, territory."""

from typing import Literal, Self

from pydantic import Field, model_validator

from partners.domain.terms.exact import Country, Part, Party, Text, refuse

DataScope = Literal[
    "aggregates", "conversions", "behaviour_events", "segments", "hashed_identifiers", "contact_details", "ratings"
]
DataPurpose = Literal[
    "settlement", "attribution", "recommendation", "measurement", "advertising", "overlap_counts", "fraud_prevention"
]


class DataSharing(Part):
    """Which data flow from whom to whom, for which purposes, and for how long they are kept."""

    giver: Party
    receiver: Party
    scope: tuple[DataScope, ...] = Field(min_length=1, max_length=7)
    purposes: tuple[DataPurpose, ...] = Field(min_length=1, max_length=7)
    retention_days: int = Field(ge=1, le=3650)

    @model_validator(mode="after")
    def _is_possible(self) -> Self:
        if self.giver == self.receiver:
            raise refuse("pays_oneself", "receiver")
        for name in ("scope", "purposes"):
            if len(set(getattr(self, name))) != len(getattr(self, name)):
                raise refuse("named_twice", name)
        return self


class Exclusivity(Part):
    """A party works with nobody else in these categories, and in these countries (none: everywhere)."""

    party: Party
    categories: tuple[Text, ...] = Field(min_length=1, max_length=50)
    countries: tuple[Country, ...] = Field(default=(), max_length=250)


class Territory(Part):
    """Where the agreement holds: only in these countries, or everywhere except in them."""

    rule: Literal["only", "except"]
    countries: tuple[Country, ...] = Field(min_length=1, max_length=250)

    @model_validator(mode="after")
    def _names_once(self) -> Self:
        if len(set(self.countries)) != len(self.countries):
            raise refuse("named_twice", "countries")
        return self
