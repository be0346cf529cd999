"""What the database refuses about applications, whoever asks: tried as the runtime role in either side's scope."""

from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import product
from uuid import uuid4

import pytest
from django.db import DatabaseError, connections, transaction

from alliance.kernel.tenancy import organization_scope
from partners.models import ApplicationDocument, ApplicationPage, BankAccount, PartnerApplication
from partners.onboarding.domain.lifecycle import Side, Status, may_move
from partners.onboarding.domain.steps import Step
from partners.onboarding.services.request_changes import request_changes
from partners.onboarding.services.take_up_application import take_up_application
from partners.onboarding.services.withdraw_application import withdraw_application
from tests.applicants import Applied, add_document, filled, submitted
from tests.cast import NOW, Party


def _execute(sql: str, *arguments: object) -> int:
    with connections["default"].cursor() as cursor:
        cursor.execute(sql, arguments)
        return int(cursor.rowcount)


@contextmanager
def undone():
    """What is tried inside is taken back, so that the next attempt finds the same state."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def _in_status(page, host: Party, status: Status) -> Applied:
    """An application that stands at `status`, moved there by the services."""
    applied = filled(page) if status is Status.DRAFT else submitted(page)
    with organization_scope(host.id):
        if status is Status.IN_REVIEW:
            take_up_application(actor=host.system, application_id=applied.id, now=NOW)
        if status is Status.CHANGES_REQUESTED:
            request_changes(actor=host.system, application_id=applied.id, remarks={Step.COMPANY: "x"}, now=NOW)
    if status is Status.WITHDRAWN:
        with organization_scope(applied.party.id):
            withdraw_application(actor=applied.actor, application_id=applied.id, now=NOW)
    return applied


def _move(applied: Applied, status: Status) -> None:
    """The move as bare SQL, with what the other constraints want to see."""
    decided = ", decided_at = now(), reason = 'x'" if status in {Status.APPROVED, Status.REJECTED} else ""
    first = (
        ", submitted_at = coalesce(submitted_at, now()), last_submitted_at = now()"
        if status is Status.SUBMITTED
        else ""
    )
    sql = f"UPDATE partners_partnerapplication SET status = %s{decided}{first} WHERE id = %s"
    assert _execute(sql, status.value, applied.id) == 1


@pytest.mark.parametrize(
    "present",
    [Status.DRAFT, Status.SUBMITTED, Status.IN_REVIEW, Status.CHANGES_REQUESTED, Status.WITHDRAWN],
)
def test_the_database_knows_the_same_ways_as_the_code(cast, page, present):
    applied = _in_status(page, cast.host, present)
    sides = {Side.APPLICANT: applied.party.id, Side.HOST: cast.host.id}
    for side, wanted in product(Side, Status):
        if wanted is present or (side is Side.HOST and present is Status.DRAFT):
            continue
        with organization_scope(sides[side]):
            if may_move(side, present, wanted):
                with undone():
                    _move(applied, wanted)
            else:
                with (
                    pytest.raises(DatabaseError, match=r"by this hand|answers are|decision is|first submitted"),
                    undone(),
                ):
                    _move(applied, wanted)


def test_a_draft_does_not_exist_for_the_host(cast, page):
    applied = filled(page)
    with organization_scope(cast.host.id):
        assert not PartnerApplication.objects.exists()
        assert not ApplicationDocument.objects.exists()
        assert _execute("UPDATE partners_partnerapplication SET status = 'approved' WHERE id = %s", applied.id) == 0


ANSWERS = [
    "name = 'x'",
    "company = '{\"a\": 1}'",
    "country = 'US'",
    "tax_keys = '{}'",
    "applicant_email = 'x@y.example'",
]
DECISIONS = ["reason = 'x'", "reapply_on = '2030-01-01'", 'requested_changes = \'{"bank": "x"}\'']
FRAME = [
    "host_name = 'x'",
    "alliance_name = 'x'",
    "created_at = '2020-01-01'",
    "organization_id = '00000000-0000-4000-8000-000000000001'",
]


@pytest.mark.parametrize("change", ANSWERS)
def test_answers_are_the_applicants_and_only_while_it_may(cast, page, change):
    applied = submitted(page)
    sql = f"UPDATE partners_partnerapplication SET {change} WHERE id = %s"
    for side in (cast.host.id, applied.party.id):
        with pytest.raises(DatabaseError, match="answers are the applicant"), organization_scope(side):
            _execute(sql, applied.id)


@pytest.mark.parametrize("change", DECISIONS)
def test_decisions_are_the_hosts_and_come_with_a_move(cast, page, change):
    applied = submitted(page)
    sql = f"UPDATE partners_partnerapplication SET {change} WHERE id = %s"
    for side in (cast.host.id, applied.party.id):
        with pytest.raises(DatabaseError, match="a decision is the host"), organization_scope(side):
            _execute(sql, applied.id)


@pytest.mark.parametrize("change", FRAME)
def test_the_frame_stays(page, change):
    applied = filled(page)
    with (
        pytest.raises(DatabaseError, match=r"keeps its frame|row-level security"),
        organization_scope(applied.party.id),
    ):
        _execute(f"UPDATE partners_partnerapplication SET {change} WHERE id = %s", applied.id)


@pytest.mark.parametrize("what", ["company = '{}'", "bank_account_id = NULL", "contacts = '{}'"])
def test_nothing_incomplete_is_submitted(page, what):
    applied = filled(page)
    with pytest.raises(DatabaseError, match="application_submitted_complete"), organization_scope(applied.party.id):
        _execute(
            f"UPDATE partners_partnerapplication SET status = 'submitted', submitted_at = now(), last_submitted_at = now(), {what} "
            "WHERE id = %s",
            applied.id,
        )


def _columns(applied: Applied, **changes: object) -> dict[str, object]:
    with organization_scope(applied.party.id):
        row = PartnerApplication.objects.get(pk=applied.id)
    return {
        "organization_id": row.organization_id,
        "alliance_id": row.alliance_id,
        "host_id": row.host_id,
        "alliance_name": "A",
        "host_name": "H",
        "name": "N",
    } | changes


def test_nobody_applies_for_another(cast, page):
    columns = _columns(filled(page))
    for party in (cast.host, cast.stranger):
        refused = pytest.raises(DatabaseError, match=r"draft of its organization|row-level security")
        with refused, organization_scope(party.id):
            PartnerApplication.objects.create(**columns)


def test_an_application_begins_as_a_draft_and_once_at_a_time(cast, page):
    applied = filled(page)
    with pytest.raises(DatabaseError, match="draft of its organization"), organization_scope(applied.party.id):
        PartnerApplication.objects.create(
            **_columns(applied, status="approved", submitted_at=NOW, last_submitted_at=NOW, decided_at=NOW)
        )
    with pytest.raises(DatabaseError, match="application_open_once_per_alliance"), organization_scope(applied.party.id):
        PartnerApplication.objects.create(**_columns(applied))


def _at_once(write) -> None:
    """Write, and have deferred constraints checked now."""
    with undone():
        write()
        _execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_an_application_belongs_to_a_host_of_the_alliance(cast, page):
    columns = _columns(filled(page), organization_id=cast.stranger.id, host_id=cast.north.id)
    with organization_scope(cast.stranger.id), pytest.raises(DatabaseError, match="foreign key"):
        _at_once(lambda: PartnerApplication.objects.create(**columns))


# --- Documents ------------------------------------------------------------------------------------------------------


def test_a_document_that_the_host_has_seen_stays(page):
    applied = submitted(page)
    with organization_scope(applied.party.id):
        with pytest.raises(DatabaseError, match="submitted document stays"), undone():
            ApplicationDocument.objects.all().delete()
        for change in (
            {"file_name": "x"},
            {"sha256": "0" * 64},
            {"stored_as": "x"},
            {"submitted_at": datetime(2030, 1, 1, tzinfo=UTC)},
        ):
            with pytest.raises(DatabaseError, match="not rewritten"), undone():
                ApplicationDocument.objects.update(**change)


def test_an_application_in_the_hosts_hands_takes_no_documents(page):
    applied = submitted(page)
    with organization_scope(applied.party.id):
        known = ApplicationDocument.objects.first()
        copy = {field.attname: getattr(known, field.attname) for field in known._meta.concrete_fields}
        copy |= {"id": uuid4(), "stored_as": "x", "submitted_at": None}
        with pytest.raises(DatabaseError, match="takes no documents now"):
            ApplicationDocument.objects.create(**copy)


def test_a_host_writes_no_documents(cast, page):
    applied = submitted(page)
    with organization_scope(cast.host.id):
        assert ApplicationDocument.objects.filter(application_id=applied.id).update(removed_at=NOW) == 0


# --- Functions that reach across ------------------------------------------------------------------------------------


def test_only_the_host_that_approved_activates(cast, page):
    applied = submitted(page)
    for party in (cast.host, cast.stranger, applied.party):
        with pytest.raises(DatabaseError, match="only the host that approved"), organization_scope(party.id):
            _execute("SELECT partners_activate_applicant(%s, gen_random_uuid(), now())", applied.id)


TELL = "SELECT partners_tell_other_side(gen_random_uuid(), %s, %s, '{}', now(), '{}', '{}', '{}')"
TOPIC = "partners.onboarding.ApplicationMoved"


def test_only_the_two_sides_tell_each_other(cast, page):
    applied = submitted(page)
    for party in (cast.stranger, cast.north):
        with pytest.raises(DatabaseError, match="only the two sides"), organization_scope(party.id):
            _execute(TELL, applied.id, TOPIC)
    for party in (cast.host, applied.party):
        with pytest.raises(DatabaseError, match="only the two sides"), organization_scope(party.id):
            _execute(TELL, applied.id, "partners.AgreementSigned")
        with organization_scope(party.id):
            assert _execute(TELL, applied.id, TOPIC) == 1


def test_of_a_draft_nobody_is_told(page):
    applied = filled(page)
    with pytest.raises(DatabaseError, match="only the two sides"), organization_scope(applied.party.id):
        _execute(TELL, applied.id, TOPIC)


def test_who_resembles_whom_is_for_operators_alone(cast, page):
    applied = submitted(page)
    with pytest.raises(DatabaseError, match="permission denied"), organization_scope(cast.host.id):
        _execute("SELECT * FROM partners_similar_applicants(%s)", applied.id)


# --- Bank accounts and pages -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "act", ["UPDATE partners_bankaccount SET holder_name = 'x'", "DELETE FROM partners_bankaccount"]
)
def test_a_bank_account_is_never_changed_or_removed(page, act):
    applied = filled(page)
    with pytest.raises(DatabaseError, match="permission denied"), organization_scope(applied.party.id):
        _execute(act)


def test_a_number_in_the_clear_is_not_kept(page):
    applied = filled(page)
    with organization_scope(applied.party.id):
        known = BankAccount.objects.get()
        columns = {field.attname: getattr(known, field.attname) for field in known._meta.concrete_fields}
        with pytest.raises(DatabaseError, match="bank_account_number_sealed"):
            BankAccount.objects.create(**columns | {"id": uuid4(), "sealed_number": "DE89370400440532013000"})


def test_an_application_goes_with_an_account_of_its_own_organization(page):
    first, second = filled(page), filled(page, name="Other")
    with organization_scope(first.party.id):
        foreign = BankAccount.objects.get().pk
    own = PartnerApplication.objects
    with organization_scope(second.party.id), pytest.raises(DatabaseError, match="foreign key"):
        _at_once(lambda: own.filter(pk=second.id).update(bank_account_id=foreign))


@pytest.mark.parametrize(
    "change", [{"accent_colour": "red"}, {"accent_colour": "#FFF"}, {"slug": "Not A Slug"}, {"slug": "a--b"}]
)
def test_a_page_has_a_colour_and_an_address(cast, page, change):
    with pytest.raises(DatabaseError, match="application_page"), organization_scope(cast.host.id):
        ApplicationPage.objects.update(**change)


def test_a_draft_in_a_changes_request_hides_new_documents_from_the_host(cast, page):
    applied = _in_status(page, cast.host, Status.CHANGES_REQUESTED)
    with organization_scope(applied.party.id):
        add_document(applied, kind="other")
    with organization_scope(cast.host.id):
        assert not ApplicationDocument.objects.filter(kind="other").exists()
