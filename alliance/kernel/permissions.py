"""Who may do what. The table is code, documentation and test at once.

Permissions read `resource:action`. A role is a set of permissions; nobody grants above their own role.
"""

from enum import IntEnum, StrEnum
from types import MappingProxyType
from typing import Final

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    """What a member is inside one organization, highest first."""

    OWNER = "owner", _("Owner")
    MANAGER = "manager", _("Manager")
    FINANCE = "finance", _("Finance")
    MARKETER = "marketer", _("Marketer")
    DEVELOPER = "developer", _("Developer")
    ANALYST = "analyst", _("Analyst")
    VIEWER = "viewer", _("Viewer")


class Permission(StrEnum):
    """`resource:action`, alphabetical."""

    ADJUSTMENT_APPROVE = "adjustment:approve"
    ADJUSTMENT_PROPOSE = "adjustment:propose"
    AGREEMENT_ACCEPT = "agreement:accept"
    AGREEMENT_PROPOSE = "agreement:propose"
    AGREEMENT_READ = "agreement:read"
    ALLIANCE_MANAGE = "alliance:manage"
    ALLIANCE_READ = "alliance:read"
    API_KEY_MANAGE = "api_key:manage"
    APPLICATION_REVIEW = "application:review"
    APPLICATION_SUBMIT = "application:submit"
    AUDIT_READ = "audit:read"
    BANK_APPROVE = "bank:approve"
    BANK_RECONCILE = "bank:reconcile"
    BANK_ACCOUNT_MANAGE = "bank_account:manage"
    EXCHANGE_RATE_IMPORT = "exchange_rate:import"
    EXPORT_CREATE = "export:create"
    HOME_READ = "home:read"
    INVOICE_MANAGE = "invoice:manage"
    ITEM_READ = "item:read"
    ITEM_WRITE = "item:write"
    LEDGER_READ = "ledger:read"
    MEMBER_MANAGE = "member:manage"
    MEMBER_READ = "member:read"
    ORDER_IMPORT = "order:import"
    ORDER_READ = "order:read"
    ORGANIZATION_MANAGE = "organization:manage"
    PAYOUT_APPROVE = "payout:approve"
    PAYOUT_PREPARE = "payout:prepare"
    PERIOD_CLOSE = "period:close"
    REVENUE_REPORT = "revenue:report"
    STATEMENT_ANSWER = "statement:answer"
    STATEMENT_READ = "statement:read"
    TAX_MANAGE = "tax:manage"
    WEBHOOK_MANAGE = "webhook:manage"


_READ: Final = frozenset(
    {
        Permission.HOME_READ,
        Permission.ALLIANCE_READ,
        Permission.AGREEMENT_READ,
        Permission.ITEM_READ,
        Permission.MEMBER_READ,
        Permission.ORDER_READ,
        Permission.STATEMENT_READ,
        Permission.LEDGER_READ,
    }
)
_MANAGER: Final = _READ | {
    Permission.AGREEMENT_PROPOSE,
    Permission.AGREEMENT_ACCEPT,
    Permission.ALLIANCE_MANAGE,
    Permission.APPLICATION_REVIEW,
    Permission.AUDIT_READ,
    Permission.EXPORT_CREATE,
    Permission.ITEM_WRITE,
    Permission.MEMBER_MANAGE,
    Permission.ORDER_IMPORT,
    Permission.REVENUE_REPORT,
    Permission.STATEMENT_ANSWER,
    Permission.WEBHOOK_MANAGE,
}
ROLE_PERMISSIONS: Final = MappingProxyType(
    {
        Role.OWNER: frozenset(Permission),
        Role.MANAGER: frozenset(_MANAGER),
        Role.FINANCE: _READ
        | {
            Permission.ADJUSTMENT_APPROVE,
            Permission.ADJUSTMENT_PROPOSE,
            Permission.AUDIT_READ,
            Permission.BANK_APPROVE,
            Permission.BANK_RECONCILE,
            Permission.BANK_ACCOUNT_MANAGE,
            Permission.EXCHANGE_RATE_IMPORT,
            Permission.EXPORT_CREATE,
            Permission.ORDER_IMPORT,
            Permission.PAYOUT_APPROVE,
            Permission.PAYOUT_PREPARE,
            Permission.PERIOD_CLOSE,
            Permission.REVENUE_REPORT,
            Permission.STATEMENT_ANSWER,
            Permission.INVOICE_MANAGE,
            Permission.TAX_MANAGE,
        },
        Role.MARKETER: _READ | {Permission.ITEM_WRITE},
        Role.DEVELOPER: _READ
        | {Permission.API_KEY_MANAGE, Permission.ITEM_WRITE, Permission.ORDER_IMPORT, Permission.WEBHOOK_MANAGE},
        Role.ANALYST: _READ | {Permission.EXPORT_CREATE},
        Role.VIEWER: _READ,
    }
)
# What an organization that still applies may do, within each member's role: see to its application and its own data. It
# invites nobody yet: whoever signs up could send mails in our name.
APPLICANT_PERMISSIONS: Final = frozenset(
    {
        Permission.APPLICATION_SUBMIT,
        Permission.AUDIT_READ,
        Permission.HOME_READ,
        Permission.MEMBER_READ,
        Permission.ORGANIZATION_MANAGE,
    }
)

# Who approves money, or says where it goes, has given a second factor in this very session (`Actor.require`).
MONEY_PERMISSIONS: Final = frozenset(
    {
        Permission.ADJUSTMENT_APPROVE,
        Permission.BANK_APPROVE,
        Permission.BANK_ACCOUNT_MANAGE,
        Permission.PAYOUT_APPROVE,
    }
)
# What leads to secrets. An operator who looks at the portal through a member's eyes is not shown these pages.
SECRET_PERMISSIONS: Final = frozenset({Permission.API_KEY_MANAGE, Permission.WEBHOOK_MANAGE})


class _Rank(IntEnum):
    OWNER = 3
    MANAGER = 2
    OTHER = 1


def _rank(role: Role) -> _Rank:
    return {Role.OWNER: _Rank.OWNER, Role.MANAGER: _Rank.MANAGER}.get(role, _Rank.OTHER)


def allows(role: Role, permission: Permission) -> bool:
    """Whether the table gives `permission` to `role`."""
    return permission in ROLE_PERMISSIONS[role]


def can_grant(granter: Role, granted: Role) -> bool:
    """Whether a member with `granter` may give `granted`: never above the own role."""
    return allows(granter, Permission.MEMBER_MANAGE) and _rank(granted) <= _rank(granter)
