"""What the clock notes: agreements that are over, terms that have begun. Nothing that is paid waits for it."""

from datetime import UTC, date, datetime, timedelta

import pytest

from alliance.kernel.models import AuditEvent, OutboxMessage
from alliance.kernel.tenancy import organization_scope
from partners.agreements.services.end_due_agreements import end_due_agreements
from partners.agreements.services.renew_due_versions import renew_due_versions
from partners.domain.end_rule import AtEnd, EndRule
from partners.domain.supplement import Paper
from partners.models import AgreementStatus, Ending, Renewal, TermsStatus
from partners.selectors import terms_in_force
from partners.services.accept_agreement import VersionClosedError
from tests.agreements import (
    YEARLY,
    agreement_row,
    let_go_on,
    notice,
    notice_ends_at,
    propose_next,
    sign_all,
    version_row,
)
from tests.cast import (
    LONG_AGO,
    AllianceOf,
    Party,
    accept,
    alliance_of,
    host_organization,
    join,
    partner_organization,
    signed_agreement,
)

pytestmark = pytest.mark.usefixtures("committed")
THEN = datetime(2021, 3, 2, 9, tzinfo=UTC)


@pytest.fixture(scope="module")
def parties(django_db_setup, django_db_blocker) -> tuple[AllianceOf, Party, Party]:
    with django_db_blocker.unblock():
        host, partner = host_organization(), partner_organization()
        alliance = alliance_of(host)
        join(alliance, partner)
        return alliance, host, partner


def _signed(parties, *, until: date | None = None, paper: Paper | None = None):
    alliance, host, partner = parties
    return signed_agreement(
        alliance, [(host, "60"), (partner, "40")], effective_from=LONG_AGO, effective_to=until, paper=paper
    )


def _told(party: Party, topic: str, agreement) -> list[dict]:
    with organization_scope(party.id):
        rows = OutboxMessage.objects.filter(topic=f"partners.{topic}", payload__agreement_id=str(agreement.id))
        return list(rows.order_by("created_at", "id").values_list("payload", flat=True))


def test_an_agreement_ends_when_its_notice_is_over(parties):
    _, host, partner = parties
    signed = _signed(parties, paper=Paper(EndRule(notice_days=30)))
    notice(signed, by=partner, now=THEN)
    ends_at = agreement_row(signed).ends_at
    waiting = propose_next(signed, date(2021, 3, 20), now=THEN)
    assert signed.id not in end_due_agreements(now=ends_at - timedelta(microseconds=1))
    assert signed.id in end_due_agreements(now=ends_at)
    assert signed.id not in end_due_agreements(now=ends_at)
    assert agreement_row(signed).status == AgreementStatus.ENDED
    assert version_row(waiting).status == TermsStatus.LAPSED
    with pytest.raises(VersionClosedError):
        accept(waiting, partner)
    for party in (host, partner):
        [payload] = _told(party, "AgreementEnded", signed)
        assert (payload["kind"], payload["ends_at"]) == ("notice", ends_at.isoformat())
    with organization_scope(host.id):
        [event] = AuditEvent.objects.filter(action="agreement.ended", target_id=str(signed.id))
        assert (event.before, event.after["by"], event.actor_label) == ({"status": "signed"}, "notice", "the clock")


def test_an_agreement_expires_with_its_last_version(parties):
    signed = _signed(parties, until=date(2021, 1, 1))
    sign_all(propose_next(signed, date(2021, 1, 1), date(2021, 3, 1), now=THEN))
    assert signed.id not in end_due_agreements(now=datetime(2021, 2, 28, tzinfo=UTC))
    assert signed.id in end_due_agreements(now=datetime(2021, 3, 5, tzinfo=UTC))
    row = agreement_row(signed)
    assert (row.status, row.ends_at) == (AgreementStatus.ENDED, datetime(2021, 3, 1, tzinfo=UTC))
    with organization_scope(parties[1].id):
        ending = Ending.objects.get(agreement_id=signed.id)
        assert (ending.kind, ending.status, ending.declared_by_id) == ("expiry", "standing", None)


@pytest.mark.parametrize(
    "paper",
    [
        None,
        YEARLY,
        Paper(EndRule(at_end=AtEnd.FALL_BACK, fallback_number=1)),
    ],
    ids=["open", "renewing", "falling back"],
)
def test_what_goes_on_does_not_expire(parties, paper):
    signed = _signed(parties)
    until = date(2021, 3, 1) if paper else None
    sign_all(propose_next(signed, date(2021, 1, 1), until, paper=paper, now=THEN))
    assert signed.id not in end_due_agreements(now=datetime(2024, 1, 1, tzinfo=UTC))


def test_a_notice_that_was_withdrawn_ends_nothing(parties):
    _, host, partner = parties
    signed = _signed(parties, paper=Paper(EndRule(notice_days=30)))
    ending_id = notice(signed, by=partner, now=THEN)
    for party in (host, partner):
        let_go_on(ending_id, by=party, now=THEN)
    assert signed.id not in end_due_agreements(now=datetime(2024, 1, 1, tzinfo=UTC))


def test_every_term_that_has_begun_is_noted_once(parties):
    _, host, partner = parties
    signed = _signed(parties, until=date(2021, 1, 31), paper=Paper(EndRule(30, AtEnd.RENEW, renewal_months=1)))
    now = datetime(2021, 3, 31, tzinfo=UTC)
    assert renew_due_versions(now=datetime(2021, 1, 30, 23, tzinfo=UTC)) == 0
    renew_due_versions(now=now)
    renew_due_versions(now=now)
    with organization_scope(partner.id):
        terms = [
            (renewal.term_from.date().isoformat(), renewal.term_to.date().isoformat())
            for renewal in Renewal.objects.filter(agreement_id=signed.id)
        ]
    assert terms == [
        ("2021-01-31", "2021-02-28"),
        ("2021-02-28", "2021-03-31"),
        ("2021-03-31", "2021-04-30"),
    ]
    assert len(_told(host, "VersionRenewed", signed)) == len(_told(partner, "VersionRenewed", signed)) == 3


def test_a_notice_stops_renewals_at_the_end_of_a_term(parties):
    _, host, partner = parties
    signed = _signed(parties, until=date(2021, 1, 1), paper=Paper(EndRule(30, AtEnd.RENEW, renewal_months=6)))
    assert notice_ends_at(signed, now=THEN) == datetime(2021, 7, 1, tzinfo=UTC)
    notice(signed, by=partner, now=THEN)
    renew_due_versions(now=datetime(2023, 1, 1, tzinfo=UTC))
    with organization_scope(host.id):
        assert Renewal.objects.filter(agreement_id=signed.id).count() == 1
        assert terms_in_force(agreement_id=signed.id, at=datetime(2021, 7, 1, tzinfo=UTC)) is None
