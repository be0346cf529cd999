"""Remember on which application page somebody signed up."""

from datetime import datetime
from uuid import UUID

from partners.onboarding.models import ApplicationIntent


def remember_intent(*, user_id: UUID, slug: str, now: datetime) -> None:
    """Keep the page, so that the person is led on to it from any device once the address is proven.

    Their own act at the door, before there is any organization: no actor and no audit row. The last page counts.
    """
    ApplicationIntent.objects.update_or_create(user_id=user_id, defaults={"slug": slug, "created_at": now})
