"""A form goes to a service; a refusal comes back beside its field."""

from collections.abc import Callable

from django.forms import BaseForm

from alliance.kernel.errors import DomainError, NotFoundError, NotPermittedError
from alliance.kernel.http.errors import add_form_error

UNPROCESSABLE = 422


def is_done(form: BaseForm, act: Callable[[], object]) -> bool:
    """Run `act` when the form is valid; `False` leaves the form with the errors to show.

    What is missing (404) and what the role forbids (403) are not the form's business and pass through.
    """
    if not form.is_valid():
        return False
    try:
        act()
    except (NotFoundError, NotPermittedError):
        raise
    except DomainError as error:
        add_form_error(form, error)
        return False
    return True


def status_of(form: BaseForm) -> int:
    """200 for a fresh form, 422 for one with errors."""
    return UNPROCESSABLE if form.is_bound and form.errors else 200
