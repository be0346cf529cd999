"""The forms of everything in terms that is no clause, a page for each matter."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from partners.drafts.shapes.declared import Inner, Input, Kind, Rows, Shape, Text, choices_from
from partners.drafts.shapes.settling import ACCEPTANCE, DEBTS, PAYOUTS, PERIODS, TAXES
from partners.sentences.covenants import PURPOSES, SCOPES

_COUNTRIES_HELP: Final = _("Codes such as DE, or names, with commas between them. Empty: everywhere.")
_PARTY: Final = Input("party", Kind.PARTY, _("Party"))
_ID: Final = Input("id", Kind.TEXT, _("Short name"), _("Small letters, figures, - and _."))

_PARTIES: Final = Rows(
    "parties",
    _("Parties"),
    Input("party", Kind.PARTY, _("Party")),
    add=_("Add a party"),
    row=_("Party"),
    help=_("The order is the parties' rank: it settles ties when amounts leave cents over."),
    shown=2,
)
_ROUNDING: Final = Shape(
    (
        Input(
            "remainder",
            Kind.CHOICE,
            _("Cents that the shares leave over"),
            choices=(
                ("largest_remainder", _("To the largest remainders; ties to the earlier party")),
                ("first_in_order", _("To the parties in their order")),
                ("quota_method", _("To the largest remainders, never shrinking as the amount grows")),
                ("platform_keeps", _("To the host")),
                ("partner_favoured", _("To the partners before the host")),
                ("suspense", _("Set aside until the parties decide")),
            ),
            default="largest_remainder",
        ),
        Input(
            "earner",
            Kind.CHOICE,
            _("What one party earns by itself"),
            choices=(("half_up", _("is rounded half up")), ("down", _("is rounded down"))),
            default="half_up",
        ),
        Input(
            "accumulation",
            Kind.CHOICE,
            _("Rounded is"),
            choices=(
                ("per_conversion", _("each conversion by itself")),
                ("running_total", _("the running total of a settlement period")),
            ),
            default="per_conversion",
        ),
    )
)
_PRECEDENCE: Final = Input(
    "precedence",
    Kind.CHOICE,
    _("Where several clauses apply to one conversion"),
    choices=(
        ("most_specific", _("the most specific one counts")),
        ("highest_earning", _("the one that earns its partner the most counts")),
        ("first_match", _("the first one in the order written counts")),
    ),
    default="most_specific",
)
_CAPS: Final = Rows(
    "caps",
    _("Caps"),
    Shape(
        (
            _ID,
            _PARTY,
            Input("amount", Kind.AMOUNT, _("At most")),
            Input(
                "window",
                Kind.CHOICE,
                _("For each"),
                choices=(
                    ("conversion", _("conversion")),
                    ("day", _("day")),
                    ("week", _("week")),
                    ("month", _("month")),
                    ("year", _("year")),
                    ("all", _("the whole term")),
                ),
            ),
            Input(
                "per",
                Kind.CHOICE,
                _("Counted"),
                choices=(("everybody", _("over all persons")), ("person", _("for each person by itself"))),
                default="everybody",
            ),
            Input("clauses", Kind.CLAUSES, _("Only what these clauses earn"), _("None: all clauses.")),
            Input(
                "excess",
                Kind.CHOICE,
                _("What would be more"),
                choices=(
                    ("stays_with_payer", _("stays with whoever pays")),
                    ("waits_for_approval", _("waits for approval")),
                ),
                default="stays_with_payer",
            ),
        )
    ),
    add=_("Add a cap"),
    row=_("Cap"),
)
_GUARANTEES: Final = Rows(
    "guarantees",
    _("Minimum guarantees"),
    Shape(
        (
            _PARTY,
            Input("amount", Kind.AMOUNT, _("At least, for each settlement period")),
            Input("borne_by", Kind.PARTY, _("What is missing is borne by")),
        )
    ),
    add=_("Add a guarantee"),
    row=_("Guarantee"),
)
_ADVANCES: Final = Rows(
    "advances",
    _("Advances"),
    Shape(
        (
            _ID,
            _PARTY,
            Input("amount", Kind.AMOUNT, _("Amount")),
            Input("paid_by", Kind.PARTY, _("Paid by")),
            Input("recoups", Kind.SHARE, _("Part of the earnings that recoups it"), _("Empty: all of them.")),
            Input("pool", Kind.TEXT, _("Recouped together with the advances of this pool")),
        )
    ),
    add=_("Add an advance"),
    row=_("Advance"),
)
_HOLD: Final = Inner(
    "hold",
    _("Hold"),
    Shape((Input("days", Kind.NUMBER, _("Days that earnings stay pending"), _("Empty: none.")),)),
)
_RESERVE: Final = Inner(
    "reserve",
    _("Reserve"),
    Shape(
        (
            Input("share", Kind.SHARE, _("Part of the earnings kept back")),
            Input("days", Kind.NUMBER, _("For so many days")),
        )
    ),
    _("Leave both empty for no reserve."),
)
_REFUNDS: Final = Inner(
    "refunds",
    _("Refunds"),
    Shape(
        (
            Input(
                "bearer",
                Kind.CHOICE,
                _("A refund is borne by"),
                choices=(
                    ("proportional", _("everybody who got something of the refunded part")),
                    ("party", _("one party alone")),
                ),
                default="proportional",
            ),
            Input("party", Kind.PARTY, _("This party alone")),
            Input(
                "for_days",
                Kind.NUMBER,
                _("Only for so many days"),
                _("After that whoever pays bears it. Empty: always."),
            ),
            Input("chargeback_fee", Kind.PARTY, _("The fee of a chargeback is paid by")),
        )
    ),
)
_ATTRIBUTION: Final = Inner(
    "attribution",
    _("Attribution"),
    Shape(
        (
            Input(
                "model",
                Kind.CHOICE,
                _("A conversion belongs to"),
                choices=(
                    ("last_click", _("the last click")),
                    ("first_click", _("the first click")),
                    ("last_paid_click", _("the last paid click")),
                    ("linear", _("all touches, in equal parts")),
                    ("position", _("all touches, more to the first and the last")),
                    ("time_decay", _("all touches, more to the later ones")),
                ),
                default="last_click",
            ),
            Input("first_share", Kind.SHARE, _("Share of the first touch"), _("Only by position.")),
            Input("last_share", Kind.SHARE, _("Share of the last touch"), _("Only by position.")),
            Input("half_life_days", Kind.NUMBER, _("Days in which a touch loses half its weight"), _("Only by time.")),
            Input("click_window_days", Kind.NUMBER, _("Days that a click counts"), _("Empty: 90.")),
            Input("view_window_days", Kind.NUMBER, _("Days that merely seeing an ad counts"), _("Empty: none.")),
            Input(
                "precedence",
                Kind.CHOICE,
                _("Where a coupon and a link name different partners"),
                choices=(("coupon", _("the coupon counts")), ("link", _("the link counts"))),
                default="coupon",
            ),
            Input(
                "unrelated_coupon",
                Kind.CHOICE,
                _("A coupon that belongs to no partner"),
                choices=(("ignored", _("changes nothing")), ("voids_link", _("makes the link not count"))),
                default="ignored",
            ),
        )
    ),
)
_DATA: Final = Rows(
    "data_sharing",
    _("Data sharing"),
    Shape(
        (
            Input("giver", Kind.PARTY, _("From")),
            Input("receiver", Kind.PARTY, _("To")),
            Input("scope", Kind.CHECKS, _("Which data"), choices=choices_from(SCOPES)),
            Input("purposes", Kind.CHECKS, _("For what"), choices=choices_from(PURPOSES)),
            Input("retention_days", Kind.NUMBER, _("Kept for so many days")),
        )
    ),
    add=_("Add a flow of data"),
    row=_("Flow of data"),
)
_EXCLUSIVITY: Final = Rows(
    "exclusivity",
    _("Exclusivity"),
    Shape(
        (
            Input("party", Kind.PARTY, _("This party works with nobody else")),
            Input("categories", Kind.LINES, _("In these categories"), _("One on each line.")),
            Input("countries", Kind.COUNTRIES, _("In these countries"), _COUNTRIES_HELP),
        )
    ),
    add=_("Add an exclusivity"),
    row=_("Exclusivity"),
)
_TERRITORY: Final = Inner(
    "territory",
    _("Territory"),
    Shape(
        (
            Input(
                "rule",
                Kind.CHOICE,
                _("The agreement holds"),
                choices=(("only", _("only in these countries")), ("except", _("everywhere except in these countries"))),
            ),
            Input("countries", Kind.COUNTRIES, _("Countries"), _COUNTRIES_HELP),
        )
    ),
    _("Leave both empty for everywhere."),
)


@dataclass(frozen=True, slots=True)
class SectionForm:
    """One page of the editor. `section` and, where it is not the whole of it, `passage` are the keys of its sentences."""

    key: str
    title: Text
    shape: Shape
    section: str
    passage: str = ""

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields of the terms that the page writes."""
        return tuple(entry.name for entry in self.shape.entries)


PARTIES_KEY: Final = "parties"
_FORMS: Final = (
    SectionForm(PARTIES_KEY, _("Parties"), Shape((_PARTIES,)), "general"),
    SectionForm(
        "rules",
        _("Precedence and rounding"),
        Shape((_PRECEDENCE, Inner("rounding", _("Rounding"), _ROUNDING))),
        "clauses",
        "clauses",
    ),
    SectionForm("limits", _("Limits"), Shape((_CAPS, _GUARANTEES, _ADVANCES)), "limits"),
    SectionForm("holds", _("Holds and refunds"), Shape((_HOLD, _RESERVE, _REFUNDS)), "holds"),
    SectionForm("attribution", _("Attribution"), Shape((_ATTRIBUTION,)), "attribution"),
    SectionForm("settling", _("Statements and payouts"), Shape((PERIODS, ACCEPTANCE, PAYOUTS, DEBTS)), "settling"),
    SectionForm("taxes", _("Taxes"), Shape(TAXES), "taxes"),
    SectionForm("data", pgettext_lazy("section of terms", "Data"), Shape((_DATA,)), "data"),
    SectionForm("exclusivity", _("Exclusivity and territory"), Shape((_EXCLUSIVITY, _TERRITORY)), "exclusivity"),
)
SECTION_FORMS: Final[Mapping[str, SectionForm]] = MappingProxyType({form.key: form for form in _FORMS})


def form_of_field(name: str) -> SectionForm | None:
    """The page that writes a field of the terms; none for the clauses and what an agreement fixes."""
    return next((form for form in _FORMS if name in form.fields), None)
