"""The permission table in words, from the code that enforces it: for the documentation, and for the people it concerns."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from alliance.kernel.permissions import MONEY_PERMISSIONS, Permission, Role, allows
from partners.keys.services.create_api_key import GRANTABLE

MEANINGS: Final[Mapping[Permission, Promise]] = MappingProxyType(
    {
        Permission.ADJUSTMENT_APPROVE: _("Approve adjustments that somebody else proposed, and earnings above a cap"),
        Permission.ADJUSTMENT_PROPOSE: _("Propose corrections, clawbacks, restatements and debts to write off"),
        Permission.AGREEMENT_ACCEPT: _("Sign a version of an agreement for the organization"),
        Permission.AGREEMENT_PROPOSE: _("Propose an agreement, or a new version of its terms, or withdraw one"),
        Permission.AGREEMENT_READ: _("Read the organization's agreements and their terms"),
        Permission.ALLIANCE_MANAGE: _("Open an alliance, take partners in, set their codes"),
        Permission.ALLIANCE_READ: _("See alliances and their members"),
        Permission.API_KEY_MANAGE: _("Create, list and revoke API keys"),
        Permission.APPLICATION_REVIEW: _("Read companies' applications to an alliance it hosts, and decide on them"),
        Permission.APPLICATION_SUBMIT: _("Fill in, submit and withdraw the organization's own applications"),
        Permission.AUDIT_READ: _("Read the audit trail"),
        Permission.BANK_APPROVE: _("Approve what somebody else takes entries of a bank statement for"),
        Permission.BANK_RECONCILE: _("Import bank statements, and say what their entries are"),
        Permission.BANK_ACCOUNT_MANAGE: _("Change the bank account that the organization is paid to"),
        Permission.EXCHANGE_RATE_IMPORT: _("Import exchange rates"),
        Permission.EXPORT_CREATE: _("Make and download exports"),
        Permission.HOME_READ: _("Open the home dashboard; read the organization's own data through the API"),
        Permission.INVOICE_MANAGE: _("Issue, submit and answer invoices"),
        Permission.ITEM_READ: _("See the catalogue: the organization's items, and what others offer to it"),
        Permission.ITEM_WRITE: _("Create, change, import and archive items; say who may show them; keep feeds"),
        Permission.LEDGER_READ: _("Read ledger accounts, journals and balances"),
        Permission.MEMBER_MANAGE: _("Invite and remove members, change roles up to one's own"),
        Permission.MEMBER_READ: _("See the members of the organization"),
        Permission.ORDER_IMPORT: _("Import order files, record orders, keep import mappings"),
        Permission.ORDER_READ: _("See orders, conversions and imports"),
        Permission.ORGANIZATION_MANAGE: _("Change the organization's own data"),
        Permission.PAYOUT_APPROVE: _(
            "Approve and send payouts that somebody else prepared, and confirm their outcomes"
        ),
        Permission.PAYOUT_PREPARE: _("Prepare, change and cancel payouts, put them on hold, enter their outcomes"),
        Permission.PERIOD_CLOSE: _("Close a period into statements"),
        Permission.REVENUE_REPORT: _("Report the organization's own revenue where terms pool it"),
        Permission.STATEMENT_ANSWER: _("Accept statements, dispute their lines, comment on them"),
        Permission.STATEMENT_READ: _("Read statements, periods and accruals"),
        Permission.TAX_MANAGE: _("Change tax settings, submit and decide tax certificates"),
        Permission.WEBHOOK_MANAGE: _("Create and change webhook endpoints, see their log, send again"),
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


@dataclass(frozen=True, slots=True)
class RoleInWords:
    """What one role may do, and what it may not."""

    role: Role
    may: tuple[Promise, ...]
    may_not: tuple[Promise, ...]


@dataclass(frozen=True, slots=True)
class PermissionInWords:
    """One permission: what it allows, and for each role in the order of `Role` whether it holds it."""

    meaning: Promise
    held: tuple[bool, ...]
    needs_second_factor: bool


def role_in_words(role: Role) -> RoleInWords:
    """The table for one role."""
    meanings = [(allows(role, permission), MEANINGS[permission]) for permission in sorted(Permission)]
    return RoleInWords(
        role,
        may=tuple(meaning for is_held, meaning in meanings if is_held),
        may_not=tuple(meaning for is_held, meaning in meanings if not is_held),
    )


def table_in_words() -> list[PermissionInWords]:
    """The whole table."""
    return [
        PermissionInWords(
            MEANINGS[permission], tuple(allows(role, permission) for role in Role), permission in MONEY_PERMISSIONS
        )
        for permission in sorted(Permission)
    ]


def permission_page() -> str:
    """The page of the documentation as Markdown, in English; the same table always gives the same text."""
    with override("en"):
        return _page()


def _page() -> str:
    roles = list(Role)
    head = ["Permission", "What it allows", *(str(role.value) for role in roles), "API key"]
    rows = [
        [
            f"`{permission}`",
            str(MEANINGS[permission]),
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
