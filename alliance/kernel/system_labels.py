"""What the product calls itself where it acts without a person: stored in English, shown in the reader's language."""

from typing import Final

from django.utils.translation import gettext, gettext_noop

SYSTEM_LABELS: Final = frozenset(
    {
        gettext_noop("a dispute was withdrawn"),
        gettext_noop("a line is disputed"),
        gettext_noop("a period was closed"),
        gettext_noop("a stored rate"),
        gettext_noop("agreement signed"),
        gettext_noop("bank import"),
        gettext_noop("close of a period"),
        gettext_noop("command line"),
        gettext_noop("item import"),
        gettext_noop("leaked key"),
        gettext_noop("nobody answered in time"),
        gettext_noop("order import"),
        gettext_noop("partner code changed"),
        gettext_noop("partner joined"),
        gettext_noop("payout schedule"),
        gettext_noop("payouts"),
        gettext_noop("rules"),
        gettext_noop("system"),
        gettext_noop("terms signed for past conversions"),
        gettext_noop("the clock"),
        gettext_noop("the close"),
        gettext_noop("webhooks"),
    }
)


def shown_label(label: str) -> str:
    """The label of whoever did something, as the reader calls it: people by their names, the product in their language."""
    return gettext(label) if label in SYSTEM_LABELS else label
