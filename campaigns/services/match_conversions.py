"""Find agreements for conversions that had none, when an agreement is signed or a partner's code becomes known."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from alliance.kernel.actor import Actor
from alliance.kernel.events import publish
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from campaigns.domain.matching import Match, Matcher
from campaigns.events import IDS_PER_MESSAGE, ConversionsMatched
from campaigns.models import Conversion, MatchIssue
from campaigns.services.record_orders import hold_matches
from partners.selectors import accepted_terms, partner_codes

_BATCH: Final = 5_000
_OF_ORIGINALS: Final = frozenset({MatchIssue.ORIGINAL_UNKNOWN, MatchIssue.REFUND_TOO_LARGE})


def match_conversions(
    *, actor: Actor, alliance_id: UUID, organization_ids: Iterable[UUID] | None = None, now: datetime
) -> int:
    """Try every unmatched conversion of the alliance again (of `organization_ids` and of unknown codes, when given).

    Each that now has one fitting agreement gets it and is published in `ConversionsMatched`; one whose partner is known
    now gets the partner, one whose issue has changed says so. Matched conversions are never touched. Returns how many
    got an agreement; repeating is harmless. Runs in the host's scope. Raises `NotPermittedError`.
    """
    actor.require(Permission.ORDER_IMPORT)
    with atomic():
        hold_matches(alliance_id, alone=True)
        matcher = Matcher(partner_codes(alliance_id=alliance_id), accepted_terms(alliance_id=alliance_id))
        changes: dict[Match, list[UUID]] = defaultdict(list)
        for row in _unmatched(alliance_id, organization_ids):
            conversion_id, partner_id, code, at, issue = row
            if issue in _OF_ORIGINALS:
                continue
            found = matcher.match(code, at) if partner_id is None else matcher.match_partner(partner_id, at)
            if (found.partner_id, found.issue) != (partner_id, issue):
                changes[found].append(conversion_id)
        for match, ids in changes.items():
            _apply(alliance_id, match, ids, now)
        _follow_originals(alliance_id, now)
    return sum(len(ids) for match, ids in changes.items() if match.agreement_id is not None)


def _follow_originals(alliance_id: UUID, now: datetime) -> None:
    """What takes an order back shares that order's match, whenever it comes."""
    followers = Conversion.objects.filter(alliance_id=alliance_id, original__isnull=False).exclude(match_issue="")
    found: dict[Match, list[UUID]] = defaultdict(list)
    columns = ("id", "original__partner_id", "original__agreement_id", "original__match_issue")
    for conversion_id, *match in followers.filter(original__match_issue="").values_list(*columns):
        found[Match(*match)].append(conversion_id)
    for match, ids in found.items():
        _apply(alliance_id, match, ids, now)


def _unmatched(
    alliance_id: UUID, organization_ids: Iterable[UUID] | None
) -> Iterable[tuple[UUID, UUID | None, str, datetime, str]]:
    rows = Conversion.objects.filter(alliance_id=alliance_id, original__isnull=True)
    rows = rows.exclude(match_issue=MatchIssue.NONE)
    if organization_ids is not None:
        wanted = list(organization_ids)
        rows = rows.filter(partner_id__in=wanted) | rows.filter(partner_id__isnull=True)
    columns = ("id", "partner_id", "partner_code", "occurred_at", "match_issue")
    return rows.order_by("occurred_at", "id").values_list(*columns).iterator(chunk_size=_BATCH)


def _apply(alliance_id: UUID, match: Match, ids: Sequence[UUID], now: datetime) -> None:
    for start in range(0, len(ids), IDS_PER_MESSAGE):
        part = ids[start : start + IDS_PER_MESSAGE]
        Conversion.objects.filter(pk__in=part).update(
            partner_id=match.partner_id, agreement_id=match.agreement_id, match_issue=match.issue
        )
        if match.agreement_id is not None:
            event = ConversionsMatched(
                alliance_id=str(alliance_id),
                agreement_id=str(match.agreement_id),
                conversion_ids=tuple(str(conversion_id) for conversion_id in part),
            )
            publish(event, now=now)
