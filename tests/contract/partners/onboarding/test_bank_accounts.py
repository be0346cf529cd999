"""The account an organization is paid to: versions, cooling, who may, who is told."""

from datetime import timedelta

import pytest
from django.db import DatabaseError
from django.test import Client
from django.urls import reverse

from alliance.kernel.actor import SecondFactorRequiredError
from alliance.kernel.clock import utc_now
from alliance.kernel.errors import NotFoundError
from alliance.kernel.models import AuditEvent
from alliance.kernel.permissions import Role
from alliance.kernel.sealing import SealBrokenError
from alliance.kernel.tenancy import atomic, organization_scope
from partners.models import BankAccount, BankAccountDecision
from partners.onboarding.bank_numbers import opened_number
from partners.onboarding.domain.bank_details import BankAccountKind, BankDetails
from partners.onboarding.payees import payee_accounts, payee_with_number
from partners.onboarding.selectors import payable_account
from partners.onboarding.services.change_bank_account import change_bank_account
from partners.onboarding.services.decide_bank_account import (
    AccountDecidedError,
    EnteredByYouError,
    decide_bank_account,
)
from partners.onboarding.services.save_bank_account import BankAccountInUseError, save_bank_account
from partners.onboarding.services.start_application import start_application
from tests.applicants import BANK, BANK_NUMBER
from tests.cast import NOW, signed_in
from tests.outbox import deliver_all

CHANGE = reverse("portal:bank_account_change")
LIST = reverse("portal:bank_account")
OTHER = BANK | {"number": "DE02120300000000202051"}
CHINESE = {
    "kind": "cn_company",
    "holder_name": "示范健身有限公司",
    "number": "1100123456789012345",
    "bank_name": "示范银行",
    "branch": "北京分行",
    "cnaps": "102100099996",
}


def _with_second_factor(user) -> Client:
    """A browser whose session has given a second factor."""
    return signed_in(user, second_factor=True)


def _details(**values: str) -> BankDetails:
    given = dict(BANK | values)
    return BankDetails(kind=BankAccountKind(given.pop("kind")), **given)


def _accounts(party) -> list[BankAccount]:
    with organization_scope(party.id):
        return list(BankAccount.objects.order_by("pk"))


def test_the_first_is_in_effect_at_once_and_a_change_after_some_days(cast, mailoutbox):
    owner, finance = cast.north.owner, cast.north.user(Role.FINANCE)
    client = _with_second_factor(owner)
    assert "No bank account yet" in client.get(LIST).content.decode()
    assert client.post(CHANGE, BANK)["Location"] == LIST
    deliver_all()
    assert mailoutbox == []
    assert client.post(CHANGE, OTHER).status_code == 302
    first, second = _accounts(cast.north)
    assert second.effective_at - second.created_at == timedelta(days=3)
    with organization_scope(cast.north.id):
        assert payable_account(at=utc_now()).id == first.pk
        assert payable_account(at=second.effective_at).id == first.pk, "nobody has confirmed it"
    assert "to be confirmed" in client.get(LIST).content.decode()
    confirmed = reverse("portal:bank_account_decide", args=[second.pk])
    assert _with_second_factor(finance).post(confirmed, {"decision": "confirm"})["Location"] == LIST
    with organization_scope(cast.north.id):
        assert payable_account(at=utc_now()).id == first.pk
        assert payable_account(at=second.effective_at).id == second.pk
        assert payable_account(at=first.effective_at - timedelta(seconds=1)) is None
    deliver_all()
    assert sorted(mail.to[0] for mail in mailoutbox) == sorted([owner.email, finance.email])
    assert second.masked in mailoutbox[0].body
    assert "202051" not in mailoutbox[0].body
    page = client.get(LIST).content.decode()
    assert first.masked in page
    assert "to follow" in page


def _decide(party, account, *, actor, is_confirmed=True):
    with organization_scope(party.id):
        decide_bank_account(actor=actor, account_id=account.pk, is_confirmed=is_confirmed, now=NOW)


def test_four_eyes_see_a_changed_account(cast, settings):
    settings.BANK_ACCOUNT_COOLING_DAYS = 0
    owner, finance = cast.north.actor(), cast.north.actor(Role.FINANCE)
    with organization_scope(cast.north.id):
        for details in (_details(), _details(**OTHER)):
            change_bank_account(actor=owner, details=details, now=NOW)
    first, second = _accounts(cast.north)
    with pytest.raises(AccountDecidedError):
        _decide(cast.north, first, actor=finance)
    with pytest.raises(EnteredByYouError):
        _decide(cast.north, second, actor=owner)
    with pytest.raises(SecondFactorRequiredError):
        _decide(cast.north, second, actor=cast.north.actor(Role.FINANCE, has_second_factor=False))
    with pytest.raises(NotFoundError):
        _decide(cast.stranger, second, actor=cast.stranger.actor())
    with organization_scope(cast.north.id), pytest.raises(DatabaseError), atomic():
        BankAccountDecision.objects.create(
            organization_id=cast.north.id,
            account=second,
            is_confirmed=True,
            decided_at=NOW,
            decided_by_id=owner.user_id,
        )
    _decide(cast.north, second, actor=finance, is_confirmed=False)
    with pytest.raises(AccountDecidedError):
        _decide(cast.north, second, actor=finance)
    with organization_scope(cast.north.id):
        assert payable_account(at=NOW).id == first.pk
        anew = change_bank_account(actor=owner, details=_details(**OTHER), now=NOW)
    assert anew != second.pk, "what was declined is not entered by asking again"


def test_a_host_sees_where_it_pays_and_nobody_else_does(cast):
    with organization_scope(cast.north.id):
        change_bank_account(actor=cast.north.actor(), details=_details(), now=NOW)
    [account] = _accounts(cast.north)
    with organization_scope(cast.host.id):
        [payee] = payee_accounts([cast.north.id, cast.stranger.id], at=NOW).values()
        assert (payee.id, payee.masked) == (account.pk, "DE•••• 3000")
        assert payee_with_number(account.pk)[1] == BANK_NUMBER
        assert not BankAccount.objects.exists()
    with organization_scope(cast.stranger.id):
        assert payee_accounts([cast.north.id], at=NOW) == {}
        with pytest.raises(NotFoundError):
            payee_with_number(account.pk)


def test_entering_the_present_one_again_changes_nothing(cast, mailoutbox):
    client = _with_second_factor(cast.north.owner)
    for _ in range(2):
        assert client.post(CHANGE, BANK).status_code == 302
    assert len(_accounts(cast.north)) == 1
    deliver_all()
    assert mailoutbox == []


def test_the_number_is_sealed_and_opens_in_its_own_row_only(cast):
    with organization_scope(cast.north.id):
        for details in (_details(), _details(**OTHER)):
            change_bank_account(actor=cast.north.system, details=details, now=NOW)
    first, second = _accounts(cast.north)
    assert opened_number(first) == BANK_NUMBER
    first.sealed_number = second.sealed_number
    with pytest.raises(SealBrokenError):
        opened_number(first)
    assert first.sealed_number.startswith("sealed1.")
    with organization_scope(cast.north.id):
        trail = list(
            AuditEvent.objects.filter(action="bank_account.entered").order_by("pk").values_list("before", "after")
        )
    assert BANK_NUMBER not in str(trail)
    assert trail[0][1]["account"] == "DE•••• 3000"


def test_keys_are_replaced_without_losing_an_account_or_a_likeness(cast, settings):
    settings.SEALING_KEYS = ["old"]
    with organization_scope(cast.north.id):
        change_bank_account(actor=cast.north.system, details=_details(), now=NOW)
    settings.SEALING_KEYS = ["new", "old"]
    [account] = _accounts(cast.north)
    assert opened_number(account) == BANK_NUMBER
    with organization_scope(cast.stranger.id):
        change_bank_account(actor=cast.stranger.system, details=_details(), now=NOW)
    [other] = _accounts(cast.stranger)
    assert set(other.fingerprints) & set(account.fingerprints)
    settings.SEALING_KEYS = ["new"]
    with pytest.raises(SealBrokenError):
        opened_number(account)
    assert opened_number(other) == BANK_NUMBER


def test_chinese_accounts(cast):
    client = _with_second_factor(cast.north.owner)
    assert client.post(CHANGE, CHINESE).status_code == 302
    [account] = _accounts(cast.north)
    assert (account.kind, account.branch, account.masked, account.bic) == ("cn_company", "北京分行", "•••• 2345", "")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"number": "DE00"}, "number"),
        ({"bic": "X"}, "bic"),
        ({"holder_name": ""}, "holder_name"),
        ({"kind": "x"}, "kind"),
    ],
)
def test_bad_input(cast, changes, field):
    response = _with_second_factor(cast.north.owner).post(CHANGE, BANK | changes)
    assert response.status_code == 422
    assert field in response.context["form"].errors
    assert _accounts(cast.north) == []


def test_it_needs_a_second_factor_in_this_session(cast):
    response = signed_in(cast.north.owner).post(CHANGE, BANK)
    assert response.status_code == 403
    assert "second factor" in response.content.decode()
    assert _accounts(cast.north) == []


def test_who_may(cast):
    for role in (Role.MANAGER, Role.VIEWER, Role.DEVELOPER):
        client = signed_in(cast.north.user(role))
        assert [client.get(LIST).status_code, client.get(CHANGE).status_code] == [403, 403]
        assert client.post(CHANGE, BANK).status_code == 403
    finance = _with_second_factor(cast.north.user(Role.FINANCE))
    assert finance.post(CHANGE, BANK).status_code == 302
    assert "3000" not in _with_second_factor(cast.stranger.owner).get(LIST).content.decode()
    assert "/login/" in Client().get(LIST)["Location"]
    assert finance.put(CHANGE).status_code == 405
    assert finance.post(LIST).status_code == 405


def test_an_active_organization_changes_it_on_its_own_page_only(cast, page):
    with organization_scope(cast.stranger.id):
        change_bank_account(actor=cast.stranger.system, details=_details(), now=NOW)
        application_id = start_application(actor=cast.stranger.actor(), slug=page.slug, now=NOW)
        with pytest.raises(BankAccountInUseError):
            save_bank_account(
                actor=cast.stranger.actor(), application_id=application_id, details=_details(**OTHER), now=NOW
            )
    step = signed_in(cast.stranger.owner).get(reverse("portal:application_step", args=[application_id, "bank"]))
    assert "goes with the application" in step.content.decode()
    assert "DE•••• 3000" in step.content.decode()
