"""What webhooks can tell. Any app registers its own types, each the public side of one kernel event.

    register_webhook_type(
        "agreement.signed",
        event=AgreementSigned,
        data=AgreementSignedData,
        tell=tell_agreement_signed,
        description=_("Every party has signed a version of an agreement."),
        example={...},
    )

Called from `AppConfig.ready()`. `tell` runs in the scope in which the event is heard and says who is told what;
`tell_who_hears(data)` makes one for events that each concerned organization hears in its own scope. Data are ids, instants, days, months, minor units and words of a fixed list; never free text, so never anything personal.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeVar
from uuid import UUID

from django.utils.functional import Promise
from pydantic import BaseModel, ConfigDict

from alliance.kernel.events import Event, subscribe

Json = Mapping[str, Any]
_NAMELESS: Final = ("format", "pattern", "enum", "const")


class WebhookData(BaseModel):
    """The `data` of one type. Subclasses name every field with a closed type."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class TestData(WebhookData):
    """The data of a test message."""

    endpoint_id: UUID


@dataclass(frozen=True, slots=True)
class Told:
    """One organization is told one thing. `at` is when it happened, if not just now."""

    organization_id: UUID
    data: WebhookData
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Hearing:
    """In whose scope an event is heard, and which of the organizations that it sees have an endpoint that listens."""

    organization_id: UUID
    listening: frozenset[UUID]


E = TypeVar("E", bound=Event)
Tell = Callable[[E, Hearing], Iterable[Told]]


@dataclass(frozen=True, slots=True)
class WebhookType:
    """One public type of message."""

    name: str
    description: str | Promise
    data: type[WebhookData]
    example: Json

    def schema(self) -> Json:
        """The JSON Schema of `data`."""
        return self.data.model_json_schema(mode="serialization")


class WebhookTypeRefusedError(TypeError):
    """A type is registered twice, its example does not fit, or its data could hold free text."""


TEST_TYPE: Final = "webhook.test"
_types: dict[str, WebhookType] = {}


def register_webhook_type(
    name: str,
    *,
    event: type[E],
    data: type[WebhookData],
    tell: Tell[E],
    description: str | Promise,
    example: Json,
) -> None:
    """Offer a type of message to endpoints; its messages follow each `event`. `name` is public: never rename it.

    Raises `WebhookTypeRefusedError` for a name that is taken, an example that does not fit, or data with free text.
    """
    if name in _types:
        raise WebhookTypeRefusedError(name)
    _types[name] = _checked(WebhookType(name, description, data, example))

    def hear(heard: E, /, *, organization_id: UUID, now: datetime) -> None:
        from partners.webhooks.services.tell_endpoints import tell_endpoints

        tell_endpoints(type_name=name, tell=lambda listening: tell(heard, Hearing(organization_id, listening)), now=now)

    subscribe(event, hear, name=f"webhooks.{name}")


def tell_who_hears(data: type[WebhookData]) -> Tell[Event]:
    """Tell the organization that hears an event the event's own fields, as far as `data` has them; empty ones as null."""

    def tell(event: Event, hearing: Hearing) -> Iterator[Told]:
        if hearing.organization_id in hearing.listening:
            fields = event.to_payload()
            yield Told(
                hearing.organization_id, data.model_validate({name: fields[name] or None for name in data.model_fields})
            )

    return tell


def unregister_webhook_type(name: str) -> None:
    """Forget a type; for tests that register one of their own."""
    from alliance.kernel.events import unsubscribe

    _types.pop(name, None)
    unsubscribe(f"webhooks.{name}")


def webhook_types() -> list[WebhookType]:
    """Every type that an endpoint may ask for, by name."""
    return [_types[name] for name in sorted(_types)]


def webhook_type_names() -> frozenset[str]:
    """Their names."""
    return frozenset(_types)


def _checked(offered: WebhookType) -> WebhookType:
    offered.data.model_validate(offered.example)
    if free := sorted(_free_texts(offered.schema())):
        message = f"{offered.name} could hold free text in {', '.join(free)}."
        raise WebhookTypeRefusedError(message)
    return offered


def _free_texts(schema: Json, path: str = "") -> Iterator[str]:
    """Where the schema allows text of no fixed form."""
    if schema.get("type") == "string" and not any(word in schema for word in _NAMELESS):
        yield path or "data"
    for word in ("properties", "$defs"):
        for name, inner in schema.get(word, {}).items():
            yield from _free_texts(inner, f"{path}.{name}" if path else name)
    for word in ("items", "additionalProperties"):
        if isinstance(inner := schema.get(word), Mapping):
            yield from _free_texts(inner, path)
    for word in ("anyOf", "allOf", "oneOf"):
        for inner in schema.get(word, ()):
            yield from _free_texts(inner, path)
