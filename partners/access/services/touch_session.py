"""A session is being used."""

from datetime import datetime

from partners.access.domain import Device
from partners.access.models import Session


def touch_session(*, session_key: str, device: Device, ip_prefix: str, now: datetime) -> None:
    """Note when, with what and from which network the session is used. It changes no right: no audit row."""
    Session.objects.filter(session_key=session_key).update(
        last_seen_at=now, browser=device.browser, system=device.system, ip_prefix=ip_prefix
    )
