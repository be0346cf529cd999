"""What partners tells the other apps."""

from dataclasses import dataclass

from alliance.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerJoined(Event):
    """A partner organization has joined an alliance. Heard in the host's scope."""

    alliance_id: str
    host_id: str
    organization_id: str
    partner_code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerCodeChanged(Event):
    """The host's files name a partner differently from now on. Heard in the host's scope; the code may be empty."""

    alliance_id: str
    host_id: str
    organization_id: str
    partner_code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementSigned(Event):
    """Every party has accepted a version. Heard in the host's scope, whoever signed last: the book is the host's.

    `effective_from` and `effective_to` are ISO instants; `effective_to` is empty for an open end. `number` is 1
    for the first version of an agreement.
    """

    agreement_id: str
    alliance_id: str
    host_id: str
    version_id: str
    number: int
    effective_from: str
    effective_to: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganizationStatusChanged(Event):
    """An operator has suspended, reinstated or offboarded the organization in whose scope this is heard."""

    status: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonToTell(Event):
    """One person is to get one mail: `template` of `templates/partners/mail/`, with `facts` (name, value, name, value …).

    Published for each recipient, so that a mail that fails is tried again by itself (`partners/telling.py`).
    """

    template: str
    email: str
    language: str
    facts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberInvited(Event):
    """A person has been invited, or is to be reminded. Heard in the inviting organization's scope; the mail follows."""

    invitation_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstOwnerInvited(Event):
    """A host has invited the first owner of a partner it founded. Heard in the host's scope; the mail follows."""

    invitation_id: str
    organization_id: str
    organization_name: str
    email: str
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondFactorAsked(Event):
    """The organization opens only with a second factor from now on, and this member has none. The mail follows."""

    member_id: str
