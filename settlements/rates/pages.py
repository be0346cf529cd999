"""Exchange rates in the portal: what is stored, which one counts, and bringing more in. The host's own."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import islice
from typing import Final
from uuid import UUID

import django_tables2 as tables
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliance.kernel.clock import utc_now
from alliance.kernel.errors import DomainError, NotFoundError
from alliance.kernel.http.columns import CompiledColumn
from alliance.kernel.http.doors import member_view
from alliance.kernel.http.errors import add_form_error
from alliance.kernel.http.lists import paged
from alliance.kernel.http.requests import MemberRequest
from alliance.kernel.http.uploads import was_too_large
from alliance.kernel.permissions import Permission
from partners.portal.submission import is_done, status_of
from settlements.rates.changes import RateChanges, changes_of
from settlements.rates.domain.choosing import LONGEST_DAYS, ChosenRate
from settlements.rates.domain.quoting import Quote
from settlements.rates.forms import RateFileForm, RateFilter, RateQuestion
from settlements.rates.models import ExchangeRate, RateImport
from settlements.rates.selectors import rate_for, rate_sources, stored_rates
from settlements.rates.sentences import WAYS
from settlements.rates.services.discard_rates import discard_rates
from settlements.rates.services.read_rate_file import RateFileTooLargeError, read_rate_file
from settlements.rates.services.record_rates import record_rates
from settlements.tables import NUMBER

_SHOWN: Final = 30
_RATE: Final = "{% load settlements %}{{ record.rate|exact_rate }}"


class RateTable(tables.Table):  # type: ignore[misc]  # django-tables2 has no types
    """Stored rates, the latest day first."""

    valid_on = CompiledColumn(
        "{% load portal %}{% local_day record.valid_on %}", verbose_name=gettext_lazy("Day"), orderable=False
    )
    source = tables.Column(verbose_name=gettext_lazy("Source"), orderable=False)
    base = CompiledColumn("1 {{ record.base }}", verbose_name=gettext_lazy("Base"), orderable=False)
    rate = CompiledColumn(_RATE, verbose_name=gettext_lazy("Exchange rate"), attrs=NUMBER, orderable=False)
    quote = tables.Column(verbose_name=gettext_lazy("Quote"), orderable=False)
    revision = CompiledColumn(
        "{% load i18n %}{% if record.revision > 1 %}{% translate 'Correction' %} {{ record.revision }}{% endif %}",
        verbose_name=gettext_lazy("Correction"),
        orderable=False,
    )
    recorded_at = CompiledColumn(
        '{% load portal %}<a href="{% url "portal:rate_import" record.rate_import_id %}">{% local_time record.recorded_at %}</a>',
        verbose_name=gettext_lazy("Recorded at"),
        orderable=False,
    )

    class Meta:
        caption = gettext_lazy("Exchange rates")


class RateImportTable(tables.Table):  # type: ignore[misc]  # django-tables2 has no types
    """Imports, latest first."""

    uploaded_at = CompiledColumn(
        '{% load portal %}<a href="{% url "portal:rate_import" record.id %}">{% local_time record.uploaded_at %}</a>',
        verbose_name=gettext_lazy("Uploaded"),
        orderable=False,
    )
    source = tables.Column(verbose_name=gettext_lazy("Source"), orderable=False)
    file_format = CompiledColumn(
        "{{ record.get_file_format_display }}", verbose_name=gettext_lazy("Format"), orderable=False
    )
    uploaded_by = CompiledColumn(
        "{% load portal %}{{ record.uploaded_by|who }}", verbose_name=gettext_lazy("By"), orderable=False
    )
    state = CompiledColumn("{{ record.get_state_display }}", verbose_name=gettext_lazy("State"), orderable=False)
    rate_count = CompiledColumn(
        "{% load money %}{{ record.rate_count|number }}",
        verbose_name=gettext_lazy("Number of rates"),
        attrs=NUMBER,
        orderable=False,
    )

    class Meta:
        caption = gettext_lazy("Imports of exchange rates")


@dataclass(frozen=True, slots=True)
class ComparedRate:
    """A rate of an import beside what is recorded."""

    quote: Quote
    recorded: Decimal | None
    is_correction: bool


@require_safe
@member_view(Permission.STATEMENT_READ)
def rates(request: MemberRequest) -> HttpResponse:
    """The stored rates; and the one that counts for two currencies on a day."""
    _require_host(request)
    currencies = _currencies()
    form = RateFilter(request.GET, sources=rate_sources(), currencies=currencies)
    lookups = {"source": "source", "base": "base", "quote": "quote", "from": "valid_on__gte", "to": "valid_on__lte"}
    listed = ExchangeRate.objects.filter(**{lookups[name]: value for name, value in form.given().items()})
    question = RateQuestion(request.GET or None, currencies=currencies)
    context = {
        "form": form,
        "question": question,
        "answer": _answer(question),
        "is_asked": all(question.value(name) for name in ("of", "into", "on")),
        "ways": WAYS,
        "longest_days": LONGEST_DAYS,
        "table": paged(request, RateTable(listed)),
        "is_empty": not listed.exists(),
        "is_filtered": bool(form.given()),
        "waiting": RateImport.objects.filter(state="read").order_by("-uploaded_at")[:5],
        "may_import": request.actor.can(Permission.EXCHANGE_RATE_IMPORT),
    }
    return render(request, "settlements/rates.html", context)


def _currencies() -> list[str]:
    bases = ExchangeRate.objects.order_by().values_list("base", flat=True).distinct()
    quotes = ExchangeRate.objects.order_by().values_list("quote", flat=True).distinct()
    return sorted({*bases, *quotes})


def _answer(question: RateQuestion) -> ChosenRate | None:
    base, quote, on = (question.value(name) for name in ("of", "into", "on"))
    if not base or not quote or base == quote or not isinstance(on, date):
        return None
    return rate_for(base=base, quote=quote, on=on)


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Permission.EXCHANGE_RATE_IMPORT)
def rate_import_new(request: MemberRequest) -> HttpResponse:
    """Choose a file. What it says is shown before any of it counts."""
    _require_host(request)
    form = RateFileForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    read: list[UUID] = []

    def take_in() -> None:
        file = form.cleaned_data["file"]
        source = form.cleaned_data["source"]
        read.append(read_rate_file(actor=request.actor, source=source, name=file.name, content=file, now=utc_now()))

    if request.method == "POST" and was_too_large(request):
        form.errors.clear()
        add_form_error(form, RateFileTooLargeError(field="file"))
    elif request.method == "POST" and is_done(form, take_in):
        return redirect("portal:rate_import", read[0])
    context = {"form": form, "table": paged(request, RateImportTable(RateImport.objects.all()))}
    return render(request, "settlements/rate_import_new.html", context, status=status_of(form))


@require_safe
@member_view(Permission.STATEMENT_READ)
def rate_import(request: MemberRequest, rate_import_id: UUID) -> HttpResponse:
    """What an import says, beside what is recorded; or what it did."""
    found = _import(request, rate_import_id)
    quotes = [Quote.from_json(stored) for stored in found.quotes]
    changes = changes_of(found.source, quotes) if found.is_waiting else None
    context = {
        "rate_import": found,
        "changes": changes,
        "compared": _compared(found.source, changes) if changes else [],
        "shown": _SHOWN,
        "rates": found.rates.order_by("-valid_on", "quote")[:_SHOWN],
        "may_import": request.actor.can(Permission.EXCHANGE_RATE_IMPORT),
    }
    return render(request, "settlements/rate_import.html", context)


def _compared(source: str, changes: RateChanges) -> list[ComparedRate]:
    """What would change, corrections first; the first ones of many."""
    corrected = list(islice(changes.corrected, _SHOWN))
    known = stored_rates(source, corrected)
    shown = [ComparedRate(quote, known[quote.key].rate, is_correction=True) for quote in corrected]
    room = max(0, _SHOWN - len(shown))
    return shown + [ComparedRate(quote, None, is_correction=False) for quote in islice(changes.added, room)]


@require_POST
@member_view(Permission.EXCHANGE_RATE_IMPORT)
def rate_import_record(request: MemberRequest, rate_import_id: UUID) -> HttpResponse:
    """Record it; with `corrects` also where other rates are recorded."""
    _import(request, rate_import_id)
    corrects = request.POST.get("corrects") == "yes"
    try:
        done = record_rates(actor=request.actor, import_id=rate_import_id, corrects=corrects, now=utc_now())
    except DomainError as error:
        messages.error(request, str(error))
    else:
        changed = len(done.added) + len(done.corrected)
        said = ngettext("%(count)s rate is recorded.", "%(count)s rates are recorded.", changed)
        messages.success(request, said % {"count": changed} if changed else _("Every rate was recorded already."))
    return redirect("portal:rate_import", rate_import_id)


@require_POST
@member_view(Permission.EXCHANGE_RATE_IMPORT)
def rate_import_discard(request: MemberRequest, rate_import_id: UUID) -> HttpResponse:
    """Record nothing of it."""
    _import(request, rate_import_id)
    try:
        discard_rates(actor=request.actor, import_id=rate_import_id, now=utc_now())
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Discarded. No rate has changed."))
    return redirect("portal:rate_import", rate_import_id)


def _import(request: MemberRequest, rate_import_id: UUID) -> RateImport:
    _require_host(request)
    if (found := RateImport.objects.filter(pk=rate_import_id).first()) is None:
        raise NotFoundError
    return found


def _require_host(request: MemberRequest) -> None:
    """Partners read the rate of a line on the line itself."""
    if not request.organization.is_host:
        raise NotFoundError
