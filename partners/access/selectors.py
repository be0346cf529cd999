"""What is known of sessions, rules and views. The door asks `find_viewing` before a scope is open."""

from datetime import datetime
from uuid import UUID

from alliance.kernel.http.requests import MembershipBrief, OrganizationBrief, ViewingBrief
from alliance.kernel.permissions import Role
from alliance.kernel.standing import OrganizationStatus
from alliance.kernel.tenancy.cursors import scoped_cursor
from partners.access.models import AccessRules, Session

_FIND_VIEWING = """
SELECT id, member_name, expires_at, ended_at, role, organization_id, organization_name, organization_kind, time_zone,
       status, reason
FROM partners_find_viewing(%s, %s) CROSS JOIN LATERAL partners_standing_of(organization_id)
"""


def rules_of_organization() -> AccessRules:
    """What the scope's organization asks of its members; an unsaved row where it asks for nothing."""
    return AccessRules.objects.first() or AccessRules()


def sessions_of(user_id: UUID, *, now: datetime) -> list[Session]:
    """The sessions of a person that are open at `now`, the one used last first. Needs no scope."""
    rows = Session.objects.filter(user_id=user_id, expire_date__gt=now)
    return sorted(rows, key=lambda row: row.last_seen_at or row.started_at, reverse=True)


def find_viewing(viewing_id: str, operator_id: UUID) -> tuple[ViewingBrief, bool] | None:
    """The operator's view and whether it was ended by hand; `None` when there is none, or its member has left."""
    with scoped_cursor() as cursor:
        cursor.execute(_FIND_VIEWING, [viewing_id, operator_id])
        row = cursor.fetchone()
    if row is None:
        return None
    id_, member_name, expires_at, ended_at, role, organization_id, name, kind, zone, status, reason = row
    organization = OrganizationBrief(organization_id, name, kind, zone, OrganizationStatus(status), reason)
    membership = MembershipBrief(organization, Role(role))
    return ViewingBrief(id_, member_name, membership, expires_at), ended_at is not None
