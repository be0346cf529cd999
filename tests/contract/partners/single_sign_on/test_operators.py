"""What operators decide stands above single sign-on: no provider opens the console or keeps operators out of it."""

import pytest
from django.test import Client
from django.urls import reverse

from alliance.kernel.standing import OrganizationStatus
from alliance.kernel.tenancy import across_organizations
from partners.models import User
from tests.cast import PASSWORD
from tests.contract.partners.single_sign_on.companies import Company, come_back, company_of, is_in
from tests.operators import move


@pytest.fixture
def company(committed, reachable, provider) -> Company:
    return company_of(provider)


def _made_operator(user: User) -> User:
    with across_organizations(reason="a test makes an operator"):
        User.objects.filter(pk=user.pk).update(is_staff=True, is_superuser=True)
    return user


def test_the_word_of_an_organization_does_not_open_the_console(company):
    user, client = _made_operator(company.member()), Client()
    come_back(company, client, user.email)
    assert is_in(client)
    page = client.get(reverse("admin:index"), follow=True)
    assert page.status_code == 403
    assert "your own password or passkey only" in page.content.decode()


def test_nor_does_an_organization_that_requires_it_close_the_console(company, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.OPERATORS_NEED_SECOND_FACTOR = False
    user, client = _made_operator(company.member(password=PASSWORD)), Client()
    company.require()
    answer = client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    assert answer["Location"] == reverse("portal:home")
    assert client.get(reverse("admin:index")).status_code == 200
    assert not is_in(client)
    come_back(company, client, user.email)
    assert is_in(client)
    assert client.get(reverse("admin:index")).status_code == 200


def test_a_suspended_organization_takes_in_nobody_and_lets_its_members_read(company):
    member, newcomer = company.member(), company.address()
    company.provider.person(newcomer)
    move(company.party, OrganizationStatus.SUSPENDED)
    client = Client()
    come_back(company, client, member.email)
    assert is_in(client)
    refused = come_back(company, Client(), newcomer)
    assert refused.status_code == 403
    assert company.roles(newcomer) == []
    assert not User.objects.filter(email=newcomer).exists()
