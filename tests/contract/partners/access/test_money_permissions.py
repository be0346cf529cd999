"""Money is approved by people who gave a second factor, whatever their organization asks for."""

import pytest

from alliance.kernel import actor as actors
from alliance.kernel.actor import SecondFactorRequiredError, operator_actor, system_actor
from alliance.kernel.errors import NotPermittedError
from alliance.kernel.ids import new_id
from alliance.kernel.permissions import MONEY_PERMISSIONS, ROLE_PERMISSIONS, Permission, Role
from partners.keys.services.create_api_key import GRANTABLE
from tests.cast import Party, partner_organization

MONEY = Permission.PERIOD_CLOSE  # stands for a permission that approves money


@pytest.fixture
def north(db, monkeypatch) -> Party:
    monkeypatch.setattr(actors, "MONEY_PERMISSIONS", frozenset({MONEY}))
    return partner_organization(name="North")


@pytest.mark.parametrize("role", [Role.OWNER, Role.FINANCE])
def test_owner_and_finance_need_one(north, role):
    with pytest.raises(SecondFactorRequiredError) as refused:
        north.actor(role, has_second_factor=False).require(MONEY)
    assert (refused.value.code, refused.value.status) == ("second_factor_required", 403)
    assert "Two-factor authentication" in str(refused.value)
    north.actor(role).require(MONEY)


def test_a_role_that_lacks_the_permission_is_told_that_first(north):
    with pytest.raises(NotPermittedError) as refused:
        north.actor(Role.VIEWER, has_second_factor=False).require(MONEY)
    assert refused.value.code == "not_permitted"


def test_what_does_not_approve_money_needs_none(north):
    north.actor(Role.OWNER, has_second_factor=False).require(Permission.MEMBER_MANAGE)


def test_the_system_and_operators_act_by_their_own_rules(north):
    system_actor(north.id).require(MONEY)
    operator_actor(user_id=new_id(), organization_id=north.id, label="operator").require(MONEY)


def test_no_key_ever_approves_money():
    assert frozenset() == MONEY_PERMISSIONS & GRANTABLE


def test_only_owner_and_finance_approve_money():
    for role in set(Role) - {Role.OWNER, Role.FINANCE}:
        assert ROLE_PERMISSIONS[role] & MONEY_PERMISSIONS == frozenset(), role
