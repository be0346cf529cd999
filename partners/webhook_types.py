"""What partners tells the outside: agreements, partners, members."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final, Literal
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from alliance.kernel.events import Event
from partners import events
from partners.catalogue.events import ItemsChanged
from partners.catalogue.selectors import viewers_of
from partners.onboarding.events import ApplicationMoved
from partners.webhooks.types import Hearing, Told, WebhookData, register_webhook_type, tell_who_hears

_AGREEMENT: Final = {
    "agreement_id": "01934f6e-5a00-7cc0-98b5-2f5f0c4d1a01",
    "alliance_id": "01934f6e-5a00-7cc0-98b5-2f5f0c4d1a02",
}
_VERSION: Final = {**_AGREEMENT, "version_id": "01934f6e-5a00-7cc0-98b5-2f5f0c4d1a03", "number": 1}
_ORGANIZATION: Final = "01934f6e-5a00-7cc0-98b5-2f5f0c4d1a04"
_APPLICATION: Final = "01934f6e-5a00-7cc0-98b5-2f5f0c4d1a07"
_ITEM: Final = "01934f6e-5a00-7cc0-98b5-2f5f0c4d1a08"
_MEMBER: Final = "01934f6e-5a00-7cc0-98b5-2f5f0c4d1a05"
_ENDING: Final = {
    **_AGREEMENT,
    "ending_id": "01934f6e-5a00-7cc0-98b5-2f5f0c4d1a06",
    "kind": "notice",
    "ends_at": "2026-06-30T16:00:00Z",
    "declared_by_id": _ORGANIZATION,
}


class VersionData(WebhookData):
    """One version of an agreement; `number` is 1 for the first."""

    agreement_id: UUID
    alliance_id: UUID
    version_id: UUID
    number: int


class ProposedVersionData(VersionData):
    """A version that waits for signatures. `answers_version_id` is the proposal that it answers, or null."""

    proposed_by_id: UUID
    answers_version_id: UUID | None


class PartyOfVersionData(VersionData):
    """A version, and the party that has signed or declined it."""

    organization_id: UUID


class SignedVersionData(VersionData):
    """A version that every party has signed. `effective_to` is null for an open end."""

    effective_from: datetime
    effective_to: datetime | None


class RenewedVersionData(VersionData):
    """A version that has begun another term."""

    term_from: datetime
    term_to: datetime


class EndingData(WebhookData):
    """How and when an agreement ends. `declared_by_id` is null when it ends by itself."""

    agreement_id: UUID
    alliance_id: UUID
    ending_id: UUID
    kind: Literal["notice", "mutual", "cause", "expiry"]
    ends_at: datetime
    declared_by_id: UUID | None


class ApplicationMovedData(WebhookData):
    """An application to an alliance, and where it stands now."""

    application_id: UUID
    status: Literal["submitted", "in_review", "changes_requested", "approved", "rejected", "withdrawn"]


class PartnerJoinedData(WebhookData):
    """An organization in an alliance."""

    alliance_id: UUID
    organization_id: UUID


class ItemsChangedData(WebhookData):
    """Items of one owner, at most 500.

    `created`, `changed` and `archived` are said to the owner; to whoever the items are offered to, `offered` (from now on),
    `changed`, or `withdrawn` (no longer).
    """

    owner_id: UUID
    change: Literal["created", "changed", "archived", "offered", "withdrawn"]
    item_ids: list[UUID]


class MemberJoinedData(WebhookData):
    """A member; who it is, the API and the portal tell those who may know."""

    member_id: UUID
    role: Literal["owner", "manager", "finance", "marketer", "developer", "analyst", "viewer"]


def tell_partner_joined(event: events.PartnerJoined, hearing: Hearing) -> Iterator[Told]:
    """The host and the partner."""
    data = PartnerJoinedData(alliance_id=UUID(event.alliance_id), organization_id=UUID(event.organization_id))
    for organization_id in hearing.listening & {UUID(event.host_id), UUID(event.organization_id)}:
        yield Told(organization_id, data)


def tell_items_changed(event: ItemsChanged, hearing: Hearing) -> Iterator[Told]:
    """The owner, and those who see the items before or after, as far as the owner knows them."""
    owner_id = UUID(event.owner_id)
    ids = [UUID(item_id) for item_id in event.item_ids]
    if owner_id in hearing.listening:
        yield Told(owner_id, ItemsChangedData(owner_id=owner_id, change=event.change, item_ids=ids))
    before, after = viewers_of(event.shown_before), viewers_of(event.shown_after)
    for organization_id in sorted((before | after) & hearing.listening - {owner_id}):
        saw, sees = organization_id in before, organization_id in after
        change: Literal["changed", "withdrawn", "offered"] = (
            "changed" if saw and sees else "withdrawn" if saw else "offered"
        )
        yield Told(organization_id, ItemsChangedData(owner_id=owner_id, change=change, item_ids=ids))


# Each of these is heard by every organization that it concerns, in its own scope.
_HEARD_BY_EACH: Final[tuple[tuple[str, type[Event], type[WebhookData], str | Promise, Mapping[str, object]], ...]] = (
    (
        "agreement.proposed",
        events.AgreementProposed,
        ProposedVersionData,
        _("A version of an agreement waits for signatures."),
        {**_VERSION, "proposed_by_id": _ORGANIZATION, "answers_version_id": None},
    ),
    (
        "agreement.accepted",
        events.VersionSigned,
        PartyOfVersionData,
        _("One party has signed a version; others have yet to."),
        {**_VERSION, "organization_id": _ORGANIZATION},
    ),
    (
        "agreement.signed",
        events.AgreementSigned,
        SignedVersionData,
        _("Every party has signed a version of an agreement."),
        {**_VERSION, "effective_from": "2026-03-01T00:00:00Z", "effective_to": None},
    ),
    (
        "agreement.withdrawn",
        events.VersionWithdrawn,
        VersionData,
        _("A version was taken back by its proposer."),
        _VERSION,
    ),
    (
        "agreement.declined",
        events.VersionDeclined,
        PartyOfVersionData,
        _("A party has declined a version."),
        {**_VERSION, "organization_id": _ORGANIZATION},
    ),
    (
        "agreement.renewed",
        events.VersionRenewed,
        RenewedVersionData,
        _("An agreement has begun another term."),
        {**_VERSION, "term_from": "2027-03-01T00:00:00Z", "term_to": "2028-03-01T00:00:00Z"},
    ),
    ("agreement.notice_given", events.NoticeGiven, EndingData, _("A party has given notice."), _ENDING),
    (
        "agreement.ending_proposed",
        events.EndingProposed,
        EndingData,
        _("A party proposes to end an agreement by consent."),
        {**_ENDING, "kind": "mutual"},
    ),
    (
        "agreement.ending_agreed",
        events.EndingAgreed,
        EndingData,
        _("Every party has signed that an agreement ends."),
        {**_ENDING, "kind": "mutual"},
    ),
    (
        "agreement.ending_revoked",
        events.EndingRevoked,
        EndingData,
        _("Every party has signed that an agreement goes on."),
        _ENDING,
    ),
    ("agreement.ended", events.AgreementEnded, EndingData, _("An agreement is over."), _ENDING),
    (
        "application.moved",
        ApplicationMoved,
        ApplicationMovedData,
        _("The other side has moved an application to an alliance."),
        {"application_id": _APPLICATION, "status": "submitted"},
    ),
    (
        "member.joined",
        events.MemberJoined,
        MemberJoinedData,
        _("A person has become a member of your organization."),
        {"member_id": _MEMBER, "role": "developer"},
    ),
)


def register() -> None:
    """Called when the app is ready."""
    for name, event, data, description, example in _HEARD_BY_EACH:
        register_webhook_type(
            name, event=event, data=data, tell=tell_who_hears(data), description=description, example=example
        )
    register_webhook_type(
        "item.changed",
        event=ItemsChanged,
        data=ItemsChangedData,
        tell=tell_items_changed,
        description=_(
            "Items of the catalogue are new, changed, put away, offered or withdrawn; up to 500 in one message."
        ),
        example={"owner_id": _ORGANIZATION, "change": "offered", "item_ids": [_ITEM]},
    )
    register_webhook_type(
        "partner.joined",
        event=events.PartnerJoined,
        data=PartnerJoinedData,
        tell=tell_partner_joined,
        description=_("A partner has joined an alliance."),
        example={"alliance_id": _AGREEMENT["alliance_id"], "organization_id": _ORGANIZATION},
    )
