"""Which JSON a draft may hold: whatever its forms can show, so that somebody can mend it."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from alliance.kernel.errors import InvalidInputError
from partners.domain.terms import Terms, TermsError
from partners.drafts.shapes.declared import Offered
from partners.drafts.shapes.whole import is_held_by_forms


class NotHeldByFormsError(InvalidInputError):
    """Something is so far from terms that no form could show it, and so nobody could mend it."""

    code = "not_held_by_forms"
    sentence = _("Some of this has no place in terms. Mend what is listed below, then keep it again.")


def terms_to_keep(written: Mapping[str, object], everybody: Offered) -> dict[str, object]:
    """The canonical form of possible terms; unfinished or impossible ones as they are. `everybody`: who could be a party.

    Raises `NotHeldByFormsError`.
    """
    try:
        return Terms.from_json(written).to_json()
    except TermsError as error:
        if is_held_by_forms(written, everybody):
            return dict(written)
        raise NotHeldByFormsError(field="terms") from error
