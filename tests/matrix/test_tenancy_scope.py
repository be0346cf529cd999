"""The scope: what it shows, what it refuses, and that a pooled connection never carries it to somebody else."""

import os
import random
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, IntegrityError, connections
from django.http import HttpResponse, StreamingHttpResponse
from psycopg_pool import ConnectionPool

from alliance.embedded.database_url import with_database
from alliance.kernel.http.doors import member_view
from alliance.kernel.ids import new_id
from alliance.kernel.models import OutboxDelivery, OutboxMessage
from alliance.kernel.permissions import Permission
from alliance.kernel.standing import OrganizationStatus
from alliance.kernel.tenancy import (
    ScopeMissingError,
    across_organizations,
    current_organization_id,
    database_alias,
    has_scope,
    organization_scope,
    require_organization_id,
)
from partners.models import AllianceMembership, Organization
from tests.cast import alliance_of, host_organization

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def _message(organization_id):
    return OutboxMessage.objects.create(organization_id=organization_id, topic="t", payload={}, created_at=NOW)


def _setting(alias="default"):
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT coalesce(current_setting('app.organization', true), '')")
        return cursor.fetchone()[0]


# --- what the scope refuses -------------------------------------------------------------------------


@pytest.mark.parametrize("model", [OutboxMessage, Organization])
def test_a_query_outside_a_scope_raises(db, model):
    with pytest.raises(ScopeMissingError):
        model.objects.count()


def test_asking_for_the_organization_outside_a_scope_raises(db):
    assert not has_scope()
    assert current_organization_id() is None
    with pytest.raises(ScopeMissingError):
        require_organization_id()
    with across_organizations(reason="a test"), pytest.raises(ScopeMissingError):
        require_organization_id()


def test_another_scope_inside_a_scope_is_refused(db):
    with organization_scope(new_id()), pytest.raises(ScopeMissingError), organization_scope(new_id()):
        pytest.fail("The inner scope was opened.")


def test_the_operators_view_inside_a_scope_is_refused(db):
    with organization_scope(new_id()), pytest.raises(ScopeMissingError), across_organizations(reason="a test"):
        pytest.fail("The operator's view was opened.")


def test_the_same_scope_again_changes_nothing(db):
    ours = new_id()
    with organization_scope(ours):
        with organization_scope(ours):
            _message(ours)
        assert require_organization_id() == ours
        assert OutboxMessage.objects.count() == 1


def test_a_scope_inside_the_operators_view_works_as_the_organization(committed):
    ours = new_id()
    with across_organizations(reason="a test"):
        with organization_scope(ours):
            assert database_alias() == "default"
            _message(ours)
        assert database_alias() == "operator"
        assert OutboxMessage.objects.filter(organization_id=ours).count() == 1


def test_the_scope_ends_with_its_block_also_by_an_exception(committed):
    with pytest.raises(ZeroDivisionError), organization_scope(new_id()):
        _ = 1 / 0
    assert not has_scope()
    assert _setting() == ""
    with organization_scope(new_id()):
        pass
    assert _setting() == ""


# --- what row-level security refuses, whatever the code does --------------------------------------------


def test_rows_of_another_organization_are_invisible_untouchable_and_unwritable(db):
    ours, theirs = new_id(), new_id()
    with organization_scope(theirs):
        foreign = _message(theirs)
        OutboxDelivery.objects.create(organization_id=theirs, message=foreign, subscriber="s", queue="events")
    with organization_scope(ours):
        plain = OutboxDelivery._base_manager  # without the manager's own predicate: the policy alone
        assert plain.count() == 0
        assert plain.update(subscriber="mine") == 0
        with pytest.raises(DatabaseError, match="row-level security"):
            _message(theirs)


def test_a_row_can_not_be_given_to_another_organization(db):
    ours, theirs = new_id(), new_id()
    with organization_scope(ours):
        OutboxDelivery.objects.create(organization_id=ours, message=_message(ours), subscriber="s", queue="events")
        with pytest.raises(DatabaseError, match="row-level security"):
            OutboxDelivery.objects.update(organization_id=theirs)


def _create_in(scope_of, model, **row):
    """Create the row and check at once what is else checked at the commit."""
    with organization_scope(scope_of):
        model.objects.create(**row)
        with connections["default"].cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_a_foreign_key_can_not_point_into_another_organization(db):
    """PostgreSQL checks foreign keys past row-level security; only the composite key refuses this."""
    ours, theirs = new_id(), new_id()
    with organization_scope(theirs):
        foreign = _message(theirs)
    with pytest.raises(IntegrityError, match="message_id_organization_id"):
        _create_in(ours, OutboxDelivery, message_id=foreign.pk, organization_id=ours, subscriber="s", queue="events")


def test_a_host_can_not_put_members_into_another_hosts_alliance(db):
    victim, attacker = host_organization(), host_organization(name="Attacker")
    alliance = alliance_of(victim)
    row = {"alliance_id": alliance.id, "host_id": attacker.id, "organization_id": attacker.id, "joined_at": NOW}
    with pytest.raises(IntegrityError, match="alliance_id_host_id"):
        _create_in(attacker.id, AllianceMembership, **row)


# --- answers that outlive the scope ----------------------------------------------------------------------


def test_rows_read_after_the_scope_are_nobodys(committed):
    ours = new_id()
    with organization_scope(ours):
        _message(ours)
        later = OutboxMessage.objects.all()
    assert list(later) == []


class Anyone:
    """Signed in, and allowed everything."""

    is_authenticated = True
    standing = OrganizationStatus.ACTIVE

    def can(self, permission) -> bool:
        return True


def test_a_page_that_streams_is_refused(rf):
    @member_view(Permission.HOME_READ)
    def streams(request):
        return StreamingHttpResponse(iter(()))

    request = rf.get("/")
    request.user = request.actor = Anyone()
    with pytest.raises(TypeError, match="outside the scope"):
        streams(request)


def test_a_page_that_answers_whole_is_not(rf):
    @member_view(Permission.HOME_READ)
    def answers(request):
        return HttpResponse("whole")

    request = rf.get("/")
    request.user = request.actor = Anyone()
    assert answers(request).content == b"whole"


# --- two pooled connections, many organizations ---------------------------------------------------------------

ORGANIZATIONS, CLIENTS, REQUESTS = 20, 6, 250
READ = "SELECT organization_id FROM kernel_outboxmessage"


def _transaction_local(pool, organization_id):
    """As organization_scope does it: the setting and the query in one transaction."""
    with pool.connection() as connection, connection.transaction():
        if organization_id is not None:
            connection.execute("SELECT set_config('app.organization', %s, true)", [str(organization_id)])
        return [row[0] for row in connection.execute(READ)]


def _session_wide(pool, organization_id):
    """The wrong build: the setting stays on the connection, and the next transaction may get another one."""
    if organization_id is not None:
        with pool.connection() as connection:
            connection.execute("SELECT set_config('app.organization', %s, false)", [str(organization_id)])
    with pool.connection() as connection:
        return [row[0] for row in connection.execute(READ)]


def _leaks(pool, organizations, read):
    """How many answers hold a row of somebody else. Every fourth request comes from nobody and must see nothing."""

    def client(number):
        chance, leaked = random.Random(number), 0
        for turn in range(REQUESTS):
            asking = None if turn % 4 == 0 else chance.choice(organizations)
            answer = read(pool, asking)
            leaked += answer != ([asking] if asking else [])
        return leaked

    with ThreadPoolExecutor(CLIENTS) as clients:
        return sum(clients.map(client, range(CLIENTS)))


@pytest.fixture
def organizations(committed):
    made = [new_id() for _ in range(ORGANIZATIONS)]
    for organization_id in made:
        with organization_scope(organization_id):
            _message(organization_id)
    return made


@pytest.fixture
def pool(committed):
    url = with_database(os.environ["DATABASE_URL"], connections["default"].settings_dict["NAME"])
    with ConnectionPool(url, min_size=2, max_size=2, open=True) as two:
        yield two


def test_no_answer_of_a_pooled_connection_holds_anothers_rows(pool, organizations):
    assert _leaks(pool, organizations, _transaction_local) == 0


def test_the_same_harness_catches_a_setting_that_outlives_its_transaction(pool, organizations):
    leaked = _leaks(pool, organizations, _session_wide)
    assert leaked > CLIENTS * REQUESTS // 10
