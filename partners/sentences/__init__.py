"""Terms as plain sentences, in any language of the installation: complete, so that nobody has to read JSON.

Start at `sections`. `wording` has how names, amounts, shares and days are written; `problems` says what is wrong with
terms that are not possible.
"""

from partners.sentences.sections import sections_of, sections_of_terms
from partners.sentences.wording import Passage, Section, Sentence, Wording

__all__ = ["Passage", "Section", "Sentence", "Wording", "sections_of", "sections_of_terms"]
