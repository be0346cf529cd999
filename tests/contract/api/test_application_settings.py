"""The host's application page and rules, and bank accounts, through the API."""

import json

import pytest

from alliance.kernel.permissions import Permission, Role
from alliance.kernel.tenancy import organization_scope
from partners.models import BankAccount
from partners.onboarding.api import bank_accounts, settings
from partners.onboarding.api.applying_examples import BANKS
from partners.onboarding.selectors import page_of as kept_page
from tests.api import Caller, MemberCaller, fields, problem
from tests.applicants import BANK_NUMBER
from tests.cast import alliance_of, host_organization, join, partner_organization
from tests.documents import pdf_bytes, png_bytes, upload

ACCOUNTS = "/api/v1/bank-accounts"


@pytest.fixture
def host(db):
    return host_organization()


@pytest.fixture
def path(host):
    return f"/api/v1/alliances/{alliance_of(host).id}"


def read(response, status=200):
    assert response.status_code == status, response.content
    return json.loads(response.content)


def test_a_page_is_made_changed_and_read(host, path):
    caller = MemberCaller(host, Role.MANAGER)
    problem(caller.get(f"{path}/application-page"), 404, "not_found")
    problem(caller.put(f"{path}/eligibility", settings.RULES), 404, "not_found")
    made = read(caller.put(f"{path}/application-page", settings.PAGE))
    assert made == {**settings.PAGE, "address": made["address"], "has_logo": False}
    assert made["address"].endswith("/join-alliance/learning/")
    closed = read(caller.put(f"{path}/application-page", {**settings.PAGE, "is_open": False, "industries": []}))
    assert (closed["is_open"], closed["industries"]) == (False, [])
    assert read(caller.get(f"{path}/application-page")) == closed


@pytest.mark.parametrize(
    ("more", "code", "wrong"),
    [
        ({"slug": "Not This"}, "slug_invalid", {"slug": "slug_invalid"}),
        ({"accent_colour": "#ffffff"}, "colour_unreadable", {"accent_colour": "colour_unreadable"}),
        ({"industries": ["magic"]}, "invalid_input", {"industries.0": "invalid_choice"}),
        ({"reapply_days": -1}, "invalid_input", {"reapply_days": "min_value"}),
        ({"theme": "x"}, "invalid_input", {"theme": "unknown_field"}),
    ],
)
def test_an_impossible_page(host, path, more, code, wrong):
    answer = problem(MemberCaller(host).put(f"{path}/application-page", {**settings.PAGE, **more}), 422, code)
    assert fields(answer) == wrong


def test_rules_are_kept_whole_and_a_pattern_means_sub_domains_only(host, path):
    caller = MemberCaller(host)
    read(caller.put(f"{path}/application-page", settings.PAGE))
    assert read(caller.put(f"{path}/eligibility", settings.RULES)) == settings.RULES
    assert read(caller.get(f"{path}/eligibility")) == settings.RULES
    with organization_scope(host.id):
        rules = kept_page(path.rpartition("/")[2]).rules
    assert [rule.values for rule in rules.rules] == [("CN", "DE"), ("acme.com", "*.acme.com")]
    wrong = {"rules": [{"subject": "country", "values": ["DE"]}, {"subject": "email_domain", "values": ["*acme"]}]}
    answer = problem(caller.put(f"{path}/eligibility", wrong), 422, "invalid_input")
    assert fields(answer) == {"rules.1.values": "rule_invalid"}
    twice = {"rules": [{"subject": "country", "values": ["DE"]}, {"subject": "country", "values": ["FR"]}]}
    assert fields(problem(caller.put(f"{path}/eligibility", twice), 422, "invalid_input")) == {"rules": "subject_twice"}
    assert read(caller.put(f"{path}/eligibility", {"rules": []}))["rules"] == []


def test_a_logo_is_put_on_and_taken_off(host, path):
    caller = MemberCaller(host)
    read(caller.put(f"{path}/application-page", settings.PAGE))
    logo = f"{path}/application-page/logo"
    assert read(caller.send("PUT", logo, {"file": upload(png_bytes(), "logo.png")}))["has_logo"] is True
    problem(caller.send("PUT", logo, {"file": upload(pdf_bytes(), "logo.png")}), 422, "file_kind_refused")
    for _ in range(2):
        assert caller.delete(logo).status_code == 204
    assert read(caller.get(f"{path}/application-page"))["has_logo"] is False


def test_who_may_change_the_page(host, path):
    read(MemberCaller(host).put(f"{path}/application-page", settings.PAGE))
    partner = partner_organization()
    for address, body in (("application-page", settings.PAGE), ("eligibility", settings.RULES)):
        problem(MemberCaller(host, Role.FINANCE).put(f"{path}/{address}", body), 403, "not_permitted")
        for verb in ("get", "put"):
            arguments = () if verb == "get" else (body,)
            problem(getattr(MemberCaller(partner), verb)(f"{path}/{address}", *arguments), 404, "not_found")


def test_a_member_of_the_alliance_does_not_see_the_hosts_rules(host):
    alliance, partner = alliance_of(host), partner_organization()
    join(alliance, partner)
    for address in ("application-page", "eligibility"):
        answer = MemberCaller(partner).get(f"/api/v1/alliances/{alliance.id}/{address}")
        problem(answer, 403, "host_only")


def test_the_account_is_entered_changed_and_listed_without_its_number(host):
    caller = MemberCaller(host, Role.FINANCE, second_factor=True)
    first = read(caller.post(ACCOUNTS, BANKS["An IBAN"]), 201)
    assert (first["masked"], first["standing"]) == ("DE•••• 3000", "present")
    assert set(bank_accounts.SHOWN) == set(first)
    second = caller.post(ACCOUNTS, BANKS["A Chinese company account"], key="once")
    assert read(second, 201)["standing"] == "unconfirmed"
    assert caller.post(ACCOUNTS, BANKS["A Chinese company account"], key="once")["Idempotent-Replayed"] == "true"
    listed = caller.get(ACCOUNTS)
    assert [row["standing"] for row in read(listed)["results"]] == ["unconfirmed", "present"]
    assert BANK_NUMBER not in listed.content.decode()
    assert fields(problem(caller.post(ACCOUNTS, {**BANKS["An IBAN"], "number": "DE00"}), 422, "answer_invalid")) == {
        "number": "answer_invalid"
    }
    with organization_scope(host.id):
        assert BankAccount.objects.count() == 2


def test_a_second_person_confirms_a_changed_account(host):
    caller = MemberCaller(host, Role.FINANCE, second_factor=True)
    read(caller.post(ACCOUNTS, BANKS["An IBAN"]), 201)
    changed = read(caller.post(ACCOUNTS, BANKS["A Chinese company account"]), 201)
    path = f"{ACCOUNTS}/{changed['id']}/decisions"
    problem(caller.post(path, {"is_confirmed": True}), 403, "entered_by_you")
    problem(MemberCaller(host).post(path, {"is_confirmed": True}), 403, "second_factor_required")
    owner = MemberCaller(host, second_factor=True)
    assert fields(problem(owner.post(path, {}), 422, "invalid_input")) == {"is_confirmed": "required"}
    decided = read(owner.post(path, {"is_confirmed": True}), 201)
    assert (decided["standing"], decided["decided_by"]) == ("coming", str(host.owner))
    problem(owner.post(path, {"is_confirmed": False}), 409, "account_decided")
    stranger = MemberCaller(partner_organization(), second_factor=True)
    problem(stranger.post(path, {"is_confirmed": True}), 404, "not_found")
    problem(Caller(host, tuple(Permission)).post(path, {"is_confirmed": True}), 403, "person_required")


def test_money_needs_a_person_with_a_second_factor(host):
    problem(MemberCaller(host).post(ACCOUNTS, BANKS["An IBAN"]), 403, "second_factor_required")
    problem(MemberCaller(host, Role.MANAGER).get(ACCOUNTS), 403, "not_permitted")
    problem(Caller(host, tuple(Permission)).get(ACCOUNTS), 403, "person_required")
    problem(Caller(host, tuple(Permission)).post(ACCOUNTS, BANKS["An IBAN"]), 403, "person_required")
