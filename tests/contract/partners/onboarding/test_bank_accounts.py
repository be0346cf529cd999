"""The account an organization is paid to: versions, cooling, who may, who is told."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from alliance.kernel.clock import utc_now
from alliance.kernel.models import AuditEvent
from alliance.kernel.permissions import Role
from alliance.kernel.sealing import SealBrokenError
from alliance.kernel.tenancy import organization_scope
from partners.models import BankAccount
from partners.onboarding.bank_numbers import opened_number
from partners.onboarding.domain.bank_details import BankAccountKind, BankDetails
from partners.onboarding.selectors import payable_account
from partners.onboarding.services.change_bank_account import change_bank_account
from partners.onboarding.services.enter_bank_account import COOLING
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
    assert second.effective_at - second.created_at == COOLING == timedelta(days=3)
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
