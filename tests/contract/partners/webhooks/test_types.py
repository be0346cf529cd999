"""What webhooks can tell: closed shapes without free text, examples that fit, facts for those they concern."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

import jsonschema
import pytest
from django.db import connections
from django.db.utils import ProgrammingError
from pydantic import Field, ValidationError

from alliance.kernel.ids import new_id
from alliance.kernel.permissions import Role
from alliance.kernel.tenancy import organization_scope
from partners.events import PartnerJoined
from partners.services.accept_invitation import accept_invitation
from partners.services.invite_member import Invitee, invite_member
from partners.webhooks.catalogue import catalogue_page
from partners.webhooks.models import WebhookMessage
from partners.webhooks.types import (
    WebhookData,
    WebhookTypeRefusedError,
    register_webhook_type,
    unregister_webhook_type,
    webhook_type_names,
    webhook_types,
)
from tests.architecture.sources import ROOT
from tests.cast import NOW, full_cast, join, partner_organization, person, signed_agreement
from tests.contract.settlements.pages.sales import close, sell, statement_of
from tests.orders import WHEN, OrderOf
from tests.outbox import deliver_all
from tests.webhooks import endpoint_of, tell

PERSONAL = {"name", "email", "phone", "label", "address", "signer_name", "reference", "ip", "title", "note"}


def test_the_types_cover_agreements_members_sales_and_statements():
    assert webhook_type_names() >= {
        "agreement.signed",
        "conversion.matched",
        "conversion.recorded",
        "member.joined",
        "partner.joined",
        "period.closed",
        "statement.closed",
    }


@pytest.mark.parametrize("name", sorted(webhook_type_names()))
def test_each_type_has_a_closed_schema_and_an_example_that_fits(name):
    offered = next(offered for offered in webhook_types() if offered.name == name)
    schema = offered.schema()
    checker = jsonschema.Draft202012Validator.FORMAT_CHECKER
    jsonschema.validate(offered.example, schema, format_checker=checker)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**offered.example, "email": "a@example.org"}, schema)
    fields = set(schema["properties"]).union(
        *(inner.get("properties", {}) for inner in schema.get("$defs", {}).values())
    )
    assert not fields & PERSONAL
    assert str(offered.description)


class Free(WebhookData):
    id: UUID
    note: str


class Nested(WebhookData):
    parts: list[Free]


class Mapped(WebhookData):
    labels: dict[str, str | None]


class Closed(WebhookData):
    id: UUID
    at: datetime
    on: date | None
    kind: Literal["a", "b"]
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")]
    amount_minor: int


CLOSED = {
    "id": "01934f6e-5a00-7cc0-98b5-2f5f0c4d1a01",
    "at": "2026-03-01T00:00:00Z",
    "on": None,
    "kind": "a",
    "currency": "EUR",
    "amount_minor": 1,
}


def register(data, example, name="tests.offered"):
    register_webhook_type(
        name, event=PartnerJoined, data=data, tell=lambda _event, _listening: [], description="Tests", example=example
    )


@pytest.mark.parametrize(
    ("data", "example", "place"),
    [
        (Free, {"id": CLOSED["id"], "note": "x"}, "note"),
        (Nested, {"parts": [{"id": CLOSED["id"], "note": "x"}]}, "note"),
        (Mapped, {"labels": {"a": "x"}}, "labels"),
    ],
)
def test_data_that_could_hold_free_text_is_refused(data, example, place):
    with pytest.raises(WebhookTypeRefusedError, match=place):
        register(data, example)
    assert "tests.offered" not in webhook_type_names()


def test_an_example_that_does_not_fit_is_refused():
    with pytest.raises(ValidationError):
        register(Closed, {**CLOSED, "kind": "c"})


def test_a_name_is_taken_once():
    register(Closed, CLOSED)
    try:
        with pytest.raises(WebhookTypeRefusedError):
            register(Closed, CLOSED)
    finally:
        unregister_webhook_type("tests.offered")


@pytest.fixture
def cast(db):
    everybody = full_cast()
    deliver_all()
    return everybody


def types_told(endpoint):
    return [body["type"] for body in endpoint.bodies()]


def test_a_signed_agreement_is_told_to_its_parties_and_to_nobody_else(cast):
    ears = {
        party.name: endpoint_of(party, types=("agreement.signed",))
        for party in (cast.host, cast.north, cast.south, cast.stranger)
    }
    agreement = signed_agreement(cast.alliance, [(cast.host, "1/2"), (cast.south, "1/2")])
    deliver_all()
    told = {name: ear.bodies() for name, ear in ears.items()}
    assert (told[cast.north.name], told[cast.stranger.name]) == ([], [])
    for party in (cast.host, cast.south):
        [body] = told[party.name]
        assert body["type"] == "agreement.signed"
        assert body["data"]["agreement_id"] == str(agreement.id)
        assert body["data"]["effective_from"] == "2020-01-01T00:00:00Z"
        assert datetime.fromisoformat(body["timestamp"]).tzinfo is not None


def test_a_fact_is_told_once_however_often_the_outbox_runs(cast):
    ear = endpoint_of(cast.host, types=("agreement.signed",))
    signed_agreement(cast.alliance, [(cast.host, "1/2"), (cast.south, "1/2")])
    deliver_all()
    deliver_all()
    assert types_told(ear) == ["agreement.signed"]


def test_each_endpoint_gets_the_types_it_wants(cast):
    agreements = endpoint_of(cast.host, types=("agreement.signed",))
    both = endpoint_of(cast.host, types=("agreement.signed", "partner.joined"))
    off = endpoint_of(cast.host, types=("partner.joined",))
    off.change(is_enabled=False, disabled_at=NOW, disabled_reason="member")
    newcomer = partner_organization()
    join(cast.alliance, newcomer)
    deliver_all()
    assert (types_told(agreements), types_told(both), types_told(off)) == ([], ["partner.joined"], [])


def test_a_joined_partner_is_told_too(cast):
    newcomer = partner_organization()
    ear = endpoint_of(newcomer)
    join(cast.alliance, newcomer)
    deliver_all()
    [body] = ear.bodies()
    assert body["data"] == {"alliance_id": str(cast.alliance.id), "organization_id": str(newcomer.id)}


def test_a_new_member_is_told_without_a_name(cast):
    ear = endpoint_of(cast.north, types=("member.joined",))
    guest = person(email="guest@example.org", name="A. Guest")
    with organization_scope(cast.north.id):
        invitation = invite_member(
            actor=cast.north.actor(), invitee=Invitee("guest@example.org", Role.ANALYST), now=NOW
        )
        member_id = accept_invitation(invitation_id=invitation, user_id=guest.pk, now=NOW)
    deliver_all()
    [body] = ear.bodies()
    assert body["data"] == {"member_id": str(member_id), "role": "analyst"}


def test_each_partner_is_told_its_own_conversions_and_the_host_all(cast):
    signed_agreement(cast.alliance, [(cast.host, "1/2"), (cast.south, "1/2")])
    ears = {p.name: endpoint_of(p, types=("conversion.recorded",)) for p in (cast.host, cast.north, cast.south)}
    sell(cast, *(OrderOf(1000, partner_code=code) for code in ("north", "south", "north")))
    deliver_all(cast.host.id)
    told = {
        name: [conversion for body in ear.bodies() for conversion in body["data"]["conversions"]]
        for name, ear in ears.items()
    }
    assert [len(told[p.name]) for p in (cast.host, cast.north, cast.south)] == [3, 2, 1]
    assert {conversion["partner_id"] for conversion in told[cast.north.name]} == {str(cast.north.id)}
    assert set(told[cast.south.name][0]) == {
        "id", "kind", "partner_id", "agreement_id", "amount_minor", "currency", "occurred_at",
    }  # fmt: skip


def test_a_closed_month_is_told_with_each_partys_own_statement(cast):
    types = ("period.closed", "statement.closed")
    ears = {p.name: endpoint_of(p, types=types) for p in (cast.host, cast.north, cast.south)}
    sell(cast, OrderOf(1000))
    close(cast, WHEN)
    deliver_all(cast.host.id)
    for party in (cast.host, cast.north):
        closed, statement = sorted(ears[party.name].bodies(), key=lambda body: body["type"])
        own = statement_of(party)
        assert closed["data"]["month"] == statement["data"]["month"] == "2026-01"
        assert statement["data"]["statement_id"] == str(own.pk)
        assert statement["data"]["closing_minor"] == own.closing_minor
        assert statement["data"]["content_sha256"] == own.content_sha256
        assert datetime.fromisoformat(statement["timestamp"]) == own.closed_at
    assert ears[cast.south.name].bodies() == []


def test_nothing_is_written_where_nobody_listens(cast):
    assert tell(cast.host) == 0
    with organization_scope(cast.host.id):
        assert not WebhookMessage.objects.exists()


def test_an_organization_tells_only_those_that_it_knows(cast):
    endpoint = endpoint_of(cast.stranger)
    with (
        pytest.raises(ProgrammingError, match="know each other"),
        organization_scope(cast.host.id),
        connections["default"].cursor() as cursor,
    ):
        cursor.execute(
            "SELECT partners_tell_webhooks(%s, %s, 'partner.joined', '{}', %s, %s, %s)",
            [new_id(), cast.stranger.id, NOW, [new_id()], [endpoint.id]],
        )


def test_endpoints_of_others_are_not_written_to(cast):
    """Even inside its own right, the function writes only for endpoints of the organization it names."""
    foreign = endpoint_of(cast.stranger)
    with organization_scope(cast.host.id), connections["default"].cursor() as cursor:
        cursor.execute(
            "SELECT partners_tell_webhooks(%s, %s, 'partner.joined', '{}', %s, %s, %s)",
            [new_id(), cast.host.id, NOW, [new_id()], [foreign.id]],
        )
        assert cursor.fetchone() == (0,)
    assert foreign.deliveries() == []


def test_the_documentation_lists_exactly_these_types():
    written = (ROOT / "docs" / "webhook-types.md").read_text(encoding="utf-8")
    assert written == catalogue_page(), "Run manage.py document_webhooks."
