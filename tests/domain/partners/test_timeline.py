"""Which terms apply when, and what a signature binds to."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from fractions import Fraction
from uuid import UUID

import pytest

from partners.domain.document import VersionDocument, document_sha256
from partners.domain.proposal import AgreementFrame, Proposal
from partners.domain.terms import Terms, TermsError
from partners.domain.timeline import AmbiguousTermsError, TermsInForce, TermsTimeline

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
