"""What payouts tell others, in the host's scope; and what the payee hears in its own."""

from dataclasses import dataclass

from alliance.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class PayoutBatchPrepared(Event):
    """A batch waits for approval."""

    batch_id: str
    alliance_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PayoutSent(Event):
    """A payment is on its way to the partner's bank."""

    payout_id: str
    organization_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PayoutConfirmed(Event):
    """The bank has paid it."""

    payout_id: str
    organization_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PayoutReturned(Event):
    """The bank rejected or returned it; the money is available again."""

    payout_id: str
    organization_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnclaimedAnnounced(Event):
    """A small balance will be set aside as abandoned property; in the scope of the partner whose it is."""

    notice_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PayeeTold(Event):
    """What became of a payment, in the scope of the organization that it goes to: `sent`, `confirmed` or `returned`."""

    payout_id: str
    outcome: str
