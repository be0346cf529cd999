"""Django's database sessions in a table that knows whose each one is, so that people see and end their own."""

from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

from partners.access.models import Session


class SessionStore(DatabaseStore):
    """The store behind `SESSION_ENGINE`. `row` is what was loaded, `None` before that and for a session that is new."""

    row: Session | None = None

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def _get_session_from_db(self) -> Session | None:
        self.row = super()._get_session_from_db()  # type: ignore[misc]  # not in the stubs
        return self.row

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        """The row of the present state; the person is the one whom Django's sign-in wrote into the data."""
        row: Any = super().create_model_instance(data)
        row.user_id = data.get(SESSION_KEY)
        return row  # type: ignore[no-any-return]
