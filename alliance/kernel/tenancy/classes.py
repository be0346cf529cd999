"""Every model says whose its rows are, by the base class it stands on.

private   one organization's; column `organization_id`
shared    seen by exactly the `parties`; written by the party in the owner column (or by any party). Where many rows
          have the same few audiences, a table of viewers says it once for each audience instead of in each row
operator  the installation's own; the runtime role has no grant at all
global    reference data and people's logins; the same for all

Policies and grants are made from this declaration (`policies`) and held against the live catalogue
by a test.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from alliance.kernel.ids import new_id
from alliance.kernel.tenancy.querysets import PrivateManager, SharedManager


class TenancyKind(StrEnum):
    """The four classes of tables."""

    PRIVATE = "private"
    SHARED = "shared"
    OPERATOR = "operator"
    GLOBAL = "global"


ALL_VERBS = ("SELECT", "INSERT", "UPDATE", "DELETE")


@dataclass(frozen=True, slots=True)
class Viewers:
    """Where it stands who sees rows beside their owner.

    `table` has a row for each organization and each value it may see in the rows' `column`: `organization_id` and
    `viewed`. It is private to the viewer and written by functions of the database's owner only. A row whose `column` is
    NULL is seen by its owner alone.
    """

    table: str
    viewed: str
    column: str


@dataclass(frozen=True, slots=True)
class Tenancy:
    """One table's class.

    `verbs`: what the runtime role may do at all. `owner_column`: whose organization may write (None
    on a shared table: any party). `parties_sql`: for shared tables, the SQL that computes `parties`
    from `NEW` in a trigger, so that no client fills it. `viewers`: for shared tables without `parties`, where
    it stands who sees a row. `operator_verbs`: what even operators are limited to (append-only tables).
    """

    kind: TenancyKind
    verbs: tuple[str, ...] = ALL_VERBS
    owner_column: str | None = None
    parties_sql: str | None = None
    operator_verbs: tuple[str, ...] = ALL_VERBS
    viewers: Viewers | None = None


def private(
    *, column: str = "organization_id", verbs: tuple[str, ...] = ALL_VERBS, operator_verbs: tuple[str, ...] = ALL_VERBS
) -> Tenancy:
    """Rows of one organization, named by `column`."""
    return Tenancy(TenancyKind.PRIVATE, verbs, owner_column=column, operator_verbs=operator_verbs)


def shared(
    *,
    parties_sql: str | None,
    owner_column: str | None = None,
    verbs: tuple[str, ...] = ALL_VERBS,
    operator_verbs: tuple[str, ...] = ALL_VERBS,
) -> Tenancy:
    """Rows seen by the organizations that `parties_sql` (a uuid[] expression over NEW) yields.

    None: only the owner's functions write the table, and they fill `parties` themselves; no role of the
    application may then hold more than SELECT.
    """
    if parties_sql is None and {*verbs, *operator_verbs} != {"SELECT"}:
        raise ValueError("A shared table that roles write needs parties_sql.")
    return Tenancy(TenancyKind.SHARED, verbs, owner_column, parties_sql, operator_verbs)


def shared_by_viewers(
    viewers: Viewers,
    *,
    owner_column: str,
    verbs: tuple[str, ...] = ALL_VERBS,
    operator_verbs: tuple[str, ...] = ALL_VERBS,
) -> Tenancy:
    """Rows seen by the organization in `owner_column`, which writes them, and by those that `viewers` names."""
    return Tenancy(TenancyKind.SHARED, verbs, owner_column, operator_verbs=operator_verbs, viewers=viewers)


def operator_only() -> Tenancy:
    """Rows no organization may touch."""
    return Tenancy(TenancyKind.OPERATOR, ())


def global_rows(*, verbs: tuple[str, ...] = ("SELECT",)) -> Tenancy:
    """Rows that are the same for everybody; read-only for the runtime role unless said otherwise."""
    return Tenancy(TenancyKind.GLOBAL, verbs)


class _Identified(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    tenancy: ClassVar[Tenancy]

    class Meta:
        abstract = True


class PrivateModel(_Identified):
    """One organization's rows. The subclass has the column its `tenancy` names (`organization_id` unless said otherwise)."""

    tenancy: ClassVar[Tenancy] = private()
    objects = PrivateManager()

    class Meta:
        abstract = True


class SharedModel(_Identified):
    """Rows seen by exactly the parties. The subclass declares `tenancy = shared(parties_sql=…)`."""

    parties = ArrayField(models.UUIDField(), editable=False, default=list)
    objects = SharedManager()

    class Meta:
        abstract = True


class ViewedModel(_Identified):
    """Rows seen by their owner and by whoever a table of viewers names. The subclass declares `tenancy = shared_by_viewers(…)`."""

    objects = SharedManager()

    class Meta:
        abstract = True


class OperatorModel(_Identified):
    """Rows of the installation itself."""

    tenancy: ClassVar[Tenancy] = operator_only()

    class Meta:
        abstract = True


class GlobalModel(_Identified):
    """Reference data."""

    tenancy: ClassVar[Tenancy] = global_rows()

    class Meta:
        abstract = True
