"""The audit trail as people and programs read it: filtered, explained, linked, written into files."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from alliance.kernel import audit
from alliance.kernel.actor import Actor, ActorKind
from alliance.kernel.ids import new_id
from alliance.kernel.models import AuditEvent
from alliance.kernel.permissions import Permission, Role
from alliance.kernel.tenancy import organization_scope
from partners.models import Organization
from partners.webhooks.models import WebhookEndpoint
from settlements.models import Export
from tests.api import Caller
from tests.cast import NOW, host_organization, member_of, partner_organization, signed_in
from tests.jobs import run_all_jobs
from tests.webhooks import endpoint_of

EVENTS = "/api/v1/audit-events"
MARCH_1 = datetime(2026, 3, 1, 15, 59, 59, tzinfo=UTC)  # 23:59:59 in Shanghai


@pytest.fixture
def host(db):
    """A host in Shanghai with one act of each sort of actor, on four days."""
    party = host_organization(time_zone="Asia/Shanghai")
    endpoint = endpoint_of(party)
    with organization_scope(party.id):
        organization, hook = Organization.objects.get(pk=party.id), WebhookEndpoint.objects.get(pk=endpoint.id)
        acts = [
            (ActorKind.MEMBER, "Ada Member", "organization.changed", organization, MARCH_1),
            (
                ActorKind.API_KEY,
                "Nightly import",
                "order_import.confirmed",
                organization,
                MARCH_1 + timedelta(seconds=1),
            ),
            (ActorKind.SYSTEM, "webhooks", "webhook.switched_off", hook, MARCH_1 + timedelta(days=2)),
            (ActorKind.OPERATOR, "=Op+1", "agreement.signed", organization, MARCH_1 + timedelta(days=3)),
        ]
        for kind, label, action, target, at in acts:
            actor = Actor(kind=kind, organization_id=party.id, actor_id=new_id(), label=label, ip_prefix="192.0.2.0/24")
            audit.record(actor, action, target, now=at, before={"name": "old"}, after={"name": "=1+1"})
    return party


def page(party, by=None, **query):
    return signed_in(by or party.owner).get(reverse("portal:audit"), query)


def listed(response):
    return [row.record.action for row in response.context["table"].page.object_list]


ALL = ["agreement.signed", "webhook.switched_off", "order_import.confirmed", "organization.changed"]


@pytest.mark.parametrize(
    ("query", "actions"),
    [
        ({}, ALL),
        ({"action": "webhook.switched_off"}, ALL[1:2]),
        ({"kind": "operator"}, ALL[:1]),
        ({"kind": "api_key"}, ALL[2:3]),
        ({"actor": "ada"}, ALL[3:]),
        ({"actor": "nobody"}, []),
        ({"target": "hooks.example"}, ALL[1:2]),
        ({"from": "2026-03-02"}, ALL[:3]),
        ({"to": "2026-03-01"}, ALL[3:]),
        ({"from": "2026-03-02", "to": "2026-03-03"}, ALL[1:3]),
        ({"from": "2026-03-02", "kind": "member"}, []),
        ({"action": "no.such.action", "from": "yesterday", "kind": "ghost"}, ALL),
    ],
)
def test_the_trail_is_filtered_by_what_who_what_to_and_local_days(host, query, actions):
    found = [
        action for action in listed(page(host, **query)) if action not in {"organization.created", "webhook.created"}
    ]
    assert found == actions


def test_an_object_and_an_actor_are_found_by_id(host):
    with organization_scope(host.id):
        event = AuditEvent.objects.get(action="webhook.switched_off")
    assert listed(page(host, target=event.target_id)) == ["webhook.switched_off", "webhook.created"]
    assert listed(page(host, actor=str(event.actor_id))) == ["webhook.switched_off"]


def test_acts_are_told_in_sentences_and_lead_to_their_objects(host):
    with organization_scope(host.id):
        event = AuditEvent.objects.get(action="webhook.switched_off")
    shown = page(host).content.decode()
    assert "Switched a webhook endpoint off" in shown
    assert f'href="/webhooks/{event.target_id}/"' in shown
    client = signed_in(host.owner)
    client.cookies["django_language"] = "zh-hans"
    chinese = client.get(reverse("portal:audit")).content.decode()
    assert "停用了 Webhook 端点" in chinese
    assert "Switched a webhook" not in chinese


def test_who_may_read_it(host):
    assert page(host, by=member_of(host, Role.FINANCE)).status_code == 200
    assert page(host, by=member_of(host, Role.ANALYST)).status_code == 403
    assert listed(page(partner_organization(), action="webhook.switched_off")) == []


def export(party, file_format, by=None, language="en", **query):
    client = signed_in(by or party.owner)
    client.cookies["django_language"] = language
    address = reverse("portal:audit_export_create") + ("?" + "&".join(f"{k}={v}" for k, v in query.items()))
    response = client.post(address, {"file_format": file_format})
    run_all_jobs(party.id)
    return client, response


def content(client, response):
    return b"".join(client.get(response["Location"] + "file/").streaming_content)


def test_what_the_page_shows_is_written_into_a_csv_file_that_no_spreadsheet_runs(host):
    client, response = export(host, "csv", **{"from": "2026-03-02"})
    text = content(client, response).decode("utf-8-sig")
    header, *rows = csv.reader(io.StringIO(text))
    assert header[:6] == ["When (UTC)", "Kind of actor", "Who", "Id of the actor", "What was done", "Action"]
    rows = [row for row in rows if row[5] not in {"organization.created", "webhook.created"}]
    assert [row[5] for row in rows] == ["order_import.confirmed", "webhook.switched_off", "agreement.signed"]
    assert rows[2][2] == "'=Op+1"
    assert rows[0][4] == "Had an order file imported"
    assert json.loads(rows[0][10]) == {"name": "=1+1"}
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)


def test_headers_and_sentences_follow_the_language(host):
    client, response = export(host, "csv", language="zh-hans", kind="system")
    header, *rows = csv.reader(io.StringIO(content(client, response).decode("utf-8-sig")))
    assert header[:3] == ["时间（UTC）", "操作者类型", "人员"]
    assert rows[-1][4] == "停用了 Webhook 端点"


def test_json_lines_hold_everything_that_the_api_shows(host):
    client, response = export(host, "jsonl")
    lines = [json.loads(line) for line in content(client, response).splitlines()]
    caller = Caller(host, [Permission.AUDIT_READ])
    shown = caller.get(EVENTS, {"until": "2026-04-01T00:00:00Z"}).json()["results"]
    assert {line["id"] for line in lines} >= {event["id"] for event in shown}
    one = next(line for line in lines if line["action"] == "agreement.signed")
    assert set(one) == set(shown[0])
    assert (one["before"], one["after"]) == ({"name": "old"}, {"name": "=1+1"})


def test_the_file_ends_where_it_was_asked_for_and_is_the_same_again(host):
    client, response = export(host, "jsonl", action="organization.changed")
    first = content(client, response)
    with organization_scope(host.id):
        [made] = Export.objects.all()
        assert AuditEvent.objects.filter(action="export.created", after__audit__action="organization.changed").exists()
    assert made.audit_question["query"]["until"]
    assert len(first.splitlines()) == 1


def test_who_may_have_files_of_the_trail(host):
    client, response = export(host, "csv")
    analyst = signed_in(member_of(host, Role.ANALYST))
    assert analyst.get(response["Location"]).status_code == 404
    assert analyst.get(response["Location"] + "file/").status_code == 404
    assert "audit-trail" not in analyst.get(reverse("portal:exports")).content.decode()
    assert "audit-trail" in client.get(reverse("portal:exports")).content.decode()
    assert analyst.post(reverse("portal:audit_export_create"), {"file_format": "csv"}).status_code == 403
    weak = Caller(host, [Permission.EXPORT_CREATE])
    assert weak.get("/api/v1/exports").json()["results"] == []
    assert (
        len(Caller(host, [Permission.EXPORT_CREATE, Permission.AUDIT_READ]).get("/api/v1/exports").json()["results"])
        == 1
    )
    assert signed_in(partner_organization().owner).get(response["Location"]).status_code == 404


@pytest.mark.parametrize("file_format", ["", "xlsx", "beancount", "exe"])
def test_other_formats_are_not_offered(host, file_format):
    _client, response = export(host, file_format)
    assert response["Location"] == reverse("portal:audit")
    with organization_scope(host.id):
        assert not Export.objects.exists()


@pytest.mark.parametrize(
    ("query", "actions"),
    [
        ({"action": "webhook"}, ["webhook.switched_off", "webhook.created"]),
        ({"action": "webhook.switched_off"}, ["webhook.switched_off"]),
        ({"action": "web"}, []),
        ({"actor_kind": "operator"}, ["agreement.signed"]),
        ({"since": "2026-03-01T15:59:59Z", "until": "2026-03-01T16:00:00Z"}, ["organization.changed"]),
    ],
)
def test_the_api_lists_and_filters(host, query, actions):
    caller = Caller(host, [Permission.AUDIT_READ])
    assert [event["action"] for event in caller.get(EVENTS, query).json()["results"]] == actions


@pytest.mark.parametrize(
    "query", [{"colour": "red"}, {"actor_kind": "ghost"}, {"since": "2026-03-01T00:00:00"}, {"since": "x"}]
)
def test_the_api_refuses_what_it_does_not_understand(host, query):
    assert Caller(host, [Permission.AUDIT_READ]).get(EVENTS, query).status_code == 422


def test_a_file_through_the_api(host):
    caller = Caller(host, [Permission.AUDIT_READ, Permission.EXPORT_CREATE])
    accepted = caller.post(f"{EVENTS}/exports", {"file_format": "jsonl", "action": "agreement"})
    assert accepted.status_code == 202
    run_all_jobs(host.id)
    export_ = caller.get(accepted["Location"]).json()
    assert export_["state"] == "succeeded"
    body = b"".join(caller.get(f"/api/v1/exports/{export_['id']}/file").streaming_content)
    assert [json.loads(line)["action"] for line in body.splitlines()] == ["agreement.signed"]
    assert Caller(host, [Permission.AUDIT_READ]).post(f"{EVENTS}/exports", {"file_format": "csv"}).status_code == 403
    assert caller.post(f"{EVENTS}/exports", {"file_format": "xlsx"}).status_code == 422


def test_the_page_is_read_in_a_number_of_queries_that_does_not_grow(host, django_assert_max_num_queries):
    with organization_scope(host.id):
        target = Organization.objects.get(pk=host.id)
        for _ in range(60):
            audit.record(host.actor(), "organization.changed", target, now=NOW)
    client = signed_in(host.owner)
    client.get(reverse("portal:audit"))
    with django_assert_max_num_queries(14):
        client.get(reverse("portal:audit"))
