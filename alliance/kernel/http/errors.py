"""Translators of a `DomainError` for the faces that show pages; the API's stands in `problems`, the workers' in `error_log`.

Each takes the refusal once and says it where the person looks: beside the field, above the form, or
as a message of the console.
"""

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpRequest

from alliance.kernel.errors import DomainError


def add_form_error(form: BaseForm, error: DomainError) -> None:
    """Put each refusal beside the input it is about, or above the form when it is about the whole. The form is invalid then."""
    for refusal in error.refusals:
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal.sentence))
    if not error.refusals:
        form.add_error(None, str(error))


def add_admin_message(request: HttpRequest, error: DomainError) -> None:
    """Show the refusal to the operator as an error message on the next page."""
    messages.error(request, str(error))
