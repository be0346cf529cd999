"""Looking keys up, before any scope is open, through narrow functions of the database."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from alliance.kernel.permissions import Permission
from alliance.kernel.standing import OrganizationStatus
from alliance.kernel.tenancy.cursors import scoped_cursor
from partners.keys.domain import KeyKind, key_hash

LONGEST_KEY = 200


@dataclass(frozen=True, slots=True)
class FoundApiKey:
    """A key that exists; whether it still works is for the caller to say. `standing` is its organization's."""

    id: UUID
    organization_id: UUID
    name: str
    permissions: frozenset[Permission]
    expires_at: datetime | None
    revoked_at: datetime | None
    standing: OrganizationStatus
    kind: KeyKind
    scopes: frozenset[str]
    origins: frozenset[str]

    def is_usable_at(self, now: datetime) -> bool:
        """Whether the key opens anything at `now`."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


def find_api_key(key: str) -> FoundApiKey | None:
    """The key, or `None`. It is looked up by its SHA-256, so no comparison's time tells anything. Needs no scope.

    Asked anew for each request and kept nowhere, so a key that is revoked ends at once in every process.
    """
    if not key or len(key) > LONGEST_KEY:
        return None
    with scoped_cursor() as cursor:
        cursor.execute(
            "SELECT id, organization_id, name, permissions, expires_at, revoked_at, status, kind, scopes, origins"
            " FROM partners_find_api_key(%s) CROSS JOIN LATERAL partners_standing_of(organization_id)",
            [key_hash(key)],
        )
        row = cursor.fetchone()
    if row is None:
        return None
    id_, organization_id, name, permissions, expires_at, revoked_at, status, kind, scopes, origins = row
    return FoundApiKey(
        id=id_,
        organization_id=organization_id,
        name=str(name),
        permissions=frozenset(Permission(p) for p in permissions if p in set(Permission)),
        expires_at=expires_at,
        revoked_at=revoked_at,
        standing=OrganizationStatus(status),
        kind=KeyKind(kind),
        scopes=frozenset(scopes),
        origins=frozenset(origins),
    )


def is_publishable_origin(origin: str, *, now: datetime) -> bool:
    """Whether any live publishable key names this origin; all that a preflight can be asked. Needs no scope."""
    with scoped_cursor() as cursor:
        cursor.execute("SELECT partners_is_publishable_origin(%s, %s)", [origin, now])
        row = cursor.fetchone()
    return bool(row and row[0])
