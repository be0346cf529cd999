"""Operations of the API on the ledger. All of them read; the ledger is written by services alone."""

from collections import Counter
from uuid import UUID

from django.db.models import Prefetch, QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from alliance.kernel.http.api import OrganizationAPIView, own
from alliance.kernel.http.pagination import TimeOrderedPagination
from alliance.kernel.http.serializers import NoParameters
from alliance.kernel.permissions import Permission
from settlements.api_shapes import (
    AccountFilters,
    AccountShape,
    BalanceFilters,
    BalancesShape,
    JournalFilters,
    JournalShape,
)
from settlements.ledger.models import Account, Entry, Journal
from settlements.ledger.selectors import balances

MOST_BALANCES = 1_000


class AccountsView(OrganizationAPIView):
    """Accounts."""

    required_permissions = {"GET": Permission.LEDGER_READ}
    pagination_class = TimeOrderedPagination

    @extend_schema(
        operation_id="list_accounts", tags=["ledger"], parameters=[AccountFilters], responses=AccountShape(many=True)
    )
    def get(self, request: Request) -> Response:
        """Accounts, latest opened first: the caller's own, and for a host those of its whole book."""
        return self.page(Account.objects.filter(**self.query(AccountFilters)), AccountShape)


class BalancesView(OrganizationAPIView):
    """Balances."""

    required_permissions = {"GET": Permission.LEDGER_READ}

    @extend_schema(operation_id="get_balances", tags=["ledger"], parameters=[BalanceFilters], responses=BalancesShape)
    def get(self, request: Request) -> Response:
        """Balances of the accounts that fit, at most a thousand of them, as of one instant."""
        filters = self.query(BalanceFilters)
        at = filters.pop("at", self.now)
        accounts = list(Account.objects.filter(**filters).order_by("id")[:MOST_BALANCES])
        found = balances(account_ids=[account.id for account in accounts], at=at)
        totals: Counter[str] = Counter()
        rows = []
        for account in accounts:
            balance = found.get(account.id, 0)
            totals[account.currency] += balance
            rows.append(
                {
                    "account_id": account.id,
                    "organization_id": account.organization_id,
                    "agreement_id": account.agreement_id,
                    "currency": account.currency,
                    "kind": account.kind,
                    "balance_minor": balance,
                }
            )
        return Response(BalancesShape({"at": at, "balances": rows, "totals_minor": dict(totals)}).data)


class JournalsView(OrganizationAPIView):
    """Journals."""

    required_permissions = {"GET": Permission.LEDGER_READ}
    pagination_class = TimeOrderedPagination

    @extend_schema(
        operation_id="list_journals", tags=["ledger"], parameters=[JournalFilters], responses=JournalShape(many=True)
    )
    def get(self, request: Request) -> Response:
        """Journals, latest posted first, with the entries that the caller may see."""
        filters = self.query(JournalFilters)
        rows = _with_entries()
        if (account_id := filters.pop("account_id", None)) is not None:
            own(Account.objects.all(), account_id)
            rows = rows.filter(pk__in=Entry.objects.filter(account_id=account_id).values("journal_id"))
        return self.page(rows.filter(**filters), JournalShape)


class JournalView(OrganizationAPIView):
    """One journal."""

    required_permissions = {"GET": Permission.LEDGER_READ}

    @extend_schema(operation_id="get_journal", tags=["ledger"], responses=JournalShape)
    def get(self, request: Request, journal_id: UUID) -> Response:
        """One journal with the entries that the caller may see."""
        self.query(NoParameters)
        return Response(JournalShape(own(_with_entries(), journal_id)).data)


def _with_entries() -> QuerySet[Journal]:
    """Journals of the visible books, by an indexed column."""
    books = Account.objects.values("book_id").distinct()
    entries = Entry.objects.order_by("line")
    return Journal.objects.filter(book_id__in=books).prefetch_related(Prefetch("entries", queryset=entries))
