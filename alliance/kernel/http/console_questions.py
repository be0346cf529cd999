"""Pages of the operator console that ask before they act: a form about one row, then one service."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import Model
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from unfold.widgets import INPUT_CLASSES

from alliance.kernel.errors import DomainError, NotFoundError
from alliance.kernel.http.console import ReadOnlyConsole
from alliance.kernel.http.errors import add_admin_message, add_form_error
from alliance.kernel.tenancy import atomic

UNPROCESSABLE = 422


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked about one row. `act` gets the checked answers and calls the service; `done` is said afterwards.

    `leads_to` is the address of the next page; the row's own when it is empty.
    """

    title: str | Promise
    explanation: str | Promise
    form_class: Callable[[Any], Form]
    act: Callable[[dict[str, Any]], object]
    done: str | Promise
    leads_to: str = ""


def ask(console: ReadOnlyConsole, request: HttpRequest, object_id: str, question: Question) -> HttpResponse:
    """Show the form; when it is answered, act and go back to the row.

    A refusal by the service is shown beside its field, or above the form; it undoes what was written.
    """
    row = console.get_object(request, object_id)
    back = reverse(f"admin:{console.opts.app_label}_{console.opts.model_name}_changelist")
    if row is None:
        add_admin_message(request, NotFoundError())
        return redirect(back)
    form = question.form_class(request.POST if request.method == "POST" else None)
    for field in form.fields.values():
        field.widget.attrs.setdefault("class", " ".join(INPUT_CLASSES))
    if request.method == "POST" and form.is_valid():
        try:
            with atomic():
                question.act(form.cleaned_data)
                console.log_change(request, row, str(question.title))
        except DomainError as error:
            add_form_error(form, error)
        else:
            messages.success(request, str(question.done))
            return redirect(question.leads_to or _address_of(console, row))
    context = {
        **console.admin_site.each_context(request),
        "title": question.title,
        "explanation": question.explanation,
        "form": form,
        "object": row,
        "opts": console.opts,
    }
    status = UNPROCESSABLE if form.is_bound else 200
    return render(request, "admin/question.html", context, status=status)


def _address_of(console: ReadOnlyConsole, row: Model) -> str:
    return reverse(f"admin:{console.opts.app_label}_{console.opts.model_name}_change", args=[row.pk])
