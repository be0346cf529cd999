"""What is wrong with terms, as a sentence for each code: what to write instead, where that can be said."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from partners.domain.terms import TermsProblem
from partners.sentences.conditions import CONDITION_NAMES
from partners.sentences.wording import exact_number

SENTENCES: Final[Mapping[str, Promise]] = MappingProxyType(
    {
        # one value
        "missing": _("This is missing."),
        "malformed": _("This can't be read here; it is not of the right kind."),
        "unknown_field": _("Terms have no such field."),
        "not_a_choice": _("This is none of the choices: %(choices)s."),
        "too_few": _("There are too few; at least %(limit)s."),
        "too_many": _("There are too many; at most %(limit)s."),
        "too_small": _("This is too small; at least %(limit)s."),
        "too_large": _("This is too large; at most %(limit)s."),
        "too_long": _("This is too long; at most %(limit)s characters."),
        "share_unreadable": _("Write a share as a percentage with its sign (62.5%%) or as a fraction (1/3)."),
        "share_over_one": _("A share is at most 100%%."),
        "amount_unreadable": _("Write an amount with digits and a point before the decimals, such as 1234.50."),
        "not_above_zero": _("This must be more than zero."),
        "unknown_currency": _("This is not a currency of ISO 4217, such as EUR, GBP or CNY."),
        "unknown_time_zone": _("This is not a time zone, such as Europe/London or Asia/Shanghai."),
        "too_many_decimals": _("This has more decimals than %(currency)s knows."),
        # parties
        "party_twice": _("Each party is named once."),
        "too_few_parties": _("An agreement has at least two parties."),
        "not_a_party": _("This organization is none of the parties."),
        "pays_oneself": _("These must be two different parties."),
        "named_twice": _("Each of these may be named only once."),
        "no_such_clause": _("There is no clause with this id."),
        # clauses
        "only_bonuses": _("At least one clause is no bonus: a bonus comes on top of another clause."),
        "never_reached": _("This clause is never reached: one before it applies to everything."),
        "flat_fee_per_period": _(
            "A fee for each period needs a fixed amount for each period, and that a fee of this kind."
        ),
        "percent_without_amount": _("Leads, clicks and sign-ups have no amount of which a part could be paid."),
        "amount_without_sale": _("Only sales have an amount and a quantity."),
        "no_condition_here": _("What is settled once for each period takes no conditions."),
        "pool_and_weights": _(
            "Pooled revenue needs the weight of each party's revenue, and nothing else takes weights."
        ),
        "deduction_without_sale": _("Only from a sale something is deducted."),
        "nothing_left": _("Nothing would be left."),
        "recurring_needs_sale": _("Only sales come again from the same person."),
        "bonus_is_earned": _("A bonus is a commission, a fixed amount or tiers."),
        # conditions
        "condition_never_holds": _(
            "No conversion can fulfil this: the conditions on “%(condition)s” exclude each other."
        ),
        "not_a_country": _("Write countries by their two-letter codes of ISO 3166, such as DE or CN."),
        "person_new_or_returning": _("A person is new or returning."),
        # payments
        "shares_do_not_sum_to_one": _("The shares of all parties add up to exactly 100%%."),
        "shares_over_one": _("These shares together are more than 100%%."),
        "minimum_over_maximum": _("The minimum is above the maximum."),
        "rate_or_amount": _("Give either a percentage or an amount."),
        "last_tier_open": _("The last tier has no upper bound, and only that one."),
        "tiers_climb": _("Each tier's upper bound is above the one before it."),
        "units_are_whole": _("Bounds of units are whole numbers."),
        "amount_needs_quantity": _("An amount for each unit needs tiers that count units."),
        "rate_needs_volume": _("Percentages by units count for everything: choose the mode by volume."),
        "bound_needs_each_conversion": _(
            "An amount or a limit for each conversion needs conversions that are rounded by themselves, no running total."
        ),
        "rest_has_no_limit": _("A step that takes everything left has no limit."),
        "rest_is_the_rest": _("A step that takes everything takes it of what is left."),
        "receiver_or_steps": _("A step goes either to a party or through steps of its own."),
        "last_step_takes_rest": _("The last step takes all that is left."),
        "rest_comes_last": _("Only the last step takes all that is left."),
        "too_deep": _("Steps stand at most %(deepest)s levels deep."),
        "rest_needs_rate": _("Only a percentage is of the gross amount or of the rest."),
        # settling
        "weekday_for_weeks": _("A weekly schedule needs a day of the week, and only that one."),
        "day_for_months": _("A weekly schedule has no day of the month."),
        "reduced_is_less": _("The reduced rate is below the ordinary one."),
        "standard_needs_rate": _("Standard value-added tax needs a rate, and only that one."),
        "payout_needs_an_invoice": _("Where nobody writes an invoice, no payout can wait for it."),
        "self_billing_needs_registration": _("Who is not registered for the tax can't be billed by self-billing."),
        "name_the_bearer": _("Name the party that bears refunds, and only if one party does."),
        # attribution
        "position_needs_shares": _(
            "Attribution by position needs the shares of the first and the last touch, and only that one."
        ),
        "decay_needs_half_life": _("Attribution by time needs a half-life, and only that one."),
        "view_within_click": _("A view counts for no longer than a click."),
        # the proposal around the terms
        "shares_unreadable": _("Write each share as a percentage (62.5), a fraction (1/3) or a decimal (0.625)."),
        "other_parties": _("Name each party of this agreement, and nobody else."),
        "empty_period": _("The end comes after the beginning."),
        "other_currency": _("The terms are in the agreement's own currency."),
        "other_time_zone": _("The terms are in the agreement's own time zone."),
    }
)
_LIMITS: Final = ("ge", "le", "min_length", "max_length")
_CHOICE: Final = re.compile(r"'([^']*)'")


def problem_sentence(problem: TermsProblem) -> str:
    """The sentence for a problem, in the active language."""
    return str(SENTENCES[problem.code]) % _said(problem.values)


def _said(values: Mapping[str, str]) -> dict[str, str]:
    said = dict(values)
    if choices := values.get("expected_tags") or values.get("expected"):
        said["choices"] = ", ".join(_CHOICE.findall(choices) or [choices])
    if limit := next((values[name] for name in _LIMITS if name in values), None):
        said["limit"] = exact_number(int(limit))
    if condition := values.get("condition"):
        said["condition"] = str(CONDITION_NAMES[condition])
    return said
