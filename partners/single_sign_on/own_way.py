"""Who may come in by a password or a passkey of their own, where an organization asks for its own sign-in."""

from django.http import HttpRequest

from alliance.kernel.permissions import Role
from partners.access.proofs import has_second_factor, vouching_organizations
from partners.models import User
from partners.selectors import memberships_of
from partners.single_sign_on.domain import domain_of
from partners.single_sign_on.selectors import find_sign_in_domain


def must_use_company(request: HttpRequest, user: User) -> bool:
    """Whether this person, who is signing in, has to go through the organization that answers for their address.

    Owners with a second factor may do otherwise, or nobody could mend a provider that is broken; so may operators, whose
    console no organization opens. People whose address is in another domain come in by their own means, and stay outside
    that organization.
    """
    found = find_sign_in_domain(domain_of(user.email))
    if found is None or not found.requires_single_sign_on or user.is_staff:
        return False
    if found.organization_id in vouching_organizations(request, user):
        return False
    roles = {m.organization.id: m.role for m in memberships_of(user.pk)}
    role = roles.get(found.organization_id)
    is_break_glass = role is Role.OWNER and has_second_factor(user.pk)
    return role is not None and not is_break_glass
