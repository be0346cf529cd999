"""When two drafts are the same: a hash over everything that an item says."""

import hashlib
import json
from dataclasses import fields
from datetime import UTC, datetime
from typing import Final

from partners.catalogue.domain.items import ItemDraft

SCHEMA: Final = 1
_NAMES: Final = tuple(field.name for field in fields(ItemDraft))


def content_hash(draft: ItemDraft) -> str:
    """SHA-256 (hex) over the draft. Instants count as instants, attributes in any order; status and visibility don't count."""
    values = [_plain(getattr(draft, name)) for name in _NAMES]
    text = json.dumps([SCHEMA, *values], sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


def _plain(value: object) -> object:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value
