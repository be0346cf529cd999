"""What every page of the portal needs."""

from dataclasses import dataclass
from functools import cached_property

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language, get_language_info

from alliance.kernel.http.problems import current_request_id
from alliance.kernel.http.requests import MembershipBrief, OrganizationBrief, ViewingBrief
from alliance.portal.navigation import Group, groups_for


@dataclass(frozen=True, slots=True)
class Language:
    """A language the person can switch to, under its own name."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class DemoEntry:
    """One demo login; without an organization it is an operator's."""

    email: str
    organization: str
    role: str


class Shell:
    """The frame around a page; each part is computed only when a template asks for it."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @cached_property
    def navigation(self) -> list[Group]:
        """The sidebar."""
        return groups_for(self._request)

    @property
    def organization(self) -> OrganizationBrief | None:
        """The organization the page is shown for."""
        membership: MembershipBrief | None = getattr(self._request, "membership", None)
        return membership.organization if membership else None

    @property
    def membership(self) -> MembershipBrief | None:
        """The membership the page is shown for, with its role."""
        return getattr(self._request, "membership", None)

    @property
    def viewing(self) -> ViewingBrief | None:
        """Through whose eyes an operator sees this page; `None` for everybody else."""
        return getattr(self._request, "viewing", None)

    @property
    def other_memberships(self) -> list[MembershipBrief]:
        """The organizations the person can switch to."""
        here = self.organization
        everywhere: tuple[MembershipBrief, ...] = getattr(self._request, "memberships", ())
        return [m for m in everywhere if here is None or m.organization.id != here.id]

    @property
    def languages(self) -> list[Language]:
        """The languages other than the present one."""
        present = get_language()
        return [
            Language(code, get_language_info(code)["name_local"]) for code, _ in settings.LANGUAGES if code != present
        ]

    @property
    def is_demo(self) -> bool:
        """Whether demo logins and sent mails are shown."""
        return bool(settings.DEMO)

    @property
    def operators_need_second_factor(self) -> bool:
        """Whether the operator console asks for more than a password; a demo says so where it does not."""
        return bool(settings.OPERATORS_NEED_SECOND_FACTOR)

    @property
    def demo_password(self) -> str:
        """The password of every demo login; empty outside a demo."""
        if not self.is_demo:
            return ""
        from alliance.demo.people import PASSWORD

        return PASSWORD

    @property
    def demo_logins(self) -> list[DemoEntry]:
        """The demo's ways in, for the sign-in page; none outside a demo."""
        if not self.is_demo:
            return []
        from alliance.demo.people import LOGINS
        from alliance.demo.world import APPLICANTS, ORGANIZATIONS

        names = {organization.key: organization.name for organization in (*ORGANIZATIONS, *APPLICANTS)}
        return [DemoEntry(o.email, names.get(o.organization, ""), str(o.role.label) if o.role else "") for o in LOGINS]

    @property
    def here(self) -> str:
        """Path and query of this page, to come back to."""
        return self._request.get_full_path()

    @property
    def request_id(self) -> str:
        """What to quote when asking for help."""
        return current_request_id()

    @property
    def admin_url(self) -> str:
        """The operators' console, for operators only."""
        if not getattr(getattr(self._request, "user", None), "is_staff", False):
            return ""
        try:
            return reverse("admin:index")
        except NoReverseMatch:
            return ""


def shell(request: HttpRequest) -> dict[str, object]:
    """Variables of the shell."""
    return {"shell": Shell(request)}
