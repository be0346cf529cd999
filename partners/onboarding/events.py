"""What the two sides of an application tell each other."""

from dataclasses import dataclass

from alliance.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationMoved(Event):
    """The other side has moved an application to `status`. Heard by the host when the applicant moved it, and the other way round."""

    application_id: str
    status: str
