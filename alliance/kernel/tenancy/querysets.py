"""Managers that raise outside a scope, where row-level security alone would silently answer nothing."""

from typing import TypeVar

from django.db import models

from alliance.kernel.tenancy.scope import ScopeMissingError, current_organization_id, has_scope

M = TypeVar("M", bound=models.Model)


def _require_scope(model: type[models.Model]) -> None:
    if not has_scope():
        message = f"{model.__name__} was queried outside a scope. Open organization_scope() in a door."
        raise ScopeMissingError(message)


class PrivateManager(models.Manager[M]):
    """Inside a scope, the organization's own rows with an explicit, indexable predicate."""

    def get_queryset(self) -> models.QuerySet[M]:
        _require_scope(self.model)
        queryset = super().get_queryset()
        column = self.model.tenancy.owner_column  # type: ignore[attr-defined]
        organization_id = current_organization_id()
        if organization_id is None or self._db not in {None, "default"}:
            return queryset
        return queryset.filter(**{column: organization_id})


class SharedManager(models.Manager[M]):
    """Inside a scope, the rows that row-level security shows to a party."""

    def get_queryset(self) -> models.QuerySet[M]:
        _require_scope(self.model)
        return super().get_queryset()
