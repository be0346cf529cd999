"""A draft as its pages show it: parties by name, problems by place, sentences of what is right."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from django.utils.translation import get_language, get_language_info
from django.utils.translation import gettext as _

from alliance.kernel.errors import NotFoundError
from partners.domain.proposal import AgreementFrame, problems_of
from partners.domain.terms import TermsProblem
from partners.drafts.models import AgreementDraft
from partners.drafts.pages.places import clauses_of, place_of, title_of
from partners.drafts.saying import sections_of_draft
from partners.drafts.shapes.declared import Offered
from partners.drafts.shapes.sections import SECTION_FORMS, SectionForm
from partners.models import AgreementParty, TermsVersion
from partners.selectors import organization_names, partners_in
from partners.sentences import Passage, Section, sections_of_terms
from partners.sentences.difference import TermsDifference, compared
from partners.sentences.force import end_sentences
from partners.sentences.problems import problem_sentence
from partners.sentences.wording import all_of, quoted
from partners.terms.comparing import last_agreed


@dataclass(frozen=True, slots=True)
class ProblemLine:
    """One problem: its path, its sentence, and the input where it is mended, by its address and its name."""

    field: str
    sentence: str
    address: str
    place: str


@dataclass(frozen=True, slots=True)
class ClauseCard:
    """One clause of the overview."""

    place: int
    title: str
    passage: Passage | None
    problems: tuple[ProblemLine, ...]


@dataclass(frozen=True, slots=True)
class SectionCard:
    """One matter of the overview."""

    form: SectionForm
    passages: tuple[Passage, ...]
    problems: tuple[ProblemLine, ...]


class DraftPage:
    """One draft in one request; each question is asked of the database once."""

    def __init__(self, draft: AgreementDraft) -> None:
        self.draft = draft

    @property
    def clauses(self) -> list[dict[str, object]]:
        """The clauses as they are written."""
        return clauses_of(self.draft.terms)

    @cached_property
    def seats(self) -> tuple[UUID, ...]:
        """The parties of the agreement that this is the next version of; none for a new one."""
        if self.draft.agreement_id is None:
            return ()
        seats = AgreementParty.objects.filter(agreement_id=self.draft.agreement_id).order_by("rank")
        return tuple(seats.values_list("organization_id", flat=True))

    @cached_property
    def names(self) -> dict[UUID, str]:
        """Everybody who can be named, by id: the agreement's parties, or the alliance's members."""
        if self.seats:
            found = organization_names(self.seats)
            return {seat: found[seat] for seat in self.seats if seat in found}
        return {member.organization_id: member.name for member in partners_in(alliance_id=self.draft.alliance_id)}

    @cached_property
    def problems(self) -> tuple[TermsProblem, ...]:
        """Everything that is wrong now."""
        agreement = self.draft.agreement
        frame = AgreementFrame(agreement.name, agreement.currency, agreement.time_zone) if agreement else None
        return problems_of(self.draft.terms, frame=frame, seats=self.seats)

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        """The sentences of what is right."""
        return sections_of_draft(self.draft.terms, self.names, language=get_language() or "en")

    @cached_property
    def latest_version(self) -> TermsVersion | None:
        """The version that this one would follow: the proposal it answers, or what the parties last agreed on."""
        if self.draft.agreement_id is None:
            return None
        return self.draft.answers or last_agreed(self.draft.agreement_id)

    @cached_property
    def difference(self) -> TermsDifference | None:
        """What the draft changes, as far as it is right already; `None` for a new agreement."""
        if self.latest_version is None:
            return None
        before = sections_of_terms(self.latest_version.parsed(), self.names, language=get_language() or "en")
        return compared(before, self.sections)

    @property
    def paper_sentences(self) -> list[str]:
        """How the version ends, and which texts and files are signed beside the terms."""
        paper = self.draft.paper
        languages = [get_language_info(code)["name_local"] for code in sorted(paper.texts)]
        said = [*end_sentences(paper.end_rule)]
        if languages:
            said.append(
                _("There is a legal text in these languages: %(languages)s.") % {"languages": all_of(languages)}
            )
        if self.draft.file is not None:
            said.append(_("The file %(name)s is attached.") % {"name": quoted(self.draft.file.file_name)})
        return said

    @property
    def parties(self) -> tuple[UUID, ...]:
        """The parties that the terms name, as far as they can be known, in their order."""
        written = self.draft.terms.get("parties")
        known = {str(party): party for party in self.names}
        return tuple(known[party] for party in written if party in known) if isinstance(written, list) else ()

    @property
    def offered(self) -> Offered:
        """What the forms of this draft offer: its own parties, clauses and currency."""
        return Offered(
            tuple((str(party), self.names[party]) for party in self.parties),
            tuple(str(clause["id"]) for clause in self.clauses if clause.get("id")),
            str(self.draft.terms.get("currency", "")),
        )

    @property
    def everybody(self) -> Offered:
        """The same with everybody who could be a party."""
        return Offered(tuple((str(party), name) for party, name in self.names.items()))

    def problems_below(self, path: str) -> list[TermsProblem]:
        """The problems of one part, with paths below it."""
        return [
            TermsProblem(problem.code, problem.field.removeprefix(path).removeprefix("."), problem.values)
            for problem in self.problems_under([path])
        ]

    def problems_under(self, paths: Sequence[str]) -> list[TermsProblem]:
        """The problems of some parts, with their whole paths."""
        return [p for p in self.problems if any(p.field == path or p.field.startswith(f"{path}.") for path in paths)]

    @property
    def clause_cards(self) -> tuple[ClauseCard, ...]:
        """The clauses in their order."""
        said = {passage.key: passage for section in self.sections for passage in section.passages}
        return tuple(
            ClauseCard(
                place,
                title_of(clause, place),
                said.get(f"clauses.{clause.get('id')}"),
                self._lines(self.problems_under([f"clauses.{place}"])),
            )
            for place, clause in enumerate(self.clauses)
        )

    @property
    def section_cards(self) -> tuple[SectionCard, ...]:
        """Every other matter."""
        said = {section.key: section.passages for section in self.sections}
        return tuple(
            SectionCard(
                form,
                tuple(p for p in said.get(form.section, ()) if form.passage in {"", p.key}),
                self._lines(self.problems_under(form.fields)),
            )
            for form in SECTION_FORMS.values()
        )

    @property
    def other_problems(self) -> tuple[ProblemLine, ...]:
        """Problems that belong to no single clause and to no section."""
        placed = {id(p) for c in range(len(self.clauses)) for p in self.problems_under([f"clauses.{c}"])}
        placed |= {id(p) for form in SECTION_FORMS.values() for p in self.problems_under(form.fields)}
        return self._lines([problem for problem in self.problems if id(problem) not in placed])

    @property
    def lines(self) -> tuple[ProblemLine, ...]:
        """All problems."""
        return self._lines(self.problems)

    def _lines(self, problems: Sequence[TermsProblem]) -> tuple[ProblemLine, ...]:
        return tuple(map(self._line, problems))

    def _line(self, problem: TermsProblem) -> ProblemLine:
        written = self.draft.terms if isinstance(self.draft.terms, dict) else {}  # what was pasted may be anything
        place = place_of(problem, self.draft.pk, written, self.everybody)
        return ProblemLine(problem.field, problem_sentence(problem), place.address, place.name)


def draft_page(draft_id: UUID) -> DraftPage:
    """The draft; raises `NotFoundError` for another organization's."""
    draft = (
        AgreementDraft.objects.select_related("alliance", "agreement", "answers", "changed_by", "file")
        .filter(pk=draft_id)
        .first()
    )
    if draft is None:
        raise NotFoundError
    return DraftPage(draft)
