"""A statement's evidence as JSON: everything that `alliance_verify.py` needs to recompute it, and nothing else.

The statement and its lines, the signed terms, every event of the period with what its evaluation knew, what each adjustment
comes of, and the journals in the book's chain. The form is public (docs/proof.md); one element stands on each line of the file.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import starmap
from typing import BinaryIO, Final
from uuid import UUID

from alliance.kernel.arrays import one_of
from partners.selectors import signed_documents
from settlements.domain.adjustment_content import AdjustmentContent
from settlements.domain.event_content import EventContent
from settlements.exports.adjustments import adjustments_of
from settlements.exports.events import StoredEvent, events_of, originals, refunds_of
from settlements.exports.journals import ProvenJournal, ProvenSeal, digests_of, journals_of, seals_of
from settlements.models import Accrual, AdjustmentKind, Statement, StatementLine

FORMAT: Final = 2
_FETCHED: Final = 2_000
_LINE: Final = (
    "line_number",
    "section",
    "kind",
    "reference",
    "occurred_at",
    "effective_on",
    "terms_number",
    "base_minor",
    "share_minor",
    "accrual_id",
)


def write_evidence(statement: Statement, file: BinaryIO) -> None:
    """Write the evidence as UTF-8 JSON; the same statement gives the same bytes, once its journals are sealed."""
    places: dict[UUID, int] = {}
    seals = list(seals_of(statement.id))
    file.write(b'{"evidence": ' + _plain(FORMAT) + b',\n"host_id": ' + _plain(str(statement.host_id)))
    file.write(b',\n"statement": ' + _plain(_head(statement)))
    earlier = _earlier(statement)
    ruling = {event.content.terms_sha256 for event in earlier} | _signed_later(statement, earlier)
    _write_list(file, "terms", _terms(statement, ruling))
    _write_list(file, "earlier", map(_event, earlier))
    _write_list(file, "events", _numbered(statement, places))
    _write_list(file, "lines", _lines(statement, places))
    _write_list(file, "adjustments", starmap(_adjustment, _grounds(statement)))
    file.write(b',\n"chain": {')
    file.writelines(_plain(name) + b": " + _plain(value) + b",\n" for name, value in _chain(seals).items())
    _write_list(file, "seals", map(_seal, seals), opening=b"")
    _write_map(file, "digests", _digests(statement, seals))
    _write_list(file, "journals", map(_journal, journals_of(statement.id)))
    file.write(b"}}\n")


def _write_list(file: BinaryIO, name: str, elements: Iterable[object], *, opening: bytes = b",\n") -> None:
    file.write(opening + _plain(name) + b": [")
    separator = b"\n"
    for element in elements:
        file.write(separator + _plain(element))
        separator = b",\n"
    file.write(b"]")


def _write_map(file: BinaryIO, name: str, elements: Iterable[tuple[str, str]]) -> None:
    file.write(b",\n" + _plain(name) + b": {")
    separator = b"\n"
    for key, value in elements:
        file.write(separator + _plain(key) + b": " + _plain(value))
        separator = b",\n"
    file.write(b"}")


def _plain(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def _head(statement: Statement) -> dict[str, object]:
    same = (
        "number starts_on ends_on time_zone currency opening_minor current_minor prior_minor adjustments_minor"
        " withheld_minor paid_minor closing_minor terms content_version engine_version event_count events_sha256"
        " adjustments_sha256 carried lines_root chain_number chain_head content_sha256"
    )
    said = {name: getattr(statement, name) for name in same.split()}
    return said | {
        "organization_id": str(statement.organization_id),
        "agreement_id": str(statement.agreement_id),
        "starts_on": statement.starts_on.isoformat(),
        "ends_on": statement.ends_on.isoformat(),
        "amount_minor": statement.base_minor,
        "orders": statement.order_count,
        "refunds": statement.refund_count,
        "lines": statement.line_count,
        "previous_sha256": statement.previous.content_sha256 if statement.previous else "",
    }


def _terms(statement: Statement, others: Iterable[str]) -> Iterator[dict[str, str]]:
    """The signed documents: those of the lines, those in force in the period, those that ruled what is taken back or recouped."""
    carried = json.loads(statement.carried or "{}")
    hashes = {used["sha256"] for used in statement.terms} | set(carried.get("in_force", ()))
    hashes |= {sha256 for sha256 in others if sha256}
    documents = signed_documents(agreement_id=statement.agreement_id, hashes=hashes)
    for advance in carried.get("advances", {}).get("of", ()):
        documents |= signed_documents(agreement_id=UUID(advance["agreement"]), hashes=[advance["terms"]])
    numbers = {sha256: json.loads(document)["number"] for sha256, document in documents.items()}
    found = sorted(documents, key=lambda sha256: (numbers[sha256], sha256))
    return ({"sha256": sha256, "document": documents[sha256]} for sha256 in found)


def _signed_later(statement: Statement, earlier: Iterable[StoredEvent]) -> set[str]:
    """Versions signed later than orders, by which refunds take back."""
    rows = Accrual.objects.filter(period_id=statement.period_id, explanation__facts__has_key="ruled_by")
    here = rows.values_list("explanation__facts__ruled_by", flat=True).order_by().distinct()
    told = (json.loads(event.content.facts or "{}").get("ruled_by") for event in earlier)
    return {sha256 for sha256 in (*here, *told) if sha256}


def _grounds(statement: Statement) -> Iterable[tuple[int, AdjustmentContent]]:
    return adjustments_of(statement.id) if statement.adjustments_sha256 else ()


def _earlier(statement: Statement) -> list[StoredEvent]:
    """Orders of other periods that this one's refunds take back, or that its adjustments are about, with what took back of them."""
    here = Accrual.objects.filter(period_id=statement.period_id, original__isnull=False)
    wanted = {id_ for id_ in here.values_list("original_id", flat=True) if id_ is not None}
    lines = StatementLine.objects.filter(statement_id=statement.id, adjustment__kind=AdjustmentKind.RERATED)
    rerated = lines.values_list("adjustment__accrual_id", "adjustment__details__taken_by")
    named = {id_: set(taken_by or ()) for id_, taken_by in rerated if id_ is not None}
    found = originals(wanted | set(named))
    for refund in refunds_of([id_ for id_, taken_by in named.items() if taken_by]):
        if refund.original_id is not None and refund.content.digest().hex() in named[refund.original_id]:
            found[refund.content.accrual_id] = refund
    inside = Accrual.objects.filter(id__in=one_of(found), period_id=statement.period_id).values_list("id", flat=True)
    return [found[id_] for id_ in sorted(set(found) - set(inside))]


def _numbered(statement: Statement, places: dict[UUID, int]) -> Iterator[dict[str, object]]:
    for place, event in enumerate(events_of(statement.period_id)):
        places[event.content.accrual_id] = place
        yield _event(event)


def _event(event: StoredEvent) -> dict[str, object]:
    content: EventContent = event.content
    return {
        "accrual": str(content.accrual_id),
        "conversion": str(content.conversion_id),
        "kind": content.kind,
        "occurred_at": _instant(content.occurred_at),
        "currency": content.currency,
        "amount_minor": content.amount_minor,
        "terms": content.terms_sha256,
        "takes_back": content.takes_back,
        "facts": content.facts,
        "reference": content.reference,
    }


def _lines(statement: Statement, places: Mapping[UUID, int]) -> Iterator[dict[str, object]]:
    rows = StatementLine.objects.filter(statement_id=statement.id).order_by("line_number").values_list(*_LINE)
    for number, section, kind, reference, occurred, effective, terms, base, share, accrual in rows.iterator(_FETCHED):
        yield {
            "line": number,
            "section": section,
            "kind": kind,
            "reference": reference,
            "occurred_at": _instant(occurred),
            "effective_on": effective.isoformat(),
            "terms_version": terms,
            "amount_minor": base,
            "share_minor": share,
            "event": places.get(accrual),
        }


def _adjustment(line: int, content: AdjustmentContent) -> dict[str, object]:
    return {
        "line": line,
        "id": str(content.adjustment_id),
        "kind": content.kind,
        "party": str(content.organization_id),
        "other": str(content.counterparty_id or ""),
        "about": [content.about_from.isoformat(), content.about_to.isoformat()],
        "effective_on": content.effective_on.isoformat(),
        "currency": content.currency,
        "amount_minor": content.amount_minor,
        "terms": content.terms_sha256,
        "event": content.event_sha256,
        "answers": str(content.answers_id or ""),
        "facts": content.facts,
        "reference": content.reference,
    }


def _chain(seals: list[ProvenSeal]) -> dict[str, object]:
    """Where the chain is entered, and the head that it comes to."""
    if not seals:
        return {"book": "", "number": 0, "first": 0, "previous_head": "", "head": ""}
    begin, end = seals[0], seals[-1]
    return {
        "book": str(begin.book_id),
        "number": begin.number,
        "first": begin.first,
        "previous_head": begin.previous_head,
        "head": f"{end.number}:{end.head}",
    }


def _seal(seal: ProvenSeal) -> list[object]:
    return [seal.last, seal.digests_sha256, _instant(seal.sealed_at)]


def _digests(statement: Statement, seals: Iterable[ProvenSeal]) -> Iterator[tuple[str, str]]:
    for seal in seals:
        if seal.holds_any:
            yield str(seal.number), digests_of(statement.id, seal.first, seal.last).hex()


def _journal(journal: ProvenJournal) -> dict[str, object]:
    if not journal.is_open:
        return {"number": journal.number, "digest": journal.digest.hex()}
    return {
        "number": journal.number,
        "id": str(journal.id),
        "key": journal.key,
        "kind": journal.kind,
        "effective_on": journal.effective_on.isoformat(),
        "occurred_at": _instant(journal.occurred_at),
        "posted_at": _instant(journal.posted_at),
        "reverses": str(journal.reverses_id) if journal.reverses_id else "",
        "fingerprint": journal.fingerprint.hex(),
        "entries": [_entry(text) for text in journal.entries],
    }


def _entry(text: str) -> list[object]:
    line, account, organization, kind, currency, amount = text.split(" ")
    return [int(line), account, organization, kind, currency, int(amount)]


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
