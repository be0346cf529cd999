"""The permission table as a page of the documentation, written from the code that enforces it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from alliance.kernel.permissions import Permission, Role, allows
from partners.services.create_api_key import GRANTABLE

MEANINGS: Final[Mapping[Permission, str]] = MappingProxyType(
    {
        Permission.AGREEMENT_ACCEPT: "Sign a version of an agreement for the organization",
        Permission.AGREEMENT_PROPOSE: "Propose an agreement, or a new version of its terms, or withdraw one",
        Permission.AGREEMENT_READ: "Read the organization's agreements and their terms",
        Permission.ALLIANCE_MANAGE: "Open an alliance, take partners in, set their codes",
        Permission.ALLIANCE_READ: "See alliances and their members",
        Permission.API_KEY_MANAGE: "Create, list and revoke API keys",
        Permission.AUDIT_READ: "Read the audit trail",
        Permission.EXPORT_CREATE: "Make and download exports",
        Permission.HOME_READ: "Open the home dashboard; read the organization's own data through the API",
        Permission.LEDGER_READ: "Read ledger accounts, journals and balances",
        Permission.MEMBER_MANAGE: "Invite and remove members, change roles up to one's own",
        Permission.MEMBER_READ: "See the members of the organization",
        Permission.ORDER_IMPORT: "Import order files, record orders, keep import mappings",
        Permission.ORDER_READ: "See orders, conversions and imports",
        Permission.ORGANIZATION_MANAGE: "Change the organization's own data",
        Permission.PERIOD_CLOSE: "Close a month into statements",
        Permission.STATEMENT_READ: "Read statements, periods and accruals",
        Permission.WEBHOOK_MANAGE: "Create and change webhook endpoints, see their log, send again",
    }
)

_HEAD: Final = """# Who may do what

This page is written by `manage.py document_permissions` from `alliance/kernel/permissions.py`; a test holds the two
together. Do not edit it by hand.

A member has one role in each organization. A role is a set of permissions; nobody grants a role above their own.
What a person may do is always within one organization: a permission never reaches another organization's rows,
which answer 404 as if they did not exist. An own object that the role does not reach answers 403.

An API key holds the permissions it was given when it was made, at most those of the person who made it, and only
those with a mark in the last column: signing and managing need a person.

"""
_TAIL: Final = """
Which role reaches which address is held by `tests/matrix/test_permissions.py`: a table with a row for every route,
walked with every role, an anonymous visitor, a stranger organization and keys.
"""


def permission_page() -> str:
    """The page as Markdown; the same table always gives the same text."""
    roles = list(Role)
    head = ["Permission", "What it allows", *(str(role.value) for role in roles), "API key"]
    rows = [
        [
            f"`{permission}`",
            MEANINGS[permission],
            *(_mark(is_held=allows(role, permission)) for role in roles),
            _mark(is_held=permission in GRANTABLE),
        ]
        for permission in sorted(Permission)
    ]
    lines = [_line(head), _line(["---", "---", *[":-:"] * (len(roles) + 1)]), *(_line(row) for row in rows)]
    return _HEAD + "\n".join(lines) + "\n" + _TAIL


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _mark(*, is_held: bool) -> str:
    return "✓" if is_held else ""
