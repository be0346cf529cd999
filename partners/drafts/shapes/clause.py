"""The form of one clause."""

from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from partners.domain.terms.conditions import CHOICE_FIELDS
from partners.drafts.shapes.declared import Inner, Input, Kind, OneOf, Rows, Shape, choices_from
from partners.drafts.shapes.payments import PAYS
from partners.sentences.clauses import DEDUCTION_NAMES
from partners.sentences.conditions import CONDITION_NAMES, ITEM_KINDS, PERSONS

_IS: Final = Input(
    "is",
    Kind.CHOICE,
    _("Comparison"),
    choices=(
        ("in", _("is one of")),
        ("not_in", _("is none of")),
        ("contains", _("contains one of")),
    ),
    default="in",
)
_MORE_OR_LESS: Final = Input(
    "is",
    Kind.CHOICE,
    _("Comparison"),
    choices=(
        ("more_than", _("is more than")),
        ("at_least", _("is at least")),
        ("less_than", _("is less than")),
        ("at_most", _("is at most")),
    ),
    default="at_least",
)
_VALUES: Final = {
    "item_kind": Input("value", Kind.CHECKS, _("Kinds"), choices=choices_from(ITEM_KINDS)),
    "partner": Input("value", Kind.PARTIES, _("Partners")),
    "country": Input(
        "value", Kind.COUNTRIES, _("Countries"), _("Codes such as DE, or names, with commas between them.")
    ),
    "person": Input("value", Kind.CHECKS, _("Persons"), choices=choices_from(PERSONS)),
}
_SOME_VALUES: Final = Input("value", Kind.LINES, _("Values"), _("One on each line."))
_CONDITIONS: Final = {
    **{name: Shape((_IS, _VALUES.get(name, _SOME_VALUES))) for name in CHOICE_FIELDS},
    "amount": Shape((_MORE_OR_LESS, Input("value", Kind.AMOUNT, _("Amount")))),
    "quantity": Shape((_MORE_OR_LESS, Input("value", Kind.NUMBER, _("Units")))),
    "date": Shape(
        (
            Input(
                "is",
                Kind.CHOICE,
                _("Comparison"),
                choices=(("from", _("is this day or later")), ("before", _("is before this day"))),
                default="from",
            ),
            Input("value", Kind.DATE, _("Day")),
        )
    ),
}
CONDITION: Final = OneOf(Input("field", Kind.CHOICE, _("What"), choices=choices_from(CONDITION_NAMES)), _CONDITIONS)
GROUP: Final = Shape(
    (
        Rows(
            "all_of",
            _("All of these"),
            CONDITION,
            add=_("Add a condition"),
            row=_("Condition"),
            shown=1,
        ),
    )
)
DEDUCTION: Final = Shape(
    (
        Input("kind", Kind.CHOICE, _("What comes off"), choices=choices_from(DEDUCTION_NAMES)),
        Input("rate", Kind.SHARE, _("Percentage"), _("Leave percentage and amount empty for what the order reports.")),
        Input(
            "of",
            Kind.CHOICE,
            _("Percentage of"),
            choices=(("gross", _("the gross amount")), ("rest", _("what earlier deductions leave"))),
            default="gross",
        ),
        Input("amount", Kind.AMOUNT, _("Amount for each conversion")),
        Input("kept_by", Kind.PARTY, _("Kept by"), _("Who bears the cost and so keeps the money. Empty: the host.")),
    )
)
CONTRIBUTION: Final = Shape(
    (
        Input("party", Kind.PARTY, _("Party")),
        Input("weight", Kind.SHARE, _("Part of its own revenue")),
    )
)
RECURRENCE: Final = OneOf(
    Input(
        "kind",
        Kind.CHOICE,
        _("Sales to the same person"),
        choices=(
            ("lifetime", _("every sale earns")),
            ("months", _("sales earn for some months after the first one")),
            ("first_only", _("only the first sale earns")),
        ),
        default="lifetime",
    ),
    {
        "lifetime": Shape(
            (
                Input(
                    "persons",
                    Kind.CHOICE,
                    _("Persons"),
                    _("Leave it empty, and everybody counts."),
                    choices=(("own", _("only those whose first sale fell while this clause was in force")),),
                ),
            )
        ),
        "months": Shape(
            (
                Input("months", Kind.NUMBER, _("Months")),
                Input(
                    "persons",
                    Kind.CHOICE,
                    _("Persons"),
                    _(
                        "Leave it empty, and only those count whose first sale fell while this clause was in force. Later "
                        "versions that keep its short name go on with it."
                    ),
                    choices=(("any", _("also those whose first sale fell under other terms")),),
                ),
            )
        ),
        "first_only": Shape(()),
    },
)
CLAUSE: Final = Shape(
    (
        Input(
            "id", Kind.TEXT, _("Short name"), _("Small letters, figures, - and _. Later versions are compared by it.")
        ),
        Input("name", Kind.TEXT, _("Title")),
        Input(
            "earns_on",
            Kind.CHOICE,
            _("What earns"),
            choices=(
                ("sale", pgettext_lazy("what earns", "a sale")),
                ("lead", pgettext_lazy("what earns", "a lead")),
                ("click", pgettext_lazy("what earns", "a click")),
                ("sign_up", pgettext_lazy("what earns", "a sign-up")),
                ("pooled_revenue", pgettext_lazy("what earns", "pooled revenue, once for each period")),
                ("flat_fee", pgettext_lazy("what earns", "a fixed fee, once for each period")),
            ),
            default="sale",
        ),
        Input("is_bonus", Kind.FLAG, _("A bonus, paid on top of the clause that counts")),
        Rows(
            "when",
            _("Conditions"),
            GROUP,
            add=_("Add an alternative"),
            row=_("Alternative"),
            help=_(
                "Any alternative is enough; in an alternative all conditions hold. Without any it applies to everything."
            ),
        ),
        Rows(
            "deductions",
            _("Deductions"),
            DEDUCTION,
            add=_("Add a deduction"),
            row=_("Deduction"),
            help=_("What comes off the gross amount before it is shared, in this order."),
        ),
        Rows(
            "pool",
            _("Pooled revenue"),
            CONTRIBUTION,
            add=_("Add a party"),
            row=_("Contribution"),
            help=_("Only for pooled revenue: how much of each party's own revenue goes into the pool."),
        ),
        Inner("pays", _("Who gets what"), PAYS),
        Inner("recurring", _("The same person again"), RECURRENCE),
    )
)
