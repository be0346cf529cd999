"""Facts that apps tell each other: published into the outbox, heard by subscribers with a receipt.

An app declares its events in `events.py`, publishes them from its services, and registers what it
hears in `subscribers.py`, which its `AppConfig.ready()` imports.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Protocol, Self, TypeVar, cast
from uuid import UUID

QUEUES = ("money", "events", "mail", "learning", "reports", "webhooks")


class EventMalformedError(TypeError):
    """An event has a field that is neither text, a whole number, nor a tuple of texts."""


class SubscriptionTakenError(RuntimeError):
    """Two handlers claim one subscriber name: receipts could not tell them apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that has happened. Subclasses are frozen, slotted, keyword-only dataclasses in the past tense.

    Fields are `str`, `int` or `tuple[str, ...]`: ids, ISO times and minor units, so that a message written by
    one version of the code can be read by another. New fields need a default; fields no longer known are dropped.
    """

    @classmethod
    def topic(cls) -> str:
        """The name under which messages of this class are kept, e.g. `partners.AgreementSigned`."""
        return f"{cls.__module__.partition('.events')[0]}.{cls.__name__}"

    def to_payload(self) -> dict[str, str | int | list[str]]:
        """The fields as JSON; raises `EventMalformedError` for anything but the three allowed types."""
        return {field.name: _plain(field.name, getattr(self, field.name)) for field in fields(self)}

    @classmethod
    def from_payload(cls, payload: Mapping[str, Any]) -> Self:
        """The event again; raises `TypeError` when a field without default is missing."""
        known = {field.name for field in fields(cls)}
        return cls(**{name: tuple(v) if isinstance(v, list) else v for name, v in payload.items() if name in known})


def _plain(name: str, value: object) -> str | int | list[str]:
    if isinstance(value, str | int) and not isinstance(value, bool):
        return value
    if isinstance(value, tuple) and all(isinstance(part, str) for part in value):
        return list(cast("tuple[str, ...]", value))
    message = f"The event field {name!r} is a {type(value).__name__}; use str, int or tuple[str, ...]."
    raise EventMalformedError(message)


E_contra = TypeVar("E_contra", bound=Event, contravariant=True)
E = TypeVar("E", bound=Event)


class Handler(Protocol[E_contra]):
    """What hears an event: runs in the organization's scope, in the transaction that marks its delivery done."""

    def __call__(self, event: E_contra, /, *, organization_id: UUID, now: datetime) -> None: ...


@dataclass(frozen=True, slots=True)
class Subscription:
    """One subscriber of one topic, and the queue it works on."""

    name: str
    event_class: type[Event]
    handler: Handler[Any]
    queue: str


_subscriptions: dict[str, Subscription] = {}  # filled while apps start


def subscribe(event_class: type[E], handler: Handler[E], *, name: str, queue: str = "events") -> None:
    """Have `handler` hear every `event_class` once. `name` is kept in receipts: never rename or reuse it.

    Raises `SubscriptionTakenError` when another handler has the name, `ValueError` for an unknown queue.
    """
    if queue not in QUEUES:
        message = f"{queue!r} is none of the queues {', '.join(QUEUES)}."
        raise ValueError(message)
    subscription = Subscription(name=name, event_class=event_class, handler=handler, queue=queue)
    if _subscriptions.setdefault(name, subscription) != subscription:
        message = f"There is already a subscriber named {name!r}."
        raise SubscriptionTakenError(message)


def unsubscribe(name: str) -> None:
    """Forget a subscriber; for tests that register one of their own."""
    _subscriptions.pop(name, None)


def subscription_named(name: str) -> Subscription | None:
    """The subscriber with this name, when this process knows it."""
    return _subscriptions.get(name)


def subscriptions_of(event: Event) -> Iterator[Subscription]:
    """Who hears this event, in order of name."""
    for name in sorted(_subscriptions):
        if _subscriptions[name].event_class is type(event):
            yield _subscriptions[name]


def publish(event: Event, *, now: datetime, operator_for: UUID | None = None) -> None:
    """Write the event and one delivery for each subscriber into the outbox, in the caller's transaction.

    `operator_for` names the organization when an operator acts for it in the operators' view, outside its scope.

    Rolled back with it; delivered at least once after it commits, and acted upon exactly once. Raises
    `ScopeMissingError` outside an organization's scope, `EventMalformedError` for a field of another type.
    A dead broker neither fails nor delays the caller.
    """
    from alliance.kernel.outbox.publishing import store

    store(event, now=now, operator_for=operator_for)
