"""The forms of payments: who gets what of a base."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from partners.drafts.shapes.declared import Inner, Input, Kind, OneOf, Rows, Shape

PURPOSE: Final = Input(
    "purpose", Kind.TEXT, _("Purpose"), _("Only where one party gets something for several purposes, such as tax.")
)
_PARTY: Final = Input("party", Kind.PARTY, _("Party"))
_EARNER: Final = Input("party", Kind.PARTY, _("Who earns"))
_PAYER: Final = Input("payer", Kind.PARTY, _("Who pays"))
_SHARE_HELP: Final = _("A percentage such as 62.5, or a fraction such as 1/3.")

_SPLIT: Final = Shape(
    (
        Rows(
            "shares",
            _("Shares"),
            Shape((_PARTY, Input("share", Kind.SHARE, _("Share"), _SHARE_HELP), PURPOSE)),
            add=_("Add a party"),
            row=_("Share"),
            help=_("All together are exactly 100%."),
            shown=2,
        ),
    )
)
_COMMISSION: Final = Shape(
    (
        _EARNER,
        Input("rate", Kind.SHARE, _("Percentage of the base"), _SHARE_HELP),
        _PAYER,
        Input("minimum", Kind.AMOUNT, _("At least, for each conversion")),
        Input("maximum", Kind.AMOUNT, _("At most, for each conversion")),
        PURPOSE,
    )
)
_FLAT: Final = Shape(
    (
        _EARNER,
        Input("amount", Kind.AMOUNT, _("Amount"), _("It may be finer than the currency's smallest unit.")),
        Input(
            "per",
            Kind.CHOICE,
            _("For each"),
            choices=(("conversion", _("conversion")), ("unit", _("unit")), ("period", _("settlement period"))),
            default="conversion",
        ),
        _PAYER,
        PURPOSE,
    )
)
_TIERS: Final = Shape(
    (
        _EARNER,
        _PAYER,
        Input(
            "measure",
            Kind.CHOICE,
            _("The tiers count"),
            choices=(("amount", _("the base")), ("quantity", _("units"))),
            default="amount",
        ),
        Input(
            "window",
            Kind.CHOICE,
            _("Within"),
            choices=(
                ("month", _("a calendar month")),
                ("quarter", _("a calendar quarter")),
                ("year", _("a calendar year")),
                ("agreement", _("the whole agreement")),
            ),
            default="month",
        ),
        Input(
            "mode",
            Kind.CHOICE,
            _("A tier's rate counts"),
            choices=(
                ("graduated", _("for what falls into the tier")),
                ("volume", _("for everything once the tier is reached")),
            ),
            default="graduated",
        ),
        Rows(
            "tiers",
            _("Tiers"),
            Shape(
                (
                    Input("up_to", Kind.AMOUNT, _("Up to and including"), _("Empty in the last tier.")),
                    Input("rate", Kind.SHARE, _("Percentage")),
                    Input("amount", Kind.AMOUNT, _("Or an amount for each unit")),
                )
            ),
            add=_("Add a tier"),
            row=_("Tier"),
            shown=2,
        ),
        PURPOSE,
    )
)
_TAKE: Final = Shape(
    (
        Input("share", Kind.SHARE, _("Percentage")),
        Input(
            "of",
            Kind.CHOICE,
            _("Percentage of"),
            choices=(("rest", _("what is left")), ("base", _("the base of this level"))),
            default="rest",
        ),
        Input("amount", Kind.AMOUNT, _("Or an amount")),
        Input("at_most", Kind.AMOUNT, _("At most")),
    )
)
_RECEIVER: Final = Shape((Input("party", Kind.PARTY, _("Goes to")), Input("purpose", Kind.TEXT, _("Purpose"))))


def _step(steps: Input | Rows) -> Shape:
    return Shape((Inner("take", _("Takes"), _TAKE), Inner("to", _("Receiver"), _RECEIVER), steps))


_DEEPER: Final = Input(
    "steps", Kind.JSON, _("Steps of a third level, as JSON"), _("Most agreements need none. Leave it empty.")
)
_INNER_STEPS: Final = Rows(
    "steps",
    _("Steps of its own"),
    _step(_DEEPER),
    add=_("Add an inner step"),
    row=_("Inner step"),
)
_WATERFALL: Final = Shape(
    (
        Rows(
            "steps",
            _("Steps"),
            _step(_INNER_STEPS),
            add=_("Add a step"),
            row=_("Step"),
            help=_(
                "Each takes from what the earlier ones leave; the last one takes the rest. Leave percentage and amount "
                "empty to take all that is left, and the receiver empty where a step runs through steps of its own."
            ),
            shown=2,
        ),
    )
)
PAYS: Final = OneOf(
    Input(
        "kind",
        Kind.CHOICE,
        _("Kind of payment"),
        choices=(
            ("split", _("Split: everybody a share of the base")),
            ("commission", _("Commission: one party a percentage of the base")),
            ("flat", _("Fixed amount: one party the same each time")),
            ("tiered", _("Tiers: one party by how much came together")),
            ("waterfall", _("Waterfall: steps, one after the other")),
            ("nothing", _("Nothing: nobody earns")),
        ),
        default="split",
    ),
    {
        "split": _SPLIT,
        "commission": _COMMISSION,
        "flat": _FLAT,
        "tiered": _TIERS,
        "waterfall": _WATERFALL,
        "nothing": Shape((_PAYER,)),
    },
)
