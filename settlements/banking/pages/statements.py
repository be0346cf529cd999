"""What the bank has said: statements and their entries."""

from uuid import UUID

from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from alliance.kernel.errors import NotFoundError
from alliance.kernel.http.doors import member_view
from alliance.kernel.http.lists import paged, paged_long
from alliance.kernel.http.requests import MemberRequest
from alliance.kernel.permissions import Permission
from settlements.banking.matchable import open_entries
from settlements.banking.models import BankEntry, BankImport, BankMatch, BankStatement, MatchState
from settlements.banking.pages.imports import require_host
from settlements.banking.tables import BankEntryTable, BankStatementTable


@require_safe
@member_view(Permission.BANK_RECONCILE)
def bank_statements(request: MemberRequest) -> HttpResponse:
    """Statements of the host's accounts, and files that wait for a confirmation."""
    require_host(request)
    table = paged(request, BankStatementTable(BankStatement.objects.order_by("-ends_on", "-id")))
    waiting = BankImport.objects.filter(preview__isnull=True, bank_import__isnull=True).exclude(state="failed")
    context = {
        "table": table,
        "is_empty": not table.page.object_list,
        "open_count": open_entries().count(),
        "waiting_count": BankMatch.objects.filter(state=MatchState.WAITING).count(),
        "previews": waiting.select_related("bank_file").order_by("-queued_at")[:5],
    }
    return render(request, "settlements/banking/statements.html", context)


@require_safe
@member_view(Permission.BANK_RECONCILE)
def bank_statement(request: MemberRequest, bank_statement_id: UUID) -> HttpResponse:
    """One statement with its entries."""
    require_host(request)
    found = BankStatement.objects.select_related("alliance").filter(pk=bank_statement_id).first()
    if found is None:
        raise NotFoundError
    live = BankMatch.objects.filter(state__in=[MatchState.WAITING, MatchState.APPROVED]).order_by("-proposed_at")
    rows = BankEntry.objects.filter(statement=found).order_by("line", "id")
    entries = rows.prefetch_related(Prefetch("matches", queryset=live, to_attr="live_matches"))
    context = {"statement": found, "table": paged_long(request, BankEntryTable(entries))}
    return render(request, "settlements/banking/statement.html", context)
