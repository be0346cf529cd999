"""The tenancy class of tables that other packages own.

They hold people's logins and the framework's own records, none of them an organization's data.
"""

from types import MappingProxyType
from typing import Final

from alliance.kernel.tenancy.classes import ALL_VERBS, global_rows, operator_only

THIRD_PARTY_TABLES: Final = MappingProxyType(
    {
        "account_emailaddress": global_rows(verbs=ALL_VERBS),
        "account_emailconfirmation": global_rows(verbs=ALL_VERBS),
        "auth_group": operator_only(),
        "auth_group_permissions": operator_only(),
        "auth_permission": global_rows(),
        "django_admin_log": operator_only(),
        "django_content_type": global_rows(),
        "django_migrations": global_rows(),
        "mfa_authenticator": global_rows(verbs=ALL_VERBS),
        "partners_user_groups": operator_only(),
        "partners_user_user_permissions": operator_only(),
    }
)
