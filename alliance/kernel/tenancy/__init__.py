"""Tenancy: which organization may see which row, in PostgreSQL and in Python.

PostgreSQL's row-level security is the floor (`policies`), an ORM that raises outside a scope is the
wall (`querysets`). Start reading at `classes`.
"""

from alliance.kernel.tenancy.classes import (
    GlobalModel,
    OperatorModel,
    PrivateModel,
    SharedModel,
    Tenancy,
    TenancyKind,
    ViewedModel,
)
from alliance.kernel.tenancy.scope import (
    ScopeMissingError,
    across_organizations,
    atomic,
    current_organization_id,
    database_alias,
    has_scope,
    on_commit,
    organization_scope,
    require_organization_id,
)

__all__ = [
    "GlobalModel",
    "OperatorModel",
    "PrivateModel",
    "ScopeMissingError",
    "SharedModel",
    "Tenancy",
    "TenancyKind",
    "ViewedModel",
    "across_organizations",
    "atomic",
    "current_organization_id",
    "database_alias",
    "has_scope",
    "on_commit",
    "organization_scope",
    "require_organization_id",
]
