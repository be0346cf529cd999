"""When a version is in force, how it ends, and what follows it: from the document that was signed."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from partners.domain.document import end_rule_of, signed_until_of
from partners.domain.end_rule import EndRule
from partners.domain.local_days import last_day
from partners.sentences.wording import Sentence, day


def force_sentences(document: Mapping[str, object], time_zone: str) -> Iterator[Sentence]:
    """What the document says of its time of force, in the language that is active."""
    rule = end_rule_of(document)
    yield Sentence("force", _period(document, time_zone))
    if (replaced := document.get("takes_over_from")) is not None:
        text = _("From its beginning on it takes the place of version %(number)s, whose own end would come later.")
        yield Sentence("takes_over", text % {"number": replaced})
    if rule.renewal_months is not None:
        yield Sentence("renewal", _renewal(rule.renewal_months))
    if rule.fallback_number is not None:
        yield Sentence("fallback", _fallback(rule.fallback_number))
    yield Sentence("notice", notice_sentence(rule))


def end_sentences(rule: EndRule) -> Iterator[str]:
    """How a version ends by its rule, before its days are known; in the language that is active."""
    if rule.renewal_months is not None:
        yield _renewal(rule.renewal_months)
    if rule.fallback_number is not None:
        yield _fallback(rule.fallback_number)
    yield notice_sentence(rule)


def notice_sentence(rule: EndRule) -> str:
    """Whether and how a notice ends it."""
    if rule.notice_days is None:
        return _(
            "No party can end the agreement by notice; all parties together can, and each of them at once for cause."
        )
    if rule.renewal_months is not None:
        text = ngettext(
            "Each party may end the agreement by %(days)s day's notice to the end of a term.",
            "Each party may end the agreement by %(days)s days' notice to the end of a term.",
            rule.notice_days,
        )
        return text % {"days": rule.notice_days}
    if rule.notice_days == 0:
        return _("Each party may end the agreement by notice; it is over at the end of the day of the notice.")
    text = ngettext(
        "Each party may end the agreement by %(days)s day's notice; it is over at the end of the last day.",
        "Each party may end the agreement by %(days)s days' notice; it is over at the end of the last day.",
        rule.notice_days,
    )
    return text % {"days": rule.notice_days}


def _period(document: Mapping[str, object], time_zone: str) -> str:
    begin = datetime.fromisoformat(str(document["effective_from"])).astimezone(ZoneInfo(time_zone)).date()
    until = signed_until_of(document)
    if until is None:
        return _("In force from the beginning of %(begin)s (%(zone)s), until a later version takes over.") % {
            "begin": day(begin),
            "zone": time_zone,
        }
    return _("In force from the beginning of %(begin)s to the end of %(end)s (%(zone)s).") % {
        "begin": day(begin),
        "end": day(last_day(until, time_zone)),
        "zone": time_zone,
    }


def _fallback(number: int) -> str:
    text = _("After that the terms of version %(number)s apply again, until a later version takes over.")
    return text % {"number": number}


def _renewal(months: int) -> str:
    text = ngettext(
        "At the end of that day it is renewed by %(months)s month, and again at the end of each such term.",
        "At the end of that day it is renewed by %(months)s months, and again at the end of each such term.",
        months,
    )
    return text % {"months": months}
