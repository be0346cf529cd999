"""The book as its owner may see it: accounts with balances, their entries, and each journal."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import BigIntegerField, Q, Sum
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from alliance.kernel.errors import NotFoundError
from alliance.kernel.http.doors import member_view
from alliance.kernel.http.lists import paged
from alliance.kernel.http.requests import MemberRequest
from alliance.kernel.permissions import Permission
from campaigns.selectors import conversion_facts
from partners.selectors import agreements_of, organization_names
from settlements.forms import AccountFilter, EntryFilter
from settlements.ledger.domain import DEBIT_KINDS, AccountKind, LedgerAccount
from settlements.ledger.selectors import accounts as visible_accounts
from settlements.ledger.selectors import balances
from settlements.models import Account, Entry, Journal
from settlements.tables import AccountTable, EntryTable
from settlements.templatetags.settlements import account_kind


@dataclass(frozen=True, slots=True)
class AccountRow:
    """One account on the page. `balance_minor` is positive on the account's healthy side."""

    id: UUID
    kind: str
    kind_name: str
    owner_name: str
    agreement_name: str
    currency: str
    balance_minor: int


@require_safe
@member_view(Permission.LEDGER_READ)
def ledger(request: MemberRequest) -> HttpResponse:
    """The visible accounts with their balances and the sum of those listed."""
    everything = visible_accounts()
    names = organization_names(account.organization_id for account in everything)
    currencies = sorted({account.currency for account in everything})
    form = AccountFilter(request.GET, organization=request.organization, owners=names, currencies=currencies)
    rows = _rows([account for account in everything if _fits(account, form)], names)
    context = {
        "form": form,
        "totals": _totals(rows),
        "table": paged(request, AccountTable(rows)),
        "is_filtered": bool(form.given()),
    }
    return render(request, "settlements/ledger.html", context)


def _fits(account: LedgerAccount, form: AccountFilter) -> bool:
    given = form.given()
    return (
        given.get("kind") in {None, account.kind.value}
        and given.get("currency") in {None, account.currency}
        and given.get("owner") in {None, str(account.organization_id)}
    )


def natural(kind: str, balance_minor: int) -> int:
    """A balance as people read it: positive on the account's healthy side."""
    return balance_minor if AccountKind(kind) in DEBIT_KINDS else -balance_minor


def _rows(found: list[LedgerAccount], names: dict[UUID, str]) -> list[AccountRow]:
    amounts = balances(account_ids=[account.id for account in found]) if found else {}
    agreements = {agreement.id: agreement.name for agreement in agreements_of()}
    rows = [
        AccountRow(
            id=account.id,
            kind=account.kind.value,
            kind_name=account_kind(account.kind.value),
            owner_name=names.get(account.organization_id, ""),
            agreement_name=agreements.get(account.agreement_id, "") if account.agreement_id else "",
            currency=account.currency,
            balance_minor=natural(account.kind, amounts.get(account.id, 0)),
        )
        for account in found
    ]
    return sorted(rows, key=lambda row: (row.kind_name, row.owner_name, row.agreement_name, row.currency))


def _totals(rows: list[AccountRow]) -> list[dict[str, object]]:
    sums: dict[tuple[str, str, str], int] = {}
    for row in rows:
        key = (row.kind_name, row.kind, row.currency)
        sums[key] = sums.get(key, 0) + row.balance_minor
    return [
        {"name": name, "kind": kind, "currency": currency, "amount_minor": amount}
        for (name, kind, currency), amount in sorted(sums.items())
    ]


@require_safe
@member_view(Permission.LEDGER_READ)
def account(request: MemberRequest, account_id: UUID) -> HttpResponse:
    """One account: the entries, what they sum to on either side, and the balance as the list of accounts shows it.

    Of some days alone when asked: then the balance is what these entries come to.
    """
    found = Account.objects.filter(pk=account_id).select_related("agreement", "organization").first()
    if found is None:
        raise NotFoundError
    form = EntryFilter(request.GET)
    lookups = {"from": "effective_on__gte", "to": "effective_on__lte"}
    of_days = {lookups[name]: value for name, value in form.given().items()}
    entries = Entry.objects.filter(account_id=account_id, **of_days)
    rows = entries.select_related("journal").order_by("-posted_at", "-journal_id", "line")
    table = paged(request, EntryTable(rows))
    sides = entries.aggregate(
        debits=Coalesce(Sum("amount_minor", filter=Q(amount_minor__gt=0)), 0, output_field=BigIntegerField()),
        credits=Coalesce(-Sum("amount_minor", filter=Q(amount_minor__lt=0)), 0, output_field=BigIntegerField()),
    )
    context = {
        "account": found,
        "form": form,
        "is_filtered": bool(of_days),
        "sides": sides,
        "is_debit_kind": found.kind in DEBIT_KINDS,
        "balance_minor": natural(found.kind, sides["debits"] - sides["credits"]),
        "table": table,
        "references": _references(table),
    }
    return render(request, "settlements/account.html", context)


def _references(table: EntryTable) -> dict[UUID, str]:
    """For each journal on the page that is about a conversion, that conversion's reference."""
    keys = {row.record.journal_id: row.record.journal.key for row in table.page.object_list}
    conversions = {id_: found for id_, key in keys.items() if (found := _conversion_of(key))}
    references = {fact.id: fact.reference for fact in conversion_facts(conversions.values())}
    return {id_: references.get(conversion_id, "") for id_, conversion_id in conversions.items()}


@require_safe
@member_view(Permission.LEDGER_READ)
def journal(request: MemberRequest, journal_id: UUID) -> HttpResponse:
    """One journal and those of its entries that the organization may see; the host sees them sum to zero."""
    found = Journal.objects.filter(pk=journal_id).select_related("reverses").first()
    if found is None:
        raise NotFoundError
    entries = list(Entry.objects.filter(journal_id=journal_id).select_related("account").order_by("line"))
    context = {
        "journal": found,
        "entries": entries,
        "owners": organization_names(entry.account.organization_id for entry in entries),
        "reversal": Journal.objects.filter(reverses_id=journal_id).first(),
        "conversion_id": _conversion_of(found.key),
        "adjustment_id": _named_by(found.key, "adjustment"),
        "period_id": _named_by(found.key, "release", "reserve", "receivable", "tax_held", "tax_released"),
        "is_whole": sum(entry.amount_minor for entry in entries) == 0,
    }
    return render(request, "settlements/journal.html", context)


def _conversion_of(key: str) -> UUID | None:
    """The conversion that a key such as `accrual:<id>` names."""
    return _named_by(key, "accrual", "suspense", "suspense-release")


def _named_by(key: str, *kinds: str) -> UUID | None:
    kind, _, rest = key.partition(":")
    try:
        return UUID(rest.partition(":")[0]) if kind in kinds else None
    except ValueError:
        return None
