"""Worlds under every kind of terms, their closed statements, and the evidence of each as a file says it."""

import io
import json

from alliance.kernel.tenancy import atomic, organization_scope
from settlements.exports.evidence_file import write_evidence
from settlements.exports.reading import visible_statement
from settlements.ledger.services.open_book import open_book
from settlements.proof.alliance_verify import verify
from settlements.proof.services.seal_journals import seal_journals


def seal(market):
    with organization_scope(market.host.id):
        return seal_journals(book_id=open_book(alliance_id=market.alliance.id, host_id=market.host.id))


def evidence_bytes(statement):
    """What the party's own export says."""
    file = io.BytesIO()
    with organization_scope(statement.organization_id), atomic():
        write_evidence(visible_statement(statement.id), file)
    return file.getvalue()


def evidence_of(statement):
    return json.loads(evidence_bytes(statement))


def verdict(market, statement):
    """What the verifier says of the party's own export, and what it could not recompute."""
    seal(market)
    check = verify(evidence_of(statement))
    return check.verdict, [*check.differences, *check.unverified]
