"""From terms and a conversion to money: who gets what, and why. Start at `evaluate`."""

from partners.domain.evaluation.caps import Waiting
from partners.domain.evaluation.evaluate import Evaluation, evaluate
from partners.domain.evaluation.explanation import Step
from partners.domain.evaluation.facts import Facts, History, Totals, pooled_revenue
from partners.domain.evaluation.matching import could_cover
from partners.domain.evaluation.parts import Part

ENGINE_VERSION = "3"  # stands on every statement: raised when the same terms come to other amounts than before

__all__ = [
    "ENGINE_VERSION",
    "Evaluation",
    "Facts",
    "History",
    "Part",
    "Step",
    "Totals",
    "Waiting",
    "could_cover",
    "evaluate",
    "pooled_revenue",
]
