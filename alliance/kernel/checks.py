"""System checks of the kernel: every model says whose its rows are."""

from collections.abc import Sequence
from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections

from alliance.kernel.roles import role_problems
from alliance.kernel.tenancy.classes import Tenancy, TenancyKind
from alliance.kernel.tenancy.policies import TenancyUndeclaredError, tenancy_of
from alliance.kernel.tenancy.scope import OPERATOR, RUNTIME


@register(Tags.models)
def every_table_declares_its_class(**_: Any) -> list[CheckMessage]:
    """A table without a tenancy class has no grant and no policy: say so before it is missed."""
    errors: list[CheckMessage] = []
    for model in apps.get_models(include_auto_created=True):
        if not model._meta.managed or model._meta.proxy:
            continue
        try:
            errors += _column_errors(model, tenancy_of(model))
        except TenancyUndeclaredError as error:
            errors.append(
                Error(str(error), obj=model, id="kernel.E001", hint="Stand it on a base of alliance.kernel.tenancy.")
            )
    return errors


def _column_errors(model: Any, tenancy: Tenancy) -> list[CheckMessage]:
    columns = {field.column for field in model._meta.local_fields}
    wanted = {tenancy.owner_column} - {None}
    if tenancy.kind is TenancyKind.SHARED:
        wanted.add(tenancy.viewers.column if tenancy.viewers else "parties")
    missing = sorted(str(column) for column in wanted - columns)
    return [
        Error(f"{model._meta.label} lacks the column {name}, which its class needs.", obj=model, id="kernel.E002")
        for name in missing
    ]


@register(Tags.database)
def roles_are_bound(databases: Sequence[str] | None = None, **_: Any) -> list[CheckMessage]:
    """The roles of the web and the operator have the rights they should, and no more."""
    return [
        Error(problem, id="kernel.E003")
        for alias in databases or ()
        if alias in {RUNTIME, OPERATOR}
        for problem in role_problems(connections[alias])
    ]
