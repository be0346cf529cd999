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
class AgreementEvent(Event):
    """Something has happened to an agreement. Heard in the scope of each party, and of the host, whose book it is."""

    agreement_id: str
    alliance_id: str
    host_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionEvent(AgreementEvent):
    """Something has happened to one version; `number` is 1 for the first of an agreement."""

    version_id: str
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EndingEvent(AgreementEvent):
    """Something has happened to one ending; the agreement is over at the ISO instant `ends_at`."""

    ending_id: str
    kind: str
    ends_at: str
    declared_by_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementProposed(VersionEvent):
    """A version waits for every party's signature. `answers_version_id` names the proposal that it answers, if any."""

    proposed_by_id: str
    answers_version_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionSigned(VersionEvent):
    """One party has signed; others have yet to."""

    organization_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementSigned(VersionEvent):
    """Every party has accepted a version.

    `effective_from` and `effective_to` are ISO instants; `effective_to` is empty for an open end.
    """

    effective_from: str
    effective_to: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionWithdrawn(VersionEvent):
    """The proposer has taken a version back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionDeclined(VersionEvent):
    """Another party has declined a version, and says why."""

    organization_id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionReplaced(VersionEvent):
    """A version has been answered by another proposal; signatures under it mean nothing any more."""

    by_version_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionRenewed(VersionEvent):
    """A version that renews itself has begun another term, from one ISO instant to another."""

    term_from: str
    term_to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeGiven(EndingEvent):
    """A party has given notice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EndingProposed(EndingEvent):
    """A party proposes to end the agreement by consent; it waits for every party's signature."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EndingWithdrawn(EndingEvent):
    """The proposer has taken its proposal to end the agreement back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EndingDeclined(EndingEvent):
    """Another party has declined to end the agreement, and says why."""

    organization_id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EndingAgreed(EndingEvent):
    """Every party has signed that the agreement ends."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EndingRevocationAsked(EndingEvent):
    """A party wants the agreement to go on; others have yet to agree."""

    organization_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EndingRevoked(EndingEvent):
    """Every party has signed that the agreement goes on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementEnded(EndingEvent):
    """The agreement is over: nothing is paid by its terms for what happens from `ends_at` on."""


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
class MemberJoined(Event):
    """A person has become a member. Heard in the member's organization's scope."""

    member_id: str
    role: str


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


@dataclass(frozen=True, slots=True, kw_only=True)
class SingleSignOnAsked(Event):
    """The organization opens only through its identity provider from now on. The mail to this member follows."""

    member_id: str
