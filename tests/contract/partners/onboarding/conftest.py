"""What the tests of onboarding begin with."""

from dataclasses import dataclass

import pytest

from tests.applicants import Page, page_of
from tests.cast import AllianceOf, Party, alliance_of, host_organization, join, partner_organization


@dataclass(frozen=True)
class SmallCast:
    """A host with an alliance, one partner in it, and a stranger: no agreement, and only owners until somebody else is asked for."""

    host: Party
    north: Party
    stranger: Party
    alliance: AllianceOf


@pytest.fixture
def cast(db) -> SmallCast:
    host, north, stranger = (
        host_organization(name="Lectern"),
        partner_organization(name="North"),
        partner_organization(),
    )
    alliance = alliance_of(host)
    join(alliance, north, code="north")
    return SmallCast(host, north, stranger, alliance)


@pytest.fixture
def page(cast: SmallCast) -> Page:
    """The open application page of the cast's alliance, without rules."""
    return page_of(cast.alliance)
