"""Opening, asking for and leaving an organization's scope.

The scope is a transaction with `app.organization` set *locally*, so a pooled connection can never
carry it into somebody else's request. It is opened in exactly three doors: the portal middleware,
the API base view and the Celery task base.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from uuid import UUID

from django.db import connections, transaction

RUNTIME = "default"
OPERATOR = "operator"
OWNER = "owner"


@dataclass(frozen=True, slots=True)
class _Scope:
    organization_id: UUID | None  # None: across organizations, on the operator role
    reason: str = ""


_current: ContextVar[_Scope | None] = ContextVar("organization_scope", default=None)


class ScopeMissingError(RuntimeError):
    """A tenant table was queried outside a scope: a programming error, never a person's mistake."""


def has_scope() -> bool:
    """Whether any scope, of one organization or across all, is open."""
    return _current.get() is not None


def current_organization_id() -> UUID | None:
    """The organization whose scope is open; `None` outside a scope and across organizations."""
    scope = _current.get()
    return scope.organization_id if scope else None


def require_organization_id() -> UUID:
    """The organization whose scope is open; raises `ScopeMissingError` when there is none."""
    if (organization_id := current_organization_id()) is None:
        message = "This needs the scope of one organization."
        raise ScopeMissingError(message)
    return organization_id


def database_alias() -> str:
    """The connection that queries use now: the operator's inside `across_organizations`, else the runtime's."""
    scope = _current.get()
    return OPERATOR if scope and scope.organization_id is None else RUNTIME


def atomic() -> AbstractContextManager[None]:
    """A transaction (or savepoint) on the connection that queries use now."""
    return transaction.atomic(using=database_alias())


def on_commit(function: Callable[[], object]) -> None:
    """Run `function` after the present transaction commits; it runs with no scope, and its failure is only logged."""
    transaction.on_commit(function, using=database_alias(), robust=True)


def _set_organization(value: str) -> None:
    with connections[RUNTIME].cursor() as cursor:
        cursor.execute("SELECT set_config('app.organization', %s, true)", [value])


def _refuse_writes() -> None:
    """Have PostgreSQL refuse every write until the present transaction, or savepoint, ends."""
    with connections[RUNTIME].cursor() as cursor:
        cursor.execute("SET TRANSACTION READ ONLY")


@contextmanager
def organization_scope(organization_id: UUID, *, read_only: bool = False) -> Iterator[None]:
    """Open a transaction that sees `organization_id`'s rows and no others; `read_only`: and that PostgreSQL lets write nothing.

    Entering another organization's scope from within one is a programming error; entering the same
    one again is harmless.
    """
    outer = _current.get()
    if outer is not None and outer.organization_id not in {None, organization_id}:
        message = "One organization's scope can't be opened inside another's."
        raise ScopeMissingError(message)
    token = _current.set(_Scope(organization_id))
    goes_on = connections[RUNTIME].in_atomic_block  # else the local setting ends with the transaction
    try:
        with transaction.atomic(using=RUNTIME):
            _set_organization(str(organization_id))
            if read_only:
                _refuse_writes()
            yield
            if goes_on and (outer is None or outer.organization_id is None):
                _leave()
    finally:
        _current.reset(token)


def _leave() -> None:
    """Forget the organization before an enclosing transaction (a test's) goes on."""
    if not connections[RUNTIME].needs_rollback:
        _set_organization("")


@contextmanager
def across_organizations(*, reason: str) -> Iterator[None]:
    """Route every query to the operator's role, which sees all rows. `reason` says why, for the reader and the log."""
    if (scope := _current.get()) is not None and scope.organization_id is not None:
        message = "The operator's view can't be opened inside an organization's scope."
        raise ScopeMissingError(message)
    token = _current.set(_Scope(None, reason))
    try:
        yield
    finally:
        _current.reset(token)
