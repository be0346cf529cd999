"""Members who act on each other at the same moment, on connections of their own."""

from collections import Counter
from collections.abc import Callable
from threading import Barrier
from uuid import UUID

from alliance.kernel.errors import NotPermittedError
from alliance.kernel.permissions import Role
from alliance.kernel.tenancy import organization_scope
from partners.models import Invitation, Member, User
from partners.services.accept_invitation import accept_invitation
from partners.services.change_member_role import LastOwnerError, change_member_role, require_other_owner
from partners.services.invite_member import Invitee, invite_member
from partners.services.remove_member import remove_member
from tests.cast import NOW, Party, member_of, partner_organization, person
from tests.races.together import together

ROUNDS = 5


def _member_id(party: Party, user: User) -> UUID:
    with organization_scope(party.id):
        return Member.objects.get(user=user).pk


def _owners(party: Party) -> int:
    with organization_scope(party.id):
        return Member.objects.filter(role=Role.OWNER).count()


def _in_scope(party: Party, act: Callable[[], object]) -> Callable[[], object]:
    def scoped() -> object:
        with organization_scope(party.id):
            return act()

    return scoped


def _demotion(party: Party, by: User, of: User) -> Callable[[], object]:
    actor = _acting(party, by, Role.OWNER)
    member_id = _member_id(party, of)
    return _in_scope(party, lambda: change_member_role(actor=actor, member_id=member_id, role=Role.VIEWER, now=NOW))


def _acting(party: Party, user: User, role: Role):
    from alliance.kernel.actor import member_actor

    return member_actor(user_id=user.pk, organization_id=party.id, role=role, label=str(user))


def test_two_owners_who_demote_each_other_leave_one(committed):
    for _ in range(ROUNDS):
        north = partner_organization()
        other = member_of(north, Role.OWNER)
        results = together(_demotion(north, north.owner, other), _demotion(north, other, north.owner))
        assert _owners(north) == 1
        [refusal] = [result for result in results if result is not None]
        assert isinstance(refusal, LastOwnerError | NotPermittedError)


def test_two_owners_who_leave_at_once_leave_one(committed):
    for _ in range(ROUNDS):
        north = partner_organization()
        people = [north.owner, member_of(north, Role.OWNER)]

        def leaving(user: User, party: Party = north) -> Callable[[], object]:
            actor, member_id = _acting(party, user, Role.OWNER), _member_id(party, user)
            return _in_scope(party, lambda: remove_member(actor=actor, member_id=member_id, now=NOW))

        results = together(*map(leaving, people))
        assert _owners(north) == 1
        assert Counter(type(result) for result in results) == {type(None): 1, LastOwnerError: 1}


def test_without_the_lock_both_would_see_another_owner(committed):
    """The control: the rule alone, asked by both before either writes, lets both pass."""
    north = partner_organization()
    other = member_of(north, Role.OWNER)
    looked = Barrier(2)

    def unguarded(user: User) -> Callable[[], object]:
        def act() -> str:
            member = Member.objects.get(user=user)
            require_other_owner(member)
            looked.wait(timeout=10)
            return "may go"

        return _in_scope(north, act)

    assert together(unguarded(north.owner), unguarded(other)) == ["may go", "may go"]


def _invitation(party: Party, email: str) -> UUID:
    with organization_scope(party.id):
        return invite_member(actor=party.actor(), invitee=Invitee(email, Role.ANALYST), now=NOW)


def test_an_invitation_accepted_twice_at_once_makes_one_member(committed):
    for _ in range(ROUNDS):
        north, guest = partner_organization(), person()
        invitation_id = _invitation(north, guest.email)
        accept = _in_scope(
            north,
            lambda id_=invitation_id, user=guest: accept_invitation(invitation_id=id_, user_id=user.pk, now=NOW),
        )
        first, second = together(accept, accept)
        assert first == second == _member_id(north, guest)
        with organization_scope(north.id):
            assert Member.objects.filter(user=guest).count() == 1


def test_without_the_lock_both_would_take_the_invitation_up(committed):
    """The control: both find the invitation open and nobody in."""
    north, guest = partner_organization(), person()
    invitation_id = _invitation(north, guest.email)
    looked = Barrier(2)

    def act() -> tuple[bool, bool]:
        invitation = Invitation.objects.get(pk=invitation_id)
        found = invitation.is_open_at(NOW), Member.objects.filter(user=guest).exists()
        looked.wait(timeout=10)
        return found

    assert together(_in_scope(north, act), _in_scope(north, act)) == [(True, False), (True, False)]


def test_who_loses_the_role_between_door_and_deed_does_nothing(committed):
    """The door let a manager in; before the deed begins, the manager has become a viewer."""
    north = partner_organization()
    stale = north.actor(Role.MANAGER)
    _demotion(north, north.owner, north.manager)()
    member_id = _member_id(north, north.owner)
    deeds = (
        lambda: invite_member(actor=stale, invitee=Invitee("a@north.example", Role.MANAGER), now=NOW),
        lambda: change_member_role(actor=stale, member_id=member_id, role=Role.VIEWER, now=NOW),
        lambda: remove_member(actor=stale, member_id=member_id, now=NOW),
    )
    assert [type(result) for result in together(*(_in_scope(north, deed) for deed in deeds))] == [NotPermittedError] * 3
    with organization_scope(north.id):
        assert not Invitation.objects.exists()
