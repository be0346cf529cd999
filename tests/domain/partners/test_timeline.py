"""Which terms apply when, and what a signature binds to."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from fractions import Fraction
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partners.domain.document import VersionDocument, document_sha256
from partners.domain.proposal import AgreementFrame, Proposal
from partners.domain.terms import Terms, TermsError
from partners.domain.timeline import (
    AcceptedVersion,
    AmbiguousTermsError,
    TermsInForce,
    TermsTimeline,
    periods_in_force,
)

HOST, NORTH = UUID(int=1), UUID(int=2)


def _terms(*shares: tuple[UUID, Fraction], currency: str = "EUR") -> Terms:
    return Terms.of_shares(currency=currency, time_zone="UTC", shares=shares)


TERMS = _terms((HOST, Fraction(3, 5)), (NORTH, Fraction(2, 5)))
MAY, JUNE = datetime(2026, 5, 1, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC)
MOMENT = timedelta(microseconds=1)


def _version(agreement: int, number: int, begin: datetime, end: datetime | None) -> TermsInForce:
    return TermsInForce(
        agreement_id=UUID(int=agreement),
        alliance_id=UUID(int=9),
        version_id=UUID(int=agreement * 100 + number),
        number=number,
        terms=TERMS,
        effective_from=begin,
        effective_to=end,
        party_ids=(HOST, NORTH),
    )


def test_half_open():
    timeline = TermsTimeline([_version(1, 1, MAY, JUNE), _version(1, 2, JUNE, None)])
    numbers = [
        found.number if (found := timeline.in_force(partner_id=NORTH, at=at)) else None
        for at in (MAY - MOMENT, MAY, JUNE - MOMENT, JUNE)
    ]
    assert numbers == [None, 1, 1, 2]
    assert timeline.for_agreement(UUID(int=1), JUNE).number == 2
    assert timeline.for_agreement(UUID(int=2), JUNE) is None
    assert timeline.in_force(partner_id=UUID(int=3), at=JUNE) is None


def test_two_agreements_at_once_are_ambiguous():
    timeline = TermsTimeline([_version(1, 1, MAY, None), _version(2, 1, JUNE, None)])
    assert timeline.in_force(partner_id=NORTH, at=MAY).agreement_id == UUID(int=1)
    with pytest.raises(AmbiguousTermsError) as caught:
        timeline.in_force(partner_id=NORTH, at=JUNE)
    assert caught.value.agreement_ids == (UUID(int=1), UUID(int=2))


def _day(offset: int) -> datetime:
    return MAY + timedelta(days=offset)


@st.composite
def _chains(draw: st.DrawFn) -> list[AcceptedVersion]:
    """The accepted versions of one agreement: none overlaps, some leave gaps, some fall back, it may end as a whole."""
    cuts = sorted(draw(st.sets(st.integers(0, 60), min_size=2, max_size=9)))
    ends_at = draw(st.none() | st.integers(0, 70).map(_day))
    accepted: list[AcceptedVersion] = []
    for begin, end in zip(cuts, [*cuts[1:], None], strict=True):
        if draw(st.booleans()) or not accepted:
            number = len(accepted) + 1
            fallback = draw(st.none() | st.integers(1, number - 1)) if number > 1 else None
            version = _version(1, number, _day(begin), _day(end) if end is not None else None)
            accepted.append(AcceptedVersion(version, fallback, ends_at))
    return draw(st.permutations(accepted))


def _by_hand(chain: list[AcceptedVersion], at: datetime) -> int | None:
    """What binds, straight from the words of the contract."""
    if chain[0].agreement_ends_at is not None and at >= chain[0].agreement_ends_at:
        return None
    begun = [each for each in chain if each.version.effective_from <= at]
    if not begun:
        return None
    latest = max(begun, key=lambda each: each.version.effective_from)
    return latest.version.number if latest.version.covers(at) else latest.fallback_number


@given(_chains(), st.integers(-1, 75 * 24).map(lambda hours: MAY + timedelta(hours=hours)))
def test_of_one_agreement_at_most_one_version_binds_and_it_is_the_right_one(chain, at):
    periods = periods_in_force(chain)
    covering = [period for period in periods if period.covers(at)]
    expected = _by_hand(chain, at)
    assert [period.number for period in covering] == ([] if expected is None else [expected])
    found = TermsTimeline(periods).for_agreement(UUID(int=1), at)
    assert (found.number if found else None) == expected


@given(_chains())
def test_periods_are_never_empty_and_nothing_binds_after_the_end_of_the_agreement(chain):
    ends_at = chain[0].agreement_ends_at
    for period in periods_in_force(chain):
        assert period.effective_to is None or period.effective_from < period.effective_to
        assert ends_at is None or (period.effective_to is not None and period.effective_to <= ends_at)


def test_a_fallback_binds_between_its_version_and_the_next():
    june, july, august = JUNE, datetime(2026, 7, 1, tzinfo=UTC), datetime(2026, 8, 1, tzinfo=UTC)
    chain = [
        AcceptedVersion(_version(1, 1, MAY, june)),
        AcceptedVersion(_version(1, 2, june, july), fallback_number=1),
        AcceptedVersion(_version(1, 3, august, None)),
    ]
    periods = periods_in_force(chain)
    assert [(period.number, period.is_fallback) for period in periods] == [
        (1, False),
        (2, False),
        (1, True),
        (3, False),
    ]
    assert (periods[2].effective_from, periods[2].effective_to) == (july, august)


DOCUMENT = VersionDocument(UUID(int=1), "Courses", 1, TERMS, MAY, None)


def test_the_same_content_has_the_same_hash_in_any_zone():
    elsewhere = replace(DOCUMENT, effective_from=MAY.astimezone(timezone(timedelta(hours=8))))
    assert elsewhere.sha256 == DOCUMENT.sha256
    assert document_sha256(dict(reversed(DOCUMENT.to_json().items()))) == DOCUMENT.sha256


@pytest.mark.parametrize(
    "change",
    [
        {"name": "Kits"},
        {"number": 2},
        {"agreement_id": UUID(int=2)},
        {"effective_from": MAY + MOMENT},
        {"effective_to": JUNE},
        {"terms": _terms((HOST, Fraction(3, 5)), (NORTH, Fraction(2, 5)), currency="GBP")},
        {"terms": _terms((NORTH, Fraction(2, 5)), (HOST, Fraction(3, 5)))},
    ],
)
def test_any_other_content_has_another(change):
    assert replace(DOCUMENT, **change).sha256 != DOCUMENT.sha256


def _proposal(effective_on: date, until_on: date | None = None) -> Proposal:
    return Proposal(((HOST, "60"), (NORTH, "40")), effective_on, until_on)


def test_local_days_become_instants():
    begin, end = _proposal(date(2026, 3, 29), date(2026, 10, 25)).instants("Europe/London")
    assert (begin.isoformat(), end.isoformat()) == ("2026-03-29T00:00:00+00:00", "2026-10-24T23:00:00+00:00")
    shanghai, none = _proposal(date(2026, 5, 1)).instants("Asia/Shanghai")
    assert (shanghai.isoformat(), none) == ("2026-04-30T16:00:00+00:00", None)


def test_an_empty_period():
    with pytest.raises(TermsError, match="until_on: empty_period"):
        _proposal(date(2026, 5, 1), date(2026, 5, 1)).instants("UTC")


def test_a_proposal_means_its_terms():
    assert _proposal(date(2026, 5, 1)).terms(AgreementFrame("Courses", "EUR", "UTC")) == TERMS
