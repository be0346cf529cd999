"""A member invites several people at once."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from alliance.kernel.actor import Actor
from alliance.kernel.errors import DomainError, InvalidInputError
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from partners.services.invite_member import (
    AddressCannotSignInError,
    AddressInvalidError,
    AlreadyMemberError,
    Invitee,
    invite_member,
)

MOST_AT_ONCE: Final = 50


class NobodyToInviteError(InvalidInputError):
    """No address was given."""

    code = "nobody_to_invite"
    sentence = _("Give at least one e-mail address.")


class TooManyToInviteError(InvalidInputError):
    """More addresses than one go takes."""

    code = "too_many_to_invite"
    sentence = _("Invite at most 50 people at once.")


class NobodyInvitedError(InvalidInputError):
    """Some of the addresses can't be invited, so none was; the sentence names each."""

    code = "nobody_invited"


def invite_members(*, actor: Actor, invitees: Sequence[Invitee], now: datetime) -> list[UUID]:
    """Invite all of them or none; returns the invitations' ids in the given order. Each is invited as `invite_member` does.

    Raises `NobodyToInviteError`, `TooManyToInviteError`, for several addresses `NobodyInvitedError`, for a single one
    what `invite_member` raises; `GrantTooHighError`, `NotPermittedError`.
    """
    actor.require(Permission.MEMBER_MANAGE)
    if not invitees:
        raise NobodyToInviteError(field="email")
    if len(invitees) > MOST_AT_ONCE:
        raise TooManyToInviteError(field="email")
    if len(invitees) == 1:
        return [invite_member(actor=actor, invitee=invitees[0], now=now)]
    with atomic():
        invited: list[UUID] = []
        problems: list[tuple[str, DomainError]] = []
        for invitee in invitees:
            try:
                invited.append(invite_member(actor=actor, invitee=invitee, now=now))
            except (AddressInvalidError, AlreadyMemberError, AddressCannotSignInError) as problem:
                problems.append((invitee.email, problem))
        if problems:
            raise _refusal(problems)
    return invited


def _refusal(problems: list[tuple[str, DomainError]]) -> NobodyInvitedError:
    """Nobody was invited, and why: `address: sentence` for each problem."""
    named = " ".join(f"{address}: {problem}" for address, problem in problems)
    return NobodyInvitedError(format_lazy("{} {}", _("Nobody has been invited yet."), named), field="email")
