"""What every page of the operator console stands on: looking is free, writing goes through services or not at all."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from django.contrib import admin
from django.contrib.auth.models import AnonymousUser
from django.core.paginator import Paginator
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import cached_property
from unfold.admin import ModelAdmin, TabularInline

from alliance.kernel.errors import DomainError
from alliance.kernel.http.errors import add_admin_message
from alliance.kernel.money import with_currency
from alliance.kernel.tenancy import atomic

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

COUNTED_ROWS = 10_000
HIDDEN_COLUMNS = frozenset({"parties"})


def money_column(column: str, title: "str | _StrPromise") -> Callable[[ModelAdmin, Model], str]:
    """A column of a console: what `column` holds in minor units of the row's `currency`, as "1234.50 EUR"."""

    @admin.display(description=title)
    def shown(_console: ModelAdmin, row: Model) -> str:
        return with_currency(getattr(row, column), row.currency)  # type: ignore[attr-defined]

    return shown


class CappedPaginator(Paginator):  # type: ignore[type-arg]  # generic to the checker only
    """Counts to ten thousand and no further, so that a list of millions opens as fast as one of hundreds."""

    @cached_property
    def count(self) -> int:
        """The number of rows, or `COUNTED_ROWS` when there are more."""
        rows = self.object_list
        if isinstance(rows, QuerySet):
            return rows.order_by()[:COUNTED_ROWS].values("pk").count()
        return len(rows)


def is_operator(user: object) -> bool:
    """Whether this person may see the console at all."""
    return not isinstance(user, AnonymousUser) and bool(
        getattr(user, "is_active", False) and getattr(user, "is_staff", False)
    )


class ReadOnlyConsole(ModelAdmin):  # type: ignore[misc]  # unfold has no types
    """A table that operators may look at. Nobody adds, changes or deletes a row here, not even a superuser.

    Search takes an id (of the row, or of a column named in `id_search_fields`) or text in `search_fields`;
    the former is one index look-up on tables of any size.
    """

    paginator = CappedPaginator
    show_full_result_count = False
    list_per_page = 50
    list_fullwidth = True
    list_filter_submit = True
    ordering: ClassVar[Sequence[str]] = ("-id",)
    search_fields: ClassVar[Sequence[str]] = ()
    id_search_fields: ClassVar[Sequence[str]] = ()

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> Sequence[str]:
        """The named fields, or every column but the visibility list."""
        if self.fields:
            return tuple(self.fields)
        return tuple(column.name for column in self.model._meta.concrete_fields if column.name not in HIDDEN_COLUMNS)

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> Sequence[str]:
        """All of them, unless a console names the few that a service may change."""
        return tuple(self.readonly_fields) or self.get_fields(request, obj)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return is_operator(request.user)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return is_operator(request.user)

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The list and its actions; a refusal by a service is shown, and undoes what the action wrote."""
        shown = super().changelist_view
        return self._or_refusal(request, lambda: shown(request, extra_context))

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """One row; a refusal by a service is shown, and undoes what saving wrote."""
        shown = super().changeform_view
        return self._or_refusal(request, lambda: shown(request, object_id, form_url, extra_context))

    def _or_refusal(self, request: HttpRequest, respond: Callable[[], HttpResponse]) -> HttpResponse:
        try:
            with atomic():
                return respond()
        except DomainError as error:
            add_admin_message(request, error)
            return redirect(request.get_full_path())

    def get_search_fields(self, request: HttpRequest) -> Sequence[str]:
        """Named even when only ids are searched, so that the search box is shown."""
        return tuple(self.search_fields) or ("pk",)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Rows with this id, or with this text; an id never scans the table."""
        if not search_term:
            return queryset, False
        try:
            wanted = UUID(search_term.strip())
        except ValueError:
            return self._with_text(request, queryset, search_term)
        condition = Q(pk=wanted)
        for field in self.id_search_fields:
            condition |= Q(**{field: wanted})
        return queryset.filter(condition), False

    def _with_text(self, request: HttpRequest, queryset: QuerySet[Any], term: str) -> tuple[QuerySet[Any], bool]:
        if not self.search_fields:
            return queryset.none(), False
        found: tuple[QuerySet[Any], bool] = super().get_search_results(request, queryset, term)
        return found


class ReadOnlyInline(TabularInline):  # type: ignore[misc]  # unfold has no types
    """Rows of another table shown below the one they belong to, read-only."""

    extra = 0
    can_delete = False
    show_change_link = True
    tab = True
    ordering: ClassVar[Sequence[str]] = ("id",)

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> Sequence[str]:
        """All of them."""
        return tuple(self.fields or ())

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return is_operator(request.user)

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False
