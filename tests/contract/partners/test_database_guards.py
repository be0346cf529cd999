"""What the database refuses about agreements, whoever asks: tried as the runtime role."""

from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, ProgrammingError, connections
from django.utils import timezone

from alliance.kernel.tenancy import organization_scope
from partners.models import (
    Acceptance,
    Agreement,
    AgreementParty,
    AgreementStatus,
    AllianceMembership,
    TermsStatus,
    TermsVersion,
)
from tests.cast import AgreementOf, Cast, Party, accept, full_cast, proposed_agreement, signed_agreement


@pytest.fixture
def cast(db) -> Cast:
    return full_cast()


@pytest.fixture
def waiting(cast: Cast) -> AgreementOf:
    return proposed_agreement(cast.alliance, [(cast.host, "60"), (cast.south, "40")], name="Waiting")


@pytest.mark.parametrize(
    "change",
    [
        {"document": {}},
        {"document_sha256": "0" * 64},
        {"number": 7},
        {"effective_from": datetime(2021, 1, 1, tzinfo=UTC)},
        {"created_at": datetime(2021, 1, 1, tzinfo=UTC)},
        {"effective_to": datetime(2031, 1, 1, tzinfo=UTC)},
        {"status": TermsStatus.ACCEPTED},
    ],
)
def test_a_proposal_is_not_rewritten_or_accepted_by_an_update(cast, waiting, change):
    with pytest.raises(IntegrityError), organization_scope(cast.host.id):
        TermsVersion.objects.filter(pk=waiting.version_id).update(**change)


@pytest.mark.parametrize(
    "change",
    [
        {"status": TermsStatus.WITHDRAWN},
        {"status": TermsStatus.PROPOSED},
        {"effective_from": datetime(2021, 1, 1, tzinfo=UTC)},
    ],
)
def test_an_accepted_version_stays(cast, change):
    with pytest.raises(IntegrityError), organization_scope(cast.host.id):
        TermsVersion.objects.filter(pk=cast.agreement.version_id).update(**change)


@pytest.mark.parametrize("end", [datetime(2030, 1, 1, tzinfo=UTC), datetime(2020, 6, 1, tzinfo=UTC)])
def test_nobody_cuts_an_accepted_version_short_but_its_successor(cast, end):
    with pytest.raises(IntegrityError, match="no successor begins there"), organization_scope(cast.host.id):
        _cut(cast.agreement, end)


def _cut(agreement: AgreementOf, end: datetime) -> None:
    TermsVersion.objects.filter(pk=agreement.version_id).update(effective_to=end)
    _execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_an_accepted_version_is_never_stretched(cast):
    short = signed_agreement(
        cast.alliance, [(cast.host, "60"), (cast.south, "40")], name="Short", effective_to=date(2030, 1, 1)
    )
    for end in (datetime(2031, 1, 1, tzinfo=UTC), None):
        with pytest.raises(IntegrityError, match="may only end earlier"), organization_scope(cast.host.id):
            TermsVersion.objects.filter(pk=short.version_id).update(effective_to=end)


def test_one_signature_does_not_accept_for_all(cast, waiting):
    accept(waiting, cast.host)
    with pytest.raises(IntegrityError, match="a party has not signed"), organization_scope(cast.host.id):
        TermsVersion.objects.filter(pk=waiting.version_id).update(status=TermsStatus.ACCEPTED)
    with pytest.raises(IntegrityError, match="no version is accepted"), organization_scope(cast.host.id):
        Agreement.objects.filter(pk=waiting.id).update(status=AgreementStatus.SIGNED)


def _signature(cast: Cast, waiting: AgreementOf, organization_id, sha256: str) -> Acceptance:
    return Acceptance(
        agreement_id=waiting.id,
        version_id=waiting.version_id,
        organization_id=organization_id,
        signer_name="Forger",
        signer_role="owner",
        language="en",
        document_sha256=sha256,
        accepted_at=timezone.now(),
    )


def test_nobody_signs_for_another(cast, waiting):
    with pytest.raises(ProgrammingError, match="row-level security"), organization_scope(cast.host.id):
        _signature(cast, waiting, cast.south.id, waiting.document_sha256).save(force_insert=True)


def test_a_signature_fits_the_hash(cast, waiting):
    with pytest.raises(IntegrityError, match="not open under this hash"), organization_scope(cast.host.id):
        _signature(cast, waiting, cast.host.id, "0" * 64).save(force_insert=True)


def test_a_signature_is_never_changed_or_removed(cast):
    for sql in ("UPDATE partners_acceptance SET signer_name = 'X'", "DELETE FROM partners_acceptance"):
        with pytest.raises(ProgrammingError, match="permission denied"), organization_scope(cast.host.id):
            _execute(sql)


@pytest.mark.parametrize("change", [{"currency": "USD"}, {"time_zone": "Asia/Tokyo"}])
def test_the_frame_stays(cast, change):
    with pytest.raises(IntegrityError, match="keeps its frame"), organization_scope(cast.host.id):
        Agreement.objects.filter(pk=cast.agreement.id).update(**change)


def test_nobody_is_let_in_afterwards(cast):
    with pytest.raises(IntegrityError, match="seats are taken"), organization_scope(cast.host.id):
        AgreementParty.objects.create(
            agreement_id=cast.agreement.id, alliance_id=cast.alliance.id, organization_id=cast.south.id, rank=2
        )


def _execute(sql: str, *arguments: object) -> None:
    with connections["default"].cursor() as cursor:
        cursor.execute(sql, arguments)


def _agreement_with(cast: Cast, *parties: Party) -> None:
    agreement = Agreement.objects.create(
        alliance_id=cast.alliance.id,
        host_id=cast.host.id,
        proposed_by_id=cast.host.id,
        name="N",
        currency="EUR",
        time_zone="UTC",
    )
    for rank, party in enumerate(parties):
        AgreementParty.objects.create(
            agreement=agreement, alliance_id=cast.alliance.id, organization_id=party.id, rank=rank
        )
    _execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_a_seat_is_for_members_of_the_alliance(cast):
    with pytest.raises(IntegrityError), organization_scope(cast.host.id):
        _agreement_with(cast, cast.host, cast.stranger)


def test_the_proposer_takes_a_seat(cast):
    with pytest.raises(IntegrityError), organization_scope(cast.host.id):
        _agreement_with(cast, cast.north, cast.south)


def test_partners_do_not_write_memberships(cast):
    with pytest.raises(ProgrammingError, match="row-level security"), organization_scope(cast.north.id):
        AllianceMembership.objects.create(
            alliance_id=cast.alliance.id, host_id=cast.host.id, organization_id=cast.stranger.id
        )
    with organization_scope(cast.north.id):
        assert AllianceMembership.objects.update(partner_code="mine") == 0


@pytest.mark.parametrize("who", ["north", "stranger"])
def test_only_a_host_founds_partners(cast, who):
    sql = "SELECT partners_found_partner(gen_random_uuid(), %s, 'x', '', 'UTC', now())"
    with pytest.raises(ProgrammingError, match="only a host"), organization_scope(getattr(cast, who).id):
        _execute(sql, cast.host.id)


def test_only_members_tell_a_host(cast):
    sql = "SELECT partners_tell_host(gen_random_uuid(), %s, 'x', '{}', now(), '{}', '{}', '{}')"
    with pytest.raises(ProgrammingError, match="only members"), organization_scope(cast.stranger.id):
        _execute(sql, cast.host.id)


def test_a_member_tells_a_host_nothing_in_another_apps_name(cast):
    sql = "SELECT partners_tell_host(gen_random_uuid(), %s, 'campaigns.ConversionsRecorded', '{}', now(), '{}', '{}', '{}')"
    with pytest.raises(ProgrammingError, match="of partners only"), organization_scope(cast.north.id):
        _execute(sql, cast.host.id)


def test_only_its_founder_invites_the_first_owner(cast):
    sql = "SELECT partners_invite_first_owner(gen_random_uuid(), %s, 'x@y.example', 'en', 'sha', NULL, now(), now())"
    for party in (cast.host, cast.stranger):  # north has people, and nobody founded it
        with pytest.raises(ProgrammingError, match="its own people"), organization_scope(party.id):
            _execute(sql, cast.north.id)
