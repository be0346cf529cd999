"""The steps of an application, in their order."""

from enum import StrEnum


class Step(StrEnum):
    """One page of the application; what a host asks to be changed is named by it too."""

    COMPANY = "company"
    AUDIENCE = "audience"
    CONTACTS = "contacts"
    DOCUMENTS = "documents"
    BANK = "bank"

    @property
    def following(self) -> "Step | None":
        """The next step; `None` after the last."""
        steps = list(Step)
        place = steps.index(self) + 1
        return steps[place] if place < len(steps) else None
