"""Terms as plain sentences, in any language of the installation."""

from collections.abc import Mapping
from datetime import datetime
from fractions import Fraction
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils import translation
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from partners.domain.shares import format_share
from partners.domain.terms import RemainderPolicy, Terms
from partners.models import TermsVersion

_REMAINDERS: dict[RemainderPolicy, Promise] = {
    RemainderPolicy.LARGEST_REMAINDER: gettext_lazy(
        "What rounding leaves over goes, one smallest unit each, to the parties with the largest remainders; "
        "between equal remainders to the party named earlier."
    ),
    RemainderPolicy.FIRST_IN_ORDER: gettext_lazy(
        "What rounding leaves over goes, one smallest unit each, to the parties in the order above."
    ),
    RemainderPolicy.PLATFORM_KEEPS: gettext_lazy("What rounding leaves over stays with the host."),
    RemainderPolicy.PARTNER_FAVOURED: gettext_lazy("What rounding leaves over goes to the partners before the host."),
    RemainderPolicy.SUSPENSE: gettext_lazy("What rounding leaves over is set aside until the parties decide."),
    RemainderPolicy.QUOTA_METHOD: gettext_lazy(
        "What rounding leaves over goes to the parties with the largest remainders, in such a way that no party's "
        "part ever shrinks while the amount grows."
    ),
}


def sentences_of(version: TermsVersion, names: Mapping[UUID, str], *, language: str) -> list[str]:
    """What `version` says, from the document that was signed, sentence by sentence."""
    terms = version.parsed()
    with translation.override(language):
        return [
            _("Every sale in %(currency)s is split among %(count)s parties.")
            % {"currency": terms.currency, "count": len(terms.parties)},
            *_shares(terms, names),
            str(_REMAINDERS[terms.rounding.remainder]),
            _("A refund takes back from each party exactly what the sale gave it."),
            _period(version, terms),
        ]


def _shares(terms: Terms, names: Mapping[UUID, str]) -> list[str]:
    return [
        _("%(party)s gets %(share)s.")
        % {"party": names.get(share.party, str(share.party)), "share": share_text(share.share)}
        for share in terms.plain_shares or ()
    ]


def share_text(share: Fraction) -> str:
    """A share exactly: `62.5 %`, or `1/3` when the decimal has no end."""
    return format_share(share)


def _period(version: TermsVersion, terms: Terms) -> str:
    signed_until = version.document["effective_to"]
    begin = _day(version.effective_from, terms.time_zone)
    if signed_until is None:
        return _("In force from the beginning of %(begin)s (%(zone)s), until a later version takes over.") % {
            "begin": begin,
            "zone": terms.time_zone,
        }
    return _("In force from the beginning of %(begin)s until the beginning of %(end)s (%(zone)s).") % {
        "begin": begin,
        "end": _day(datetime.fromisoformat(signed_until), terms.time_zone),
        "zone": terms.time_zone,
    }


def _day(instant: datetime, zone: str) -> str:
    return date_format(instant.astimezone(ZoneInfo(zone)).date(), "DATE_FORMAT")
