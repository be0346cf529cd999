"""The API's door: who gets in, what a failure looks like, how often, how far."""

import json
from datetime import timedelta

import pytest
from django.test import Client

from alliance.kernel.clock import utc_now
from alliance.kernel.http.throttling import RateLimit
from alliance.kernel.permissions import Permission, Role
from alliance.kernel.tenancy import organization_scope
from partners.models import ApiKey
from tests.api import Caller, MemberCaller, api_key, fields, problem
from tests.cast import full_cast, person, signed_in

pytestmark = pytest.mark.django_db
PATH = "/api/v1/organization"


@pytest.fixture
def cast(db):
    return full_cast()


def with_key(secret):
    return Client().get(PATH, headers={"Authorization": f"Bearer {secret}"})


def test_without_a_key_the_answer_asks_for_one(db):
    response = Client().get(PATH)

    problem(response, 401, "not_authenticated")
    assert response["WWW-Authenticate"] == 'Bearer realm="api"'


@pytest.mark.parametrize("secret", ["sk_wrong", "", "x" * 5000, "sk_\u4e2d", "a b c"])
def test_a_key_that_is_none_is_refused(db, secret):
    response = Client().get(PATH, headers={"Authorization": f"Bearer {secret}".encode().decode("latin-1")})

    problem(response, 401, "invalid_api_key")


def test_expired_and_revoked_keys_are_refused_alike(cast):
    expired, _ = api_key(cast.north, expires_at=utc_now() - timedelta(seconds=1))
    revoked, _ = api_key(cast.north, revoked_at=utc_now())
    good, _ = api_key(cast.north, expires_at=utc_now() + timedelta(days=1))

    answers = [problem(with_key(secret), 401, "invalid_api_key")["detail"] for secret in (expired, revoked)]

    assert len(set(answers)) == 1
    assert with_key(good).status_code == 200


def test_revoking_takes_effect_with_the_next_request(cast):
    secret, key_id = api_key(cast.north)
    assert with_key(secret).status_code == 200

    with organization_scope(cast.north.id):
        ApiKey.objects.filter(pk=key_id).update(revoked_at=utc_now())

    problem(with_key(secret), 401, "invalid_api_key")


def test_use_is_noted_at_most_once_a_minute(cast):
    secret, key_id = api_key(cast.north)

    def last_used():
        with organization_scope(cast.north.id):
            return ApiKey.objects.get(pk=key_id).last_used_at

    assert last_used() is None
    with_key(secret)
    first = last_used()
    with_key(secret)
    assert first is not None
    assert last_used() == first
    with organization_scope(cast.north.id):
        ApiKey.objects.filter(pk=key_id).update(last_used_at=first - timedelta(minutes=2))
    with_key(secret)
    assert last_used() >= first


def test_a_key_acts_for_its_own_organization_alone(cast):
    north, south = Caller(cast.north), Caller(cast.south)

    assert json.loads(north.get(PATH).content)["id"] == str(cast.north.id)
    assert json.loads(south.get(PATH).content)["id"] == str(cast.south.id)


def test_a_member_uses_the_portals_session_and_writes_need_the_csrf_token(cast):
    client = signed_in(cast.north.user(Role.OWNER), client=Client(enforce_csrf_checks=True))
    assert client.get(PATH).status_code == 200

    refused = client.post("/api/v1/agreements", "{}", content_type="application/json")

    problem(refused, 403, "csrf_failed")
    client.cookies["csrf"] = "a" * 32
    allowed = client.post(
        "/api/v1/agreements", "{}", content_type="application/json", headers={"X-CSRFToken": "a" * 32}
    )
    problem(allowed, 422, "invalid_input")


def test_roles_reach_as_far_as_their_permissions(cast):
    viewer = signed_in(cast.north.viewer)

    assert viewer.get("/api/v1/agreements").status_code == 200
    problem(viewer.get("/api/v1/api-keys"), 403, "not_permitted")


def test_a_person_in_no_organization_is_told_so(db):
    problem(signed_in(person()).get(PATH), 403, "no_organization")


def test_the_wrong_method_is_named(cast):
    response = Caller(cast.north).put(PATH)

    problem(response, 405, "method_not_allowed")
    assert response["Allow"] == "GET, PATCH, HEAD"


def test_addresses_that_are_none_answer_in_the_same_shape(db):
    problem(Client().get("/api/v1/nothing"), 404, "not_found")
    problem(Client().post("/api/elsewhere"), 404, "not_found")
    problem(Client().get("/api/v1/agreements/not-an-id"), 404, "not_found")


def test_bodies_must_be_json(cast):
    caller = Caller(cast.north)
    headers = {"Authorization": f"Bearer {caller.secret}"}

    broken = caller.client.post("/api/v1/agreements", "{oops", content_type="application/json", headers=headers)
    text = caller.client.post("/api/v1/agreements", "a=b", content_type="text/plain", headers=headers)
    listed = caller.post("/api/v1/agreements", [1, 2])

    problem(broken, 400, "malformed_request")
    problem(text, 415, "unsupported_media_type")
    problem(listed, 422, "invalid_input")


def test_only_json_is_offered(cast):
    problem(Caller(cast.north).get(PATH, Accept="text/html"), 406, "not_acceptable")


def test_pages_are_linked_capped_and_closed_to_foreign_cursors(cast):
    """Case H5, with one cursor for both directions: there is no page number that could be too deep or contradict it."""
    caller = Caller(cast.host)
    with organization_scope(cast.host.id):
        ApiKey.objects.bulk_create(
            ApiKey(
                organization_id=cast.host.id, name=str(n), sha256=str(n), prefix="sk", last_four="0000", permissions=[]
            )
            for n in range(5)
        )

    first = json.loads(caller.get("/api/v1/api-keys", {"page_size": 4}).content)
    second = json.loads(caller.get(first["next"]).content)
    back = json.loads(caller.get(second["previous"]).content)

    seen = [row["id"] for row in first["results"] + second["results"]]
    assert len(seen) == len(set(seen)) == 6
    assert seen == sorted(seen, reverse=True)
    assert [row["id"] for row in back["results"]] == seen[:4]
    assert second["next"] is None
    for size in ("0", "201", "-1", "many"):
        assert fields(problem(caller.get("/api/v1/api-keys", {"page_size": size}), 422, "invalid_input"))
    for cursor in ("x", "cD0xOTk5LTAxLTAx", "bz0xMDAwMDAwMA=="):
        answer = caller.get("/api/v1/api-keys", {"cursor": cursor})
        assert answer.status_code in {200, 422}, answer.content


def test_the_rate_limit_is_announced_and_enforced_for_each_organization(cast, monkeypatch):
    monkeypatch.setattr(RateLimit, "parse", classmethod(lambda cls, _rate: cls(3, 3600)))
    north, other_key, south = Caller(cast.north), Caller(cast.north), Caller(cast.south)

    answers = [north.get(PATH), north.get(PATH), other_key.get(PATH)]
    refused = north.get(PATH)

    assert [a.status_code for a in answers] == [200, 200, 200]
    assert answers[0]["RateLimit-Policy"] == '"default";q=3;w=3600'
    assert answers[0]["RateLimit"].startswith('"default";r=2;t=')
    problem(refused, 429, "too_many_requests")
    assert 0 < int(refused["Retry-After"]) <= 3600
    assert south.get(PATH).status_code == 200


def test_guessing_keys_is_limited_by_address(db, monkeypatch):
    monkeypatch.setattr(RateLimit, "parse", classmethod(lambda cls, _rate: cls(2, 3600)))

    answers = [with_key("sk_guess").status_code for _ in range(3)]

    assert answers == [401, 401, 429]
    forged = Client().get(PATH, headers={"Authorization": "Bearer sk_guess", "X-Forwarded-For": "203.0.113.9"})
    assert forged.status_code == 429


def test_answers_are_not_to_be_kept(cast):
    response = Caller(cast.north).get(PATH)

    assert {"private", "no-store"} <= set(response["Cache-Control"].split(", "))


def test_the_front_page_needs_no_key_and_its_links_work(cast):
    front = json.loads(Client().get("/api/v1/").content)

    caller = MemberCaller(cast.host)  # some are for people alone
    for address in front["resources"].values():
        assert caller.get(address).status_code == 200, address


def test_a_failure_of_ours_tells_nothing_and_is_recorded(cast, monkeypatch, caplog):
    def broken(*args, **kwargs):
        raise RuntimeError("secret detail")

    monkeypatch.setattr("partners.api.OrganizationView.get", broken)
    caller = Caller(cast.north)
    caller.client.raise_request_exception = False

    response = caller.get(PATH)

    body = problem(response, 500, "internal_error")
    assert "secret detail" not in json.dumps(body)
    assert "api_operation_failed" in caplog.text


def test_keys_hold_only_what_they_were_given(cast):
    caller = Caller(cast.north, [Permission.HOME_READ])

    assert caller.get(PATH).status_code == 200
    problem(caller.get("/api/v1/agreements"), 403, "not_permitted")
