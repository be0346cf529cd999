"""The finance home of a host: what waits, how much money it is, and where it is done."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final
from urllib.parse import urlencode
from uuid import UUID

import django_tables2 as tables
from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from alliance.kernel.clock import utc_now
from alliance.kernel.errors import NotFoundError
from alliance.kernel.http.columns import CompiledColumn
from alliance.kernel.http.doors import member_view
from alliance.kernel.http.filters import FilterForm, choice_field
from alliance.kernel.http.lists import paged
from alliance.kernel.http.requests import MemberRequest
from alliance.kernel.permissions import Permission
from partners.selectors import organization_names
from settlements.domain.aging import AGES
from settlements.finance.debts import Debt, debts, total_by_currency
from settlements.finance.queues import Desk, finance_queues
from settlements.tables import MONEY

AGE_NAMES: Final = (
    gettext_lazy("0–30 days"),
    gettext_lazy("31–60 days"),
    gettext_lazy("61–90 days"),
    gettext_lazy("Over 90 days"),
)


@require_safe
@member_view(Permission.PERIOD_CLOSE)
def finance_home(request: MemberRequest) -> HttpResponse:
    """Every queue with its count and its money, and the first things of each. Partners have no such page."""
    if not request.organization.is_host:
        raise NotFoundError
    queues = finance_queues(Desk(request.actor, utc_now()))
    context = {"queues": queues.values(), "waits": any(queue.count for queue in queues.values())}
    return render(request, "settlements/finance_home.html", context)


class DebtFilter(FilterForm):
    """Which debts: in which currency, and for the host whose."""

    def __init__(self, data: Mapping[str, object], *, parties: Mapping[UUID, str], currencies: list[str]) -> None:
        super().__init__(data)
        self.fields: dict[str, forms.Field]
        if len(parties) > 1:
            choices = [(str(id_), name) for id_, name in sorted(parties.items(), key=lambda pair: pair[1])]
            self.fields["party"] = choice_field(gettext_lazy("Party"), choices)
        self.fields["currency"] = choice_field(gettext_lazy("Currency"), [(code, code) for code in currencies])


def _age_column(place: int) -> CompiledColumn:
    return CompiledColumn(
        "{% load money %}{% with part=record.ages." + str(place) + " %}{% if part.amount_minor %}"
        '<a href="{{ part.href }}">{{ part.amount_minor|money:record.currency }}</a>{% else %}–{% endif %}{% endwith %}',
        verbose_name=AGE_NAMES[place],
        attrs=MONEY,
        orderable=False,
        empty_values=(),
    )


class DebtTable(tables.Table):  # type: ignore[misc]  # django-tables2 has no types
    """Debts, the oldest first."""

    party = tables.Column(verbose_name=gettext_lazy("Party"), orderable=False)
    agreement = tables.Column(verbose_name=gettext_lazy("Agreement"), orderable=False)
    since = CompiledColumn(
        "{% load portal %}{% local_day record.since %}", verbose_name=gettext_lazy("Owed since"), orderable=False
    )
    age_0, age_1, age_2, age_3 = (_age_column(place) for place in range(len(AGES) + 1))
    amount = CompiledColumn(
        '{% load money %}<a href="{{ record.href }}">{{ record.amount_minor|money:record.currency }}</a>',
        verbose_name=gettext_lazy("Owed in all"),
        attrs=MONEY,
        orderable=False,
        empty_values=(),
    )

    class Meta:
        caption = gettext_lazy("Debts by age")


@require_safe
@member_view(Permission.STATEMENT_READ)
def debts_page(request: MemberRequest) -> HttpResponse:
    """What is owed, by age: for a partner its own debts, for a host those of its partners."""
    found = debts(now=utc_now())
    names = organization_names({debt.organization_id for debt in found})
    form = DebtFilter(request.GET, parties=names, currencies=sorted({debt.currency for debt in found}))
    given = form.given()
    listed = [
        debt
        for debt in found
        if given.get("currency") in {None, debt.currency} and given.get("party") in {None, str(debt.organization_id)}
    ]
    context = {
        "form": form,
        "totals": [(code, total, ages) for code, (total, ages) in total_by_currency(listed).items()],
        "ages": AGE_NAMES,
        "table": paged(request, DebtTable([_row(debt, names) for debt in listed])),
        "is_filtered": bool(given),
    }
    return render(request, "settlements/debts.html", context)


def _row(debt: Debt, names: Mapping[UUID, str]) -> dict[str, object]:
    address = reverse("portal:account", args=[debt.account_id])
    return {
        "party": names.get(debt.organization_id, ""),
        "agreement": debt.agreement_name,
        "currency": debt.currency,
        "since": debt.since,
        "amount_minor": debt.amount_minor,
        "href": address,
        "ages": [
            {"amount_minor": amount, "href": f"{address}?{urlencode(_days(debt, place))}"}
            for place, amount in enumerate(debt.by_age_minor)
        ],
    }


def _days(debt: Debt, place: int) -> dict[str, str]:
    """The days on which what is in a bucket became owed."""
    youngest = AGES[place - 1] + 1 if place else 0
    days = {"to": (debt.today - timedelta(days=youngest)).isoformat()} if place else {}
    if place < len(AGES):
        days["from"] = (debt.today - timedelta(days=AGES[place])).isoformat()
    return days
