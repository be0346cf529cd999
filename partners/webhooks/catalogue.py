"""The types of message as a page of the documentation, written from the registry that sends them."""

import json
from collections.abc import Iterator

from django.utils.translation import override

from partners.webhooks.types import Json, WebhookType, webhook_types

_HEAD = """# Types of webhook messages

This page is written by `manage.py document_webhooks` from the registered types; a test holds the two together. Do not edit
it by hand. How messages arrive, are signed and tried again: [webhooks](webhooks.md).

Every message is `{"type": …, "timestamp": …, "data": …}`. Data are ids, instants (ISO 8601, UTC), days, months, whole numbers in
the currency's minor unit, and words of a fixed list; never a name, an address or any other free text. Read the rest through the
API. `null` says that there is none.

"""


def catalogue_page() -> str:
    """The page as Markdown, in English; the same types always give the same text."""
    with override("en"):
        return _HEAD + "\n".join(_section(offered) for offered in webhook_types())


def _section(offered: WebhookType) -> str:
    example = json.dumps(dict(offered.example), indent=2, ensure_ascii=False)
    rows = "\n".join(f"| `{name}` | {kind} |" for name, kind in _fields(offered))
    return (
        f"## `{offered.name}`\n\n{offered.description}\n\n| field of `data` | what it is |\n|---|---|\n{rows}\n\n"
        f"```json\n{example}\n```\n"
    )


def _fields(offered: WebhookType) -> Iterator[tuple[str, str]]:
    schema = offered.schema()
    yield from _properties(schema, schema.get("$defs", {}), "")


def _properties(schema: Json, shared: Json, prefix: str) -> Iterator[tuple[str, str]]:
    for name, value in schema["properties"].items():
        yield prefix + name, _kind(value)
        inner = value.get("items", {}).get("$ref", "").rpartition("/")[2]
        if inner:
            yield from _properties(shared[inner], shared, f"{prefix}{name}[].")


def _kind(value: Json) -> str:
    if "anyOf" in value:
        return " or ".join(_kind(option) for option in value["anyOf"])
    if "enum" in value:
        return "one of " + ", ".join(f"`{word}`" for word in value["enum"])
    if "pattern" in value:
        return f"text like `{value['pattern']}`"
    if value.get("type") == "array":
        return "list"
    known = {"uuid": "id", "date-time": "instant", "date": "day", "integer": "whole number", "null": "`null`"}
    kind = str(value.get("format", value.get("type", "")))
    return known.get(kind, kind)
