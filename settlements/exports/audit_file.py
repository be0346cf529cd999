"""A part of the audit trail as a file: CSV for people with a spreadsheet, JSON Lines for programs."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, Final, Self

from django.utils import translation
from django.utils.translation import gettext as _

from alliance.kernel.audit_query import AuditQuery
from alliance.kernel.audit_words import audit_sentence, object_kind
from alliance.kernel.models import AuditEvent
from alliance.kernel.spreadsheets.cells import inert
from settlements.exports.csv_file import BYTE_ORDER_MARK
from settlements.models import ExportFormat

_AT_ONCE: Final = 2_000


@dataclass(frozen=True, slots=True)
class AuditQuestion:
    """Which events, and the language of headers and sentences."""

    query: AuditQuery
    language: str

    def to_json(self) -> dict[str, Any]:
        """For the export's row."""
        return {"query": self.query.to_json(), "language": self.language}

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Self:
        """What `to_json` wrote."""
        return cls(AuditQuery.from_json(values["query"]), str(values["language"]))


def audit_writer(question: AuditQuestion, file_format: ExportFormat) -> Callable[[BinaryIO], None]:
    """What writes the events of the open scope, oldest first, into a file. Memory stays flat."""
    rows = _csv_rows if file_format is ExportFormat.CSV else _json_rows

    def write(file: BinaryIO) -> None:
        with translation.override(question.language):
            events = question.query.events().order_by("id").iterator(chunk_size=_AT_ONCE)
            file.writelines(rows(events))

    return write


def _csv_rows(events: Iterable[AuditEvent]) -> Iterator[bytes]:
    """A header in the language asked for, then a row for each event; what a spreadsheet would run is made inert."""
    buffer = io.StringIO()
    lines = csv.writer(buffer, lineterminator="\n")
    yield BYTE_ORDER_MARK
    lines.writerow(_header())
    for event in events:
        lines.writerow([inert(cell) for cell in _cells(event)])
        yield _taken(buffer)
    yield _taken(buffer)


def _taken(buffer: io.StringIO) -> bytes:
    written = buffer.getvalue().encode()
    buffer.seek(0)
    buffer.truncate()
    return written


def _header() -> list[str]:
    return [
        _("When (UTC)"),
        _("Kind of actor"),
        _("Who"),
        _("Id of the actor"),
        _("What was done"),
        _("Action"),
        _("Kind of object"),
        _("Object"),
        _("Id of the object"),
        _("Before"),
        _("After"),
        _("Network"),
        _("Request"),
    ]


def _cells(event: AuditEvent) -> list[str]:
    return [
        event.at.isoformat(),
        event.actor_kind,
        event.actor_label,
        str(event.actor_id or ""),
        audit_sentence(event.action),
        event.action,
        object_kind(event.target_type),
        event.target_label,
        event.target_id,
        _json(event.before) if event.before is not None else "",
        _json(event.after) if event.after is not None else "",
        event.ip_prefix,
        event.request_id,
    ]


def _json_rows(events: Iterable[AuditEvent]) -> Iterator[bytes]:
    """One object on each line, under the names that the API uses."""
    for event in events:
        values = {
            "id": str(event.pk),
            "at": event.at.isoformat(),
            "actor_kind": event.actor_kind,
            "actor_id": str(event.actor_id) if event.actor_id else None,
            "actor_label": event.actor_label,
            "action": event.action,
            "sentence": audit_sentence(event.action),
            "target_type": event.target_type,
            "target_id": event.target_id,
            "target_label": event.target_label,
            "before": event.before,
            "after": event.after,
            "ip_prefix": event.ip_prefix,
            "request_id": event.request_id,
        }
        yield _json(values).encode() + b"\n"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
