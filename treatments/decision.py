"""What matters to me: what the facts say for and against each option, given a person's answers.

Nothing here names a winner or a diagnosis. Every sentence is one stored fact of one treatment,
with whose word it is or how sure the evidence is. The same answers give the same result.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from treatments.models import Concern, QuestionToAsk, Severity, SideEffect, Treatment
from treatments.points import (
    Point,
    Side,
    on_budget,
    on_comfort,
    on_proof,
    on_severity,
    on_speed,
    on_upkeep,
    on_visits,
)

NOT_SURE = "not-sure"


@dataclass(frozen=True)
class Answer:
    value: str
    label: str | Promise


@dataclass(frozen=True)
class DecisionQuestion:
    """One question of the page; its first answer is always "not sure"."""

    concern: Concern
    label: str | Promise
    answers: tuple[Answer, ...]
    points_of: Callable[[Treatment, str], Iterator[Point]]

    @property
    def name(self) -> str:
        return self.concern.value


@dataclass(frozen=True)
class OptionView:
    """What speaks for one option and what against it, on what this person said matters."""

    treatment: Treatment
    points: tuple[Point, ...]

    def _on(self, side: Side) -> list[Point]:
        return [point for point in self.points if point.side is side]

    @property
    def speaks_for(self) -> list[Point]:
        return self._on(Side.FOR)

    @property
    def speaks_against(self) -> list[Point]:
        return self._on(Side.AGAINST)

    @property
    def serious_harms(self) -> list[SideEffect]:
        """Told of every option, whatever was answered: they matter to everybody."""
        return [harm for harm in self.treatment.side_effects.all() if harm.is_serious]

    @property
    def not_known(self) -> list[Point]:
        return self._on(Side.UNKNOWN)


@dataclass(frozen=True)
class Answers:
    """What was understood of an address: `given` by question, and whether something was not."""

    given: Mapping[str, str] = field(default_factory=dict)
    misread: bool = False

    @property
    def that_matter(self) -> dict[str, str]:
        """Those that are more than "not sure"."""
        return {name: value for name, value in self.given.items() if value != NOT_SURE}

    def in_words(self) -> list[tuple[str, str]]:
        """Each question with its answer, as the person read them."""
        return [
            (str(question.label), str(answer.label))
            for question in QUESTIONS
            for answer in question.answers
            if self.given.get(question.name) == answer.value
        ]

    def as_query(self) -> str:
        return "&".join(f"{name}={value}" for name, value in self.given.items())


def read_answers(query: Mapping[str, str]) -> Answers:
    """The answers in a query string; what is not an answer of ours is left out and noted."""
    given, misread = {}, False
    for question in QUESTIONS:
        value = query.get(question.name, "")
        if value in {answer.value for answer in question.answers}:
            given[question.name] = value
        elif value:
            misread = True
    return Answers(given, misread)


def weigh(treatments: Sequence[Treatment], answers: Answers) -> list[OptionView]:
    """What speaks for and against each of `treatments`, by findings, claims and suitabilities."""
    return [
        OptionView(
            treatment,
            tuple(
                point
                for question in QUESTIONS
                if (value := answers.that_matter.get(question.name))
                for point in question.points_of(treatment, value)
            ),
        )
        for treatment in treatments
    ]


def questions_to_ask(answers: Answers) -> list[QuestionToAsk]:
    """What to ask the clinic, for what this person said matters. One query."""
    return [row for row in QuestionToAsk.objects.all() if row.concern in {"", *answers.that_matter}]


_NOT_SURE = Answer(NOT_SURE, gettext_lazy("I am not sure"))
QUESTIONS: tuple[DecisionQuestion, ...] = (
    DecisionQuestion(
        Concern.SEVERITY,
        gettext_lazy("How far is your hair loss?"),
        (_NOT_SURE, *(Answer(value, label) for value, label in Severity.choices)),
        on_severity,
    ),
    DecisionQuestion(
        Concern.SPEED,
        gettext_lazy("How soon do you hope to see a result?"),
        (
            _NOT_SURE,
            Answer("soon", gettext_lazy("Within about three months")),
            Answer("can-wait", gettext_lazy("I can wait")),
        ),
        on_speed,
    ),
    DecisionQuestion(
        Concern.BUDGET,
        gettext_lazy("How much does the cost weigh?"),
        (
            _NOT_SURE,
            Answer("tight", gettext_lazy("I need to keep it low")),
            Answer("flexible", gettext_lazy("I could spend more")),
        ),
        on_budget,
    ),
    DecisionQuestion(
        Concern.VISITS,
        gettext_lazy("How often can you come to a clinic?"),
        (
            _NOT_SURE,
            Answer("few", gettext_lazy("A few times a year at most")),
            Answer("many", gettext_lazy("Often is fine")),
        ),
        on_visits,
    ),
    DecisionQuestion(
        Concern.COMFORT,
        gettext_lazy("Is there something you would rather not have?"),
        (
            _NOT_SURE,
            Answer("no-needles", gettext_lazy("Needles")),
            Answer("no-cell-products", gettext_lazy("A product made from cells")),
            Answer("anything", gettext_lazy("Neither bothers me")),
        ),
        on_comfort,
    ),
    DecisionQuestion(
        Concern.PROOF,
        gettext_lazy("How well proven should it be?"),
        (
            _NOT_SURE,
            Answer("proven", gettext_lazy("I want what is proven best")),
            Answer("promising", gettext_lazy("I would try something promising")),
        ),
        on_proof,
    ),
    DecisionQuestion(
        Concern.UPKEEP,
        gettext_lazy("How much upkeep would you accept?"),
        (
            _NOT_SURE,
            Answer("little", gettext_lazy("As little as possible")),
            Answer("regular", gettext_lazy("Regular upkeep is fine")),
        ),
        on_upkeep,
    ),
)
