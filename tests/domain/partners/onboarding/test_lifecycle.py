"""The ways of an application: what is listed is legal, everything else is not."""

from itertools import product

import pytest

from partners.onboarding.domain.colours import SAFE_COLOURS, is_colour, is_readable_under_white
from partners.onboarding.domain.lifecycle import Side, Status, may_move
from partners.onboarding.domain.steps import Step

LEGAL = {
    ("applicant", "draft", "submitted"),
    ("applicant", "changes_requested", "submitted"),
    ("applicant", "draft", "withdrawn"),
    ("applicant", "submitted", "withdrawn"),
    ("applicant", "in_review", "withdrawn"),
    ("applicant", "changes_requested", "withdrawn"),
    ("host", "submitted", "in_review"),
    ("host", "submitted", "changes_requested"),
    ("host", "in_review", "changes_requested"),
    ("host", "submitted", "approved"),
    ("host", "in_review", "approved"),
    ("host", "submitted", "rejected"),
    ("host", "in_review", "rejected"),
}


@pytest.mark.parametrize(("side", "present", "wanted"), list(product(Side, Status, Status)))
def test_the_ways_are_exactly_these(side, present, wanted):
    assert may_move(side, present, wanted) is ((side, present, wanted) in LEGAL)


def test_steps_follow_each_other_to_the_end():
    walked, step = [], Step.COMPANY
    while step is not None:
        walked.append(step)
        step = step.following
    assert walked == list(Step)
    assert len(walked) == 5


@pytest.mark.parametrize("colour", SAFE_COLOURS)
def test_safe_colours_are_readable(colour):
    assert is_colour(colour)
    assert is_readable_under_white(colour)


@pytest.mark.parametrize(
    ("colour", "is_readable"),
    [("#767676", True), ("#777777", False), ("#000000", True), ("#ffffff", False), ("#ff0000", False)],
)
def test_the_limit_is_that_of_wcag(colour, is_readable):
    assert is_readable_under_white(colour) is is_readable


@pytest.mark.parametrize("text", ["", "red", "#FFF", "#12345", "#1234567", "#12345g", "url(x)", "#000000;x"])
def test_what_is_no_colour(text):
    assert not is_colour(text)
