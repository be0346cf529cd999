"""Find the statement that somebody answers. A step of every answer."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from alliance.kernel.actor import Actor
from alliance.kernel.errors import DomainError, NotFoundError
from settlements.models import Statement


class OwnStatementError(DomainError):
    """The host's own statement has no other side."""

    code = "own_statement"
    sentence = _("This statement is the host's own. There is nobody to answer it to.")


def find_statement(actor: Actor, statement_id: UUID) -> Statement:
    """A partner's statement of which the actor is a side. Raises `NotFoundError`, `OwnStatementError`."""
    found = Statement.objects.filter(pk=statement_id).select_related("agreement", "organization").first()
    if found is None or actor.organization_id not in {found.organization_id, found.host_id}:
        raise NotFoundError
    if found.organization_id == found.host_id:
        raise OwnStatementError
    return found
