"""What the provider says of a person, and the lies it was told to tell about them, by address."""

from collections.abc import Iterable
from typing import Any

from allauth.idp.oidc.adapter import DefaultOIDCAdapter

LIES: dict[str, dict[str, Any]] = {}
NOT_SAID = None


class LyingAdapter(DefaultOIDCAdapter):
    """Honest unless told otherwise: a lie replaces claims of the ID token, `None` leaves them out."""

    def populate_id_token(self, id_token: dict[str, Any], client: Any, scopes: Iterable[str], **kwargs: Any) -> None:
        for name, value in LIES.get(str(id_token.get("email")), {}).items():
            id_token.pop(name, None)
            if value is not NOT_SAID:
                id_token[name] = value
