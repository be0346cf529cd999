"""What follows a version: its successor, an earlier version again, another term, or nothing."""

from datetime import UTC, date, datetime, timedelta

import pytest

from alliance.kernel.tenancy import organization_scope
from partners.agreements.services.add_version import (
    BeginsAfterTheEndError,
    FallbackUnknownError,
    ImpossibleEndRuleError,
    TextTooLongError,
)
from partners.domain.end_rule import AtEnd, EndRule
from partners.domain.evaluation import Facts
from partners.domain.supplement import Paper
from partners.selectors import agreements_in_force, terms_in_force
from partners.services.accept_agreement import TermsOverlapError, VersionBeyondEndError
from tests.agreements import THIRTY_DAYS, YEARLY, notice, propose_next, sign_all, version_row
from tests.cast import NOW, accept, signed_agreement

MOMENT = timedelta(microseconds=1)
FALLING_BACK = Paper(EndRule(at_end=AtEnd.FALL_BACK, fallback_number=1))


def number_at(signed, at: datetime) -> int | None:
    with organization_scope(signed.parties[1].id):
        found = terms_in_force(agreement_id=signed.id, at=at)
    return found.number if found else None


def midnight(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, tzinfo=UTC)


@pytest.fixture
def fixed(cast):
    """In force until the end of 2026, and no longer."""
    return signed_agreement(
        cast.alliance, [(cast.host, "60"), (cast.south, "40")], name="Fixed", effective_to=date(2027, 1, 1)
    )


# --- Successors -------------------------------------------------------------------------------


def test_an_amendment_cuts_a_fixed_term_short_because_everybody_signs_that_it_does(cast, fixed):
    amended = propose_next(fixed, date(2026, 6, 1), date(2027, 6, 1))
    assert version_row(amended).document["takes_over_from"] == 1
    sign_all(amended)
    assert version_row(fixed).effective_to == midnight(2026, 6, 1)
    assert version_row(fixed).signed_until == midnight(2027, 1, 1)
    days = ((2026, 5, 31), (2026, 6, 1), (2027, 3, 1), (2027, 6, 1))
    assert [number_at(fixed, midnight(*day)) for day in days] == [1, 2, 2, None]


def test_a_version_does_not_cut_short_what_it_does_not_name(cast, fixed):
    early, late = propose_next(fixed, date(2027, 1, 1), date(2027, 6, 1)), propose_next(fixed, date(2027, 3, 1))
    sign_all(early)
    accept(late, cast.host)
    with pytest.raises(TermsOverlapError):
        accept(late, cast.south)
    assert version_row(early).effective_to == midnight(2027, 6, 1)


def test_no_version_reaches_into_one_that_is_accepted_for_later(cast, fixed):
    sign_all(propose_next(fixed, date(2027, 1, 1)))
    across = propose_next(fixed, date(2026, 12, 1), date(2027, 2, 1))
    accept(across, cast.host)
    with pytest.raises(TermsOverlapError):
        accept(across, cast.south)
    assert version_row(fixed).effective_to == midnight(2027, 1, 1)


def test_nothing_begins_after_the_agreement_ends(cast, signed):
    waiting = propose_next(signed, date(2026, 6, 1))
    notice(signed, by=cast.south)
    with pytest.raises(BeginsAfterTheEndError):
        propose_next(signed, date(2026, 4, 2))
    with pytest.raises(VersionBeyondEndError):
        accept(waiting, cast.south)
    sooner = sign_all(propose_next(signed, date(2026, 3, 20)))
    assert [number_at(signed, midnight(2026, *day)) for day in ((3, 19), (3, 20), (4, 1), (4, 2))] == [1, 3, 3, None]
    assert version_row(sooner).effective_to is None  # the end is the agreement's


# --- Falling back -----------------------------------------------------------------------------


def test_an_earlier_version_applies_again_when_one_that_names_it_has_ended(cast, signed):
    trial = sign_all(propose_next(signed, date(2026, 4, 1), date(2026, 7, 1), paper=FALLING_BACK))
    assert version_row(trial).fallback_id == signed.version_id
    days = ((3, 31), (4, 1), (6, 30), (7, 1), (12, 31))
    assert [number_at(signed, midnight(2026, *day)) for day in days] == [1, 2, 2, 1, 1]
    sign_all(propose_next(signed, date(2026, 10, 1)))
    days = ((7, 1), (9, 30), (10, 1))
    assert [number_at(signed, midnight(2026, *day)) for day in days] == [1, 1, 3]


def test_during_a_fallback_its_own_notice_counts(cast, signed):
    sign_all(propose_next(signed, date(2026, 4, 1), date(2026, 7, 1), paper=FALLING_BACK))
    notice(signed, by=cast.south, now=midnight(2026, 7, 10))
    assert number_at(signed, midnight(2026, 8, 10) - MOMENT) == 1
    assert number_at(signed, midnight(2026, 8, 10)) is None


def test_only_an_accepted_version_is_fallen_back_to(cast, signed):
    propose_next(signed, date(2026, 4, 1))
    with pytest.raises(FallbackUnknownError):
        propose_next(
            signed,
            date(2026, 4, 1),
            date(2026, 7, 1),
            paper=Paper(EndRule(at_end=AtEnd.FALL_BACK, fallback_number=2)),
        )


# --- Renewal ----------------------------------------------------------------------------------


def test_a_version_that_renews_itself_goes_on_and_yields_to_a_successor(cast):
    yearly = signed_agreement(
        cast.alliance,
        [(cast.host, "60"), (cast.south, "40")],
        name="Yearly",
        effective_to=date(2027, 1, 1),
        paper=YEARLY,
    )
    row = version_row(yearly)
    assert (row.signed_until, row.effective_to, row.at_end) == (midnight(2027, 1, 1), None, "renew")
    assert number_at(yearly, midnight(2031, 7, 1)) == 1
    sign_all(propose_next(yearly, date(2027, 3, 1), paper=THIRTY_DAYS))
    assert [number_at(yearly, midnight(2027, *day)) for day in ((2, 28), (3, 1))] == [1, 2]


# --- What can't be signed ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "until_on", "field"),
    [
        (EndRule(notice_days=900), None, "notice_days"),
        (EndRule(at_end=AtEnd.RENEW, renewal_months=12), None, "until_on"),
        (EndRule(at_end=AtEnd.RENEW), date(2027, 1, 1), "renewal_months"),
        (EndRule(at_end=AtEnd.FALL_BACK, fallback_number=2), date(2027, 1, 1), "fallback_number"),
    ],
)
def test_a_rule_that_can_not_be_names_its_field(cast, signed, rule, until_on, field):
    with pytest.raises(ImpossibleEndRuleError) as caught:
        propose_next(signed, date(2026, 6, 1), until_on, paper=Paper(rule))
    assert caught.value.field == field


def test_a_text_is_short_enough_to_be_read(cast, signed):
    with pytest.raises(TextTooLongError) as caught:
        propose_next(signed, date(2026, 6, 1), paper=Paper(texts={"zh-hans": "长" * 100_001}))
    assert caught.value.field == "text_zh_hans"


def test_the_document_says_all_of_it(cast, signed):
    texts = {"en": "# Scope\r\nCourses.\r\n", "zh-hans": " "}
    version = version_row(propose_next(signed, date(2026, 6, 1), date(2027, 1, 1), paper=Paper(YEARLY.end_rule, texts)))
    document = version.document
    assert document["parties"] == [
        {"organization_id": str(party.id), "name": party.name} for party in (cast.host, cast.south)
    ]
    assert document["texts"] == {"en": "# Scope\nCourses."}
    assert document["end_rule"] == {
        "notice_days": 30,
        "at_end": "renew",
        "renewal_months": 12,
        "fallback_number": None,
    }


# --- For one sale ------------------------------------------------------------------------------


def test_agreements_that_could_pay_for_a_sale(cast, signed):
    other = signed_agreement(cast.alliance, [(cast.host, "60"), (cast.south, "40")], name="Beside")

    def found(partner, at):
        with organization_scope(cast.host.id):
            facts = Facts(occurred_at=at, partner=partner.id, item="COURSE-7")
            return [version.agreement_id for version in agreements_in_force(alliance_id=cast.alliance.id, facts=facts)]

    assert found(cast.south, NOW) == [signed.id, other.id]
    assert found(cast.north, NOW) == [cast.agreement.id]
    assert found(cast.stranger, NOW) == []
    notice(signed, by=cast.south)
    assert found(cast.south, midnight(2026, 4, 2)) == [other.id]
