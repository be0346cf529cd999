"""The operator console: who may enter, what opens, what nobody can change."""

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from alliance.kernel.http.console import ReadOnlyConsole
from alliance.kernel.ids import new_id
from alliance.kernel.models import DeliveryState, OutboxDelivery, OutboxMessage
from alliance.kernel.tenancy import across_organizations, organization_scope
from partners.models import HostApplication, Invitation, Organization, User
from partners.services.submit_host_application import HostApplicationForm, submit_host_application
from tests.cast import NOW, PASSWORD, full_cast, person, signed_in
from tests.operators import at_console, operator

pytestmark = pytest.mark.usefixtures("committed")


@pytest.fixture(scope="module")
def cast(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        yield full_cast()


@pytest.fixture(name="operator")
def _operator():
    return at_console(operator())


@pytest.fixture
def chief():
    return at_console(operator(is_superuser=True))


def changelists():
    return [
        pytest.param(model, id=model._meta.label_lower)
        for model in sorted(admin.site._registry, key=lambda m: m._meta.label)
    ]


def address(model, page="changelist", *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def test_strangers_are_sent_to_the_one_sign_in_page():
    response = Client().get("/admin/partners/organization/")
    assert response.status_code == 302
    login = Client().get(response["Location"])
    assert login["Location"] == "/accounts/login/?next=/admin/partners/organization/"


def test_signing_in_never_leads_outside_the_console():
    assert Client().get("/admin/login/?next=https://evil.example/")["Location"] == "/accounts/login/?next=/admin/"
    assert Client().get("/admin/login/?next=//evil.example/")["Location"] == "/accounts/login/?next=/admin/"


def test_to_members_the_console_does_not_exist(cast):
    client = Client()
    client.force_login(cast.host.owner)

    response = client.get("/admin/", follow=True)

    assert response.status_code == 404


def test_the_home_shows_every_queue(operator):
    response = operator.get("/admin/")

    assert response.status_code == 200
    assert {"Partner applications", "Host applications", "Parked deliveries", "Conversions in suspense"} <= {
        str(queue.title) for queue in response.context["queues"]
    }
    for queue in response.context["queues"]:
        assert operator.get(queue.link).status_code == 200


def test_every_entry_of_the_sidebar_opens(operator):
    sections = operator.get("/admin/").context["sidebar_navigation"]

    links = [str(item["link"]) for section in sections for item in section["items"]]
    assert len(links) > 8
    for link in links:
        assert operator.get(link).status_code == 200, link


@pytest.mark.parametrize("model", changelists())
def test_every_list_opens_searches_and_takes_few_queries(operator, cast, model):
    alias = connections["operator"]
    with CaptureQueriesContext(alias) as queries:
        assert operator.get(address(model)).status_code == 200
    assert len(queries) <= 16, [q["sql"][:120] for q in queries]
    assert operator.get(address(model), {"q": str(new_id())}).status_code == 200
    assert operator.get(address(model), {"q": "some words"}).status_code == 200


@pytest.mark.parametrize("model", changelists())
def test_nobody_adds_changes_or_deletes_rows(chief, model):
    console = admin.site._registry[model]
    assert isinstance(console, ReadOnlyConsole)
    assert chief.get(address(model, "add")).status_code == 403
    rows = _rows(model)
    if not rows:
        return
    row = rows[0]
    assert chief.get(address(model, "change", row.pk)).status_code == 200
    assert chief.get(address(model, "delete", row.pk)).status_code == 403
    if model is not User:
        assert chief.post(address(model, "change", row.pk), {}).status_code == 403


LEADING_COLUMNS = """
    SELECT a.attname FROM pg_index AS i
    JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
    WHERE i.indrelid = %s::regclass
"""


@pytest.mark.parametrize("model", changelists())
def test_searching_by_id_is_an_index_look_up(model):
    with connections["operator"].cursor() as cursor:
        cursor.execute(LEADING_COLUMNS, [model._meta.db_table])
        indexed = {name for (name,) in cursor.fetchall()}

    assert set(admin.site._registry[model].id_search_fields) <= indexed


def test_a_password_alone_does_not_open_the_console(operator):
    client = signed_in(operator.user)  # the same person, without it

    refused = client.get("/admin/", follow=True)

    assert refused.status_code == 403
    page = refused.content.decode()
    assert "opens with a second factor only" in page
    assert "/accounts/2fa/reauthenticate/" in page
    assert client.get("/admin/partners/user/", follow=True).status_code == 403
    assert client.post(address(HostApplication), {"action": "approve"}, follow=True).status_code == 403


def test_an_installation_may_do_without_as_the_demo_does(operator, settings):
    settings.OPERATORS_NEED_SECOND_FACTOR = False

    assert signed_in(operator.user).get("/admin/").status_code == 200


def test_an_operator_with_a_second_factor_gives_it_before_the_console_opens():
    user = person(password=PASSWORD)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    with across_organizations(reason="a test makes an operator"):
        User.objects.filter(pk=user.pk).update(is_staff=True)
    TOTP.activate(user, generate_totp_secret())
    client = Client()

    response = client.post("/accounts/login/?next=/admin/", {"login": user.email, "password": PASSWORD})

    assert response["Location"].startswith("/accounts/2fa/authenticate/")
    assert client.get("/admin/")["Location"].startswith("/admin/login/")


def _rows(model):
    with across_organizations(reason="a test looks at all rows"):
        return list(model._default_manager.all()[:1])


def test_the_console_runs_on_the_operators_role_alone(operator, cast):
    with CaptureQueriesContext(connections["default"]) as runtime:
        operator.get("/admin/partners/organization/")

    tables = ("partners_organization", "partners_member")
    assert not [q["sql"] for q in runtime if any(f'FROM "{table}"' in q["sql"] for table in tables)]


def test_the_console_has_a_content_policy_of_its_own(operator):
    policy = operator.get("/admin/")["Content-Security-Policy"]

    assert "frame-ancestors 'none'" in policy
    assert "default-src 'self'" in policy
    assert operator.get("/api/v1/")["Content-Security-Policy"] != policy


def parked(cast):
    with organization_scope(cast.host.id):
        message = OutboxMessage.objects.create(
            organization_id=cast.host.id, topic="test.Nothing", payload={}, created_at=NOW
        )
        return OutboxDelivery.objects.create(
            organization_id=cast.host.id,
            message=message,
            subscriber="nobody",
            queue="events",
            state=DeliveryState.PARKED,
            attempts=5,
            last_error="Traceback\nValueError: no",
        )


def state_of(delivery):
    with organization_scope(delivery.organization_id):
        return OutboxDelivery.objects.get(pk=delivery.pk).state


def test_parked_deliveries_are_retried_and_the_act_is_kept(operator, cast):
    chosen, other = parked(cast), parked(cast)

    response = operator.post(
        address(OutboxDelivery), {"action": "retry", "_selected_action": [str(chosen.pk)]}, follow=True
    )

    assert "1 delivery will be tried again." in response.content.decode()
    assert (state_of(chosen), state_of(other)) == (DeliveryState.PENDING, DeliveryState.PARKED)
    with across_organizations(reason="a test reads the console's log"):
        entry = LogEntry.objects.get(object_id=str(chosen.pk))
    assert entry.user_id == operator.user.pk


def _application():
    return submit_host_application(
        application=HostApplicationForm("Harbour Books", "Ada Harbour", f"ada-{new_id()}@example.org"),
        now=NOW,
    )


def test_an_application_is_approved_or_declined_once(operator):
    yes, no = _application(), _application()

    def decide(action, *ids):
        body = {"action": action, "_selected_action": [str(i) for i in ids]}
        return operator.post(address(HostApplication), body, follow=True).content.decode()

    assert "Decided: Harbour Books" in decide("approve", yes)
    decide("decline", no)
    assert "This application has been decided already." in decide("approve", no)
    with across_organizations(reason="a test reads what was decided"):
        assert Organization.objects.get(pk=yes).name == "Harbour Books"
        assert not Organization.objects.filter(pk=no).exists()
        assert Invitation.objects.filter(organization_id=yes).count() == 1


def test_only_a_superuser_makes_operators_and_nobody_locks_themselves_out(operator, chief):
    somebody = person()
    form = {"is_staff": "on", "is_active": "on"}

    assert operator.post(address(User, "change", somebody.pk), form).status_code == 403
    assert chief.post(address(User, "change", somebody.pk), form).status_code == 302
    somebody.refresh_from_db()
    assert somebody.is_staff
    chief.post(address(User, "change", somebody.pk), {**form, "is_superuser": "on", "email": "x@example.org"})
    somebody.refresh_from_db()
    assert not somebody.is_superuser
    refused = chief.post(address(User, "change", chief.user.pk), {"is_active": "on"}, follow=True)
    assert "You can&#x27;t take away your own access." in refused.content.decode()
    chief.user.refresh_from_db()
    assert chief.user.is_staff


def test_the_consoles_own_pages_for_passwords_and_leaving_are_the_accounts(operator):
    assert operator.get("/admin/password_change/")["Location"] == "/accounts/password/change/"
    assert operator.post("/admin/logout/")["Location"] == "/accounts/logout/"
