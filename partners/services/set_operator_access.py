"""Make a person an operator, or take it back; open or close a login."""

from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from alliance.kernel.errors import DomainError, NotFoundError, NotPermittedError
from alliance.kernel.tenancy import atomic
from partners.models import User

LOCKED: Final = ("is_staff", "is_active")


class OwnAccessError(DomainError):
    """Operators don't lock themselves out."""

    code = "own_access"
    sentence = _("You can't take away your own access.")


def set_operator_access(*, operator_id: UUID, user_id: UUID, is_staff: bool, is_active: bool) -> None:
    """Set who may enter the operator console and whose login works, on the operator's role.

    Raises `NotPermittedError` unless `operator_id` is an active superuser, `OwnAccessError` for one's own
    row, `NotFoundError` for nobody. The console's own log keeps who did it and when.
    """
    with atomic():
        if not User.objects.filter(pk=operator_id, is_active=True, is_staff=True, is_superuser=True).exists():
            raise NotPermittedError
        if operator_id == user_id:
            raise OwnAccessError
        user = User.objects.select_for_update(of=("self",)).filter(pk=user_id).first()
        if user is None:
            raise NotFoundError
        user.is_staff, user.is_active = is_staff, is_active
        user.save(update_fields=LOCKED)
