"""Ending an agreement: by notice, by consent, at once; and letting it go on."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest

from alliance.kernel.errors import NotFoundError, NotPermittedError
from alliance.kernel.models import AuditEvent, OutboxMessage
from alliance.kernel.permissions import Role
from alliance.kernel.tenancy import organization_scope
from partners.agreements.notice import EndsBeforeError, NoNoticeError
from partners.agreements.reasons import ReasonMissingError, ReasonTooLongError
from partners.agreements.services.accept_ending import EndingClosedError, EndPassedError, accept_ending
from partners.agreements.services.declare_ending import NothingToEndError
from partners.agreements.services.decline_ending import decline_ending
from partners.agreements.services.decline_version import OwnProposalError
from partners.agreements.services.end_for_cause import end_for_cause
from partners.agreements.services.give_notice import EndMovedError, NoticeStandsError, give_notice
from partners.agreements.services.propose_ending import EndingWaitsError, LastDayPassedError
from partners.agreements.services.revoke_ending import NotRevocableError
from partners.agreements.services.sign_ending import EndingChangedError
from partners.agreements.services.sign_version import Signature, SignerNameMissingError
from partners.agreements.services.withdraw_ending import withdraw_ending
from partners.domain.end_rule import EndRule
from partners.domain.supplement import Paper
from partners.models import AgreementStatus, EndingSignature, EndingStatus, TermsStatus
from partners.selectors import accepted_terms, terms_in_force
from tests.agreements import (
    SIGNATURE,
    YEARLY,
    agree_to_end,
    agreement_row,
    ending_row,
    let_go_on,
    notice,
    notice_ends_at,
    offer_end,
    propose_next,
    sign_all,
    version_row,
)
from tests.cast import NOW, signed_agreement

APRIL_2 = datetime(2026, 4, 2, tzinfo=UTC)
MOMENT = timedelta(microseconds=1)


def binds(signed, at: datetime) -> bool:
    with organization_scope(signed.parties[1].id):
        return terms_in_force(agreement_id=signed.id, at=at) is not None


def told(party, topic: str) -> list[dict]:
    with organization_scope(party.id):
        return list(
            OutboxMessage.objects.filter(topic=f"partners.{topic}")
            .order_by("created_at")
            .values_list("payload", flat=True)
        )


# --- Notice -----------------------------------------------------------------------------------


def test_a_notice_ends_the_agreement_when_its_days_are_over(cast, signed):
    ending_id = notice(signed, by=cast.south)
    row = agreement_row(signed)
    assert (row.status, row.ends_at) == (AgreementStatus.SIGNED, APRIL_2)
    assert binds(signed, APRIL_2 - MOMENT)
    assert not binds(signed, APRIL_2)
    assert not binds(signed, datetime(2030, 1, 1, tzinfo=UTC))
    with organization_scope(cast.host.id):
        assert accepted_terms(alliance_id=cast.alliance.id).in_force(partner_id=cast.south.id, at=APRIL_2) is None
        signature = EndingSignature.objects.get(ending_id=ending_id)
        assert (signature.signer_name, signature.signer_title) == ("Sue Signer", "Director")
        assert (signature.browser, signature.second_factor, signature.ip_prefix) == ("Firefox", "totp", "192.0.2.0/24")


def test_every_party_hears_of_a_notice_and_it_is_kept_who_gave_it(cast, signed):
    ending_id = notice(signed, by=cast.south)
    for party in (cast.host, cast.south):
        [payload] = told(party, "NoticeGiven")
        assert payload["ending_id"] == str(ending_id)
        assert (payload["declared_by_id"], payload["ends_at"]) == (str(cast.south.id), APRIL_2.isoformat())
    assert told(cast.north, "NoticeGiven") == []
    with organization_scope(cast.south.id):
        [event] = AuditEvent.objects.filter(action="agreement.ending_notice")
        assert event.after["ends_at"] == APRIL_2.isoformat()


def test_a_notice_is_for_the_end_that_was_shown(cast, signed):
    for other in (APRIL_2 + timedelta(days=1), APRIL_2 - timedelta(days=1)):
        with pytest.raises(EndMovedError):
            notice(signed, by=cast.south, ends_at=other)
    with pytest.raises(EndMovedError):  # the day passed while the page was open
        notice(signed, by=cast.south, ends_at=APRIL_2, now=NOW + timedelta(days=1))
    assert agreement_row(signed).ends_at is None


def test_the_notice_of_the_version_in_force_counts_not_of_the_next(cast, signed):
    sign_all(propose_next(signed, date(2026, 6, 1)))  # knows no notice
    assert notice_ends_at(signed) == APRIL_2
    with pytest.raises(NoNoticeError):
        notice_ends_at(signed, now=datetime(2026, 6, 1, tzinfo=UTC))


def test_before_the_first_version_begins_its_notice_counts(cast):
    later = signed_agreement(
        cast.alliance,
        [(cast.host, "60"), (cast.south, "40")],
        name="Later",
        effective_from=date(2026, 6, 1),
        effective_to=date(2027, 6, 1),
        paper=YEARLY,
    )
    assert notice_ends_at(later) == datetime(2027, 6, 1, tzinfo=UTC)


def test_a_notice_ends_where_no_midnight_is(cast):
    """In Havana the clock went from 7 March, 23:59:59, to 8 March, 01:00."""
    havana = signed_agreement(
        cast.alliance,
        [(cast.host, "60"), (cast.south, "40")],
        name="Havana",
        time_zone="America/Havana",
        paper=Paper(EndRule(notice_days=5)),
    )
    notice(havana, by=cast.south)
    assert agreement_row(havana).ends_at == datetime(2026, 3, 8, 5, tzinfo=UTC)


def test_one_notice_is_enough(cast, signed):
    notice(signed, by=cast.south)
    with pytest.raises(NoticeStandsError):
        notice(signed, by=cast.host, ends_at=APRIL_2)


def test_terms_without_notice_and_agreements_without_signatures_know_none(cast, signed, waiting):
    with pytest.raises(NoNoticeError):
        notice_ends_at(cast.agreement)
    with pytest.raises(NothingToEndError):
        notice_ends_at(waiting)


def test_no_notice_where_the_agreement_ends_by_then_anyway(cast, signed):
    agree_to_end(offer_end(signed, date(2026, 3, 20), by=cast.host), by=cast.south)
    with pytest.raises(EndsBeforeError):
        notice_ends_at(signed)


def test_who_may_give_notice(cast, signed):
    def give(party, role=Role.OWNER, **changes):
        arguments = {"agreement_id": signed.id, "ends_at": APRIL_2, "signature": SIGNATURE, "now": NOW} | changes
        actor = party.actor(role)
        with organization_scope(party.id):
            give_notice(actor=actor, **arguments)

    for role in (Role.VIEWER, Role.FINANCE):
        with pytest.raises(NotPermittedError):
            give(cast.south, role)
    for outsider in (cast.north, cast.stranger):
        with pytest.raises(NotFoundError):
            give(outsider)
    with pytest.raises(NotFoundError):
        give(cast.south, agreement_id=uuid4())
    with pytest.raises(SignerNameMissingError):
        give(cast.south, signature=Signature(" ", "en"))
    with pytest.raises(ReasonTooLongError):
        give(cast.south, reason="x" * 2001)
    give(cast.south, Role.MANAGER)


# --- Consent ----------------------------------------------------------------------------------


def test_every_party_signs_an_ending_by_consent(cast, signed):
    ending_id = offer_end(signed, date(2026, 3, 31), by=cast.south)
    assert agreement_row(signed).ends_at is None
    assert binds(signed, datetime(2026, 4, 1, tzinfo=UTC))
    assert agree_to_end(ending_id, by=cast.host) is True
    assert agree_to_end(ending_id, by=cast.host) is True
    assert agreement_row(signed).ends_at == datetime(2026, 4, 1, tzinfo=UTC)
    assert not binds(signed, datetime(2026, 4, 1, tzinfo=UTC))
    for party in (cast.host, cast.south):
        assert [len(told(party, topic)) for topic in ("EndingProposed", "EndingAgreed")] == [1, 1]


def test_the_last_local_day_counts_whole(cast):
    shares = [(cast.host, "60"), (cast.south, "40")]
    there = signed_agreement(cast.alliance, shares, name="There", time_zone="Asia/Shanghai")
    agree_to_end(offer_end(there, date(2026, 3, 2), by=cast.south), by=cast.host)
    assert agreement_row(there).ends_at == datetime(2026, 3, 2, 16, tzinfo=UTC)


def test_an_earlier_consent_overtakes_a_notice_and_a_later_one_is_refused(cast, signed):
    notice(signed, by=cast.south)
    with pytest.raises(EndsBeforeError):
        offer_end(signed, date(2026, 4, 1), by=cast.south)
    ending_id = offer_end(signed, date(2026, 3, 31), by=cast.south)
    agree_to_end(ending_id, by=cast.host)
    assert agreement_row(signed).ends_at == datetime(2026, 4, 1, tzinfo=UTC)
    let_go_on(ending_id, by=cast.south)
    let_go_on(ending_id, by=cast.host)
    assert agreement_row(signed).ends_at == APRIL_2  # the notice stands


def test_a_day_that_is_over_is_no_last_day(cast, signed):
    with pytest.raises(LastDayPassedError):
        offer_end(signed, date(2026, 3, 1), by=cast.south)
    ending_id = offer_end(signed, date(2026, 3, 3), by=cast.south)
    with pytest.raises(EndPassedError):
        agree_to_end(ending_id, by=cast.host, now=datetime(2026, 3, 4, tzinfo=UTC))


def test_a_consent_is_declined_with_a_reason_or_withdrawn(cast, signed):
    ending_id = offer_end(signed, date(2026, 3, 31), by=cast.south)
    with pytest.raises(EndingWaitsError):
        offer_end(signed, date(2026, 3, 30), by=cast.host)
    host, south = cast.host.actor(), cast.south.actor()
    with organization_scope(cast.host.id):
        with pytest.raises(ReasonMissingError):
            decline_ending(actor=host, ending_id=ending_id, reason=" ", now=NOW)
        with pytest.raises(NotPermittedError):
            withdraw_ending(actor=host, ending_id=ending_id, now=NOW)
        decline_ending(actor=host, ending_id=ending_id, reason="Not yet", now=NOW)
        decline_ending(actor=host, ending_id=ending_id, reason="Not yet", now=NOW)
    row = ending_row(signed, ending_id)
    assert (row.status, row.settle_reason, row.settled_by_id) == (EndingStatus.DECLINED, "Not yet", cast.host.id)
    assert [payload["reason"] for payload in told(cast.south, "EndingDeclined")] == ["Not yet"]
    with pytest.raises(EndingClosedError):
        agree_to_end(ending_id, by=cast.host)
    again = offer_end(signed, date(2026, 3, 31), by=cast.south)
    with organization_scope(cast.south.id):
        with pytest.raises(OwnProposalError):
            decline_ending(actor=south, ending_id=again, reason="no", now=NOW)
        withdraw_ending(actor=south, ending_id=again, now=NOW)
        withdraw_ending(actor=south, ending_id=again, now=NOW)
    assert ending_row(signed, again).status == EndingStatus.WITHDRAWN


def test_a_signature_is_for_the_ending_that_was_read(cast, signed):
    ending_id = offer_end(signed, date(2026, 3, 31), by=cast.south)
    host = cast.host.actor()
    with organization_scope(cast.host.id), pytest.raises(EndingChangedError):
        accept_ending(actor=host, ending_id=ending_id, document_sha256="0" * 64, signature=SIGNATURE, now=NOW)


# --- Going on ---------------------------------------------------------------------------------


def test_a_notice_is_withdrawn_when_every_party_consents(cast, signed):
    ending_id = notice(signed, by=cast.south)
    assert let_go_on(ending_id, by=cast.south) is False
    assert agreement_row(signed).ends_at == APRIL_2
    assert let_go_on(ending_id, by=cast.host) is True
    assert let_go_on(ending_id, by=cast.host) is True
    assert agreement_row(signed).ends_at is None
    assert binds(signed, datetime(2030, 1, 1, tzinfo=UTC))
    assert len(told(cast.host, "EndingRevocationAsked")) == len(told(cast.south, "EndingRevoked")) == 1
    notice(signed, by=cast.host)  # and may be given anew


def test_what_has_taken_effect_is_not_withdrawn(cast, signed):
    ending_id = notice(signed, by=cast.south)
    let_go_on(ending_id, by=cast.south, now=APRIL_2 - MOMENT)
    with pytest.raises(NotRevocableError):
        let_go_on(ending_id, by=cast.host, now=APRIL_2)


# --- At once ----------------------------------------------------------------------------------


def _for_cause(signed, by, reason="Payments were diverted", now=NOW):
    actor = by.actor()
    with organization_scope(by.id):
        return end_for_cause(actor=actor, agreement_id=signed.id, reason=reason, signature=SIGNATURE, now=now)


def test_a_party_ends_at_once_for_a_cause(cast, signed):
    later = propose_next(signed, date(2026, 6, 1))
    waiting_end = offer_end(signed, date(2026, 4, 30), by=cast.host)
    _for_cause(signed, cast.south)
    row = agreement_row(signed)
    assert (row.status, row.ends_at) == (AgreementStatus.ENDED, NOW)
    assert binds(signed, NOW - MOMENT)
    assert not binds(signed, NOW)
    assert version_row(later).status == TermsStatus.LAPSED
    assert ending_row(signed, waiting_end).status == EndingStatus.LAPSED
    for party in (cast.host, cast.south):
        [payload] = told(party, "AgreementEnded")
        assert (payload["kind"], payload["ends_at"]) == ("cause", NOW.isoformat())


def test_a_cause_is_named_and_final(cast, signed):
    with pytest.raises(ReasonMissingError):
        _for_cause(signed, cast.south, reason="  ")
    ending_id = _for_cause(signed, cast.south)
    with pytest.raises(NotRevocableError):
        let_go_on(ending_id, by=cast.host)
    with pytest.raises(NothingToEndError):
        _for_cause(signed, cast.host)
