"""Whose a conversion is: the model, its windows, and what goes before what."""

from typing import Literal, Self

from pydantic import Field, model_validator

from partners.domain.terms.exact import Part, Share, refuse


class Attribution(Part):
    """Which touch is credited. A conversion exactly at the window's end still counts.

    `position` gives the first and the last touch their shares and spreads the rest evenly between.
    """

    model: Literal["last_click", "first_click", "linear", "position", "time_decay", "last_paid_click"] = "last_click"
    click_window_days: int = Field(default=90, ge=1, le=730)
    view_window_days: int = Field(default=0, ge=0, le=90)
    first_share: Share | None = None
    last_share: Share | None = None
    half_life_days: int | None = Field(default=None, ge=1, le=365)
    precedence: Literal["coupon", "link"] = "coupon"
    unrelated_coupon: Literal["ignored", "voids_link"] = "ignored"

    @model_validator(mode="after")
    def _fits_the_model(self) -> Self:
        ends = (self.first_share, self.last_share)
        if (self.model == "position") != (None not in ends) or (self.model != "position" and ends != (None, None)):
            raise refuse("position_needs_shares", "first_share")
        if self.first_share is not None and self.last_share is not None and self.first_share + self.last_share > 1:
            raise refuse("shares_over_one", "last_share")
        if (self.model == "time_decay") != (self.half_life_days is not None):
            raise refuse("decay_needs_half_life", "half_life_days")
        if self.view_window_days > self.click_window_days:
            raise refuse("view_within_click", "view_window_days")
        return self
