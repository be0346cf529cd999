"""Which version of an agreement's terms rules a period as a whole."""

from datetime import timedelta

from partners.selectors import TermsInForce, TermsTimeline
from settlements.models import Period


def terms_of(period: Period, timeline: TermsTimeline) -> TermsInForce | None:
    """The version in force at the period's end, or the last one within it; `None` when there was none."""
    version = timeline.last_of_agreement(period.agreement_id, period.ends_at - timedelta(microseconds=1))
    if version is None or (version.effective_to is not None and version.effective_to <= period.starts_at):
        return None
    return version
