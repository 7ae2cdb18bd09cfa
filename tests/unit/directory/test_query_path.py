"""Each step from a question to an answer, alone: intent, narrowing, repair, glossary, short forms, refusal, choice."""

from datetime import date

import pytest

from directory import encoder, glossary, intent, question, term_vectors
from directory.answers import Choose, Nobody, NotAQuestion
from directory.deciding import Chosen, decide
from directory.glossary import expanded, mined
from directory.lexical import TextIndex, initials
from directory.matching import Label, Matcher, Ranking
from directory.narrowing import Narrowing, Spots, says_nothing_else, works_on
from directory.question import Asked
from directory.thesaurus import general

LABELS = (
    "Pest control",
    "Town planning",
    "Event planning",
    "Emergency planning",
    "HR casework",
    "HRA",
    "JavaScript",
    "Data protection impact assessments",
    "TPOs",
    "Polish (native)",
    "Welsh translation",
    "Housing Benefit",
)
MONDAY = date(2026, 11, 23)


def asked(text: str) -> Asked:
    found = question.read(text)
    assert isinstance(found, Asked), text
    return found


def by_words(labels: tuple[str, ...] = LABELS, known: dict[str, str] | None = None) -> Matcher:
    return Matcher([Label(place, text, place) for place, text in enumerate(labels)], general(), known=known)


def ranked(text: str, matcher: Matcher | None = None) -> Ranking:
    return (matcher or by_words()).match(asked(text))


def first(ranking: Ranking) -> str:
    return ranking.labels[0].label.text if ranking.labels else ""


NOT_ASKED = {
    "God knows why the printer does that": "rhetorical",
    "who on earth parked there": "rhetorical",
    "add French to my skills": "own_skills",
    "🤷": "empty",
}


@pytest.mark.parametrize(("text", "code"), NOT_ASKED.items())
def test_what_cannot_be_a_question_is_known_by_its_words(text: str, code: str) -> None:
    assert question.read(text) == NotAQuestion(code)


DOUBTED = {
    "who knows when the lift will be fixed": "rhetorical",
    "who knows how to fix a lift": None,
    "Who is Maria Lopez": "look_up",
    "phone number for the depot": "look_up",
    "when is pay day": "other",
    "when do we have to tell the regulator": None,
    "thanks a lot": "chat",
    "rats in the kitchen": None,
}


@pytest.mark.parametrize(("text", "doubt"), DOUBTED.items())
def test_what_may_be_something_else_is_doubted(text: str, doubt: str | None) -> None:
    assert asked(text).doubt == doubt


def test_what_begins_who_knows_about_is_asked_whatever_it_looks_like() -> None:
    text = "who knows about lunch and the lift"
    assert isinstance(decide(asked(text), ranked(text)), Nobody)


SPOTS = Spots([("Mill Lane Depot", "Payroll", "Finance"), ("Civic Centre", "Parks", "Environment")])
NARROWED = {
    "who at Mill Lane knows first aid": ("Mill Lane Depot", None, False, "first aid"),
    "who in Finance can help with a loan": ("Finance", None, False, "loan"),
    "anyone in payroll?": ("Payroll", None, False, ""),
    "rats at the depot": (None, None, False, "rats depot"),
    "who does first aid on Friday": (None, 4, False, "first aid"),
    "first aid today": (None, 0, False, "first aid"),
    "someone senior?": (None, None, True, ""),
    "who knows about training in payroll": (None, None, False, "training payroll"),
}


@pytest.mark.parametrize("text", NARROWED)
def test_what_is_said_of_the_colleague_is_taken_out(text: str) -> None:
    place, day, senior, left = NARROWED[text]
    cleaned, said = SPOTS.read(text, MONDAY)
    assert (said.spot.name if said.spot else None, said.day, said.senior) == (place, day, senior)
    assert says_nothing_else(cleaned) == (not left)
    if left:
        assert " ".join(asked(cleaned).words) == left


WORKING = {
    "Mon-Wed": [True, True, True, False, False],
    "Tue, Thu": [False, True, False, True, False],
    "Full time": [True] * 5,
    "Term time only": [None] * 5,
    "": [None] * 5,
}


@pytest.mark.parametrize("written", WORKING)
def test_working_days_are_read_as_they_are_written(written: str) -> None:
    assert [works_on(written, day) for day in range(5)] == WORKING[written]


def test_a_misspelt_word_is_repaired_before_it_is_matched_and_a_right_one_never() -> None:
    index = TextIndex(["Pest control", "Canva"], {"canvas"})
    assert index.read(asked("pest controll")).repaired == (("controll", "control"),)
    assert index.read(asked("canvas")).repaired == ()
    assert index.read(asked("pst")).repaired == ()


def test_short_forms_and_long_names_find_each_other() -> None:
    assert initials(["freedom", "of", "information"]) == {"foi"}
    assert first(ranked("who does DPIAs")) == "Data protection impact assessments"
    assert first(ranked("tree preservation orders")) == "TPOs"
    assert first(ranked("who knows HR")) == "HR casework"
    assert first(ranked("HRA")) == "HRA"


def test_a_word_of_the_glossary_is_read_as_what_it_means() -> None:
    known = {"zorbles": "Pest control"}
    assert [one.topic for one in expanded(asked("who knows zorbles"), known)] == ["Pest control"]
    assert first(ranked("who knows zorbles", by_words(known=known))) == "Pest control"
    assert ranked("who knows zorbles", by_words(known=known)).expanded == ("Pest control",)


def test_labels_explain_their_own_short_forms() -> None:
    assert mined(["Freedom of Information (FOI)", "Excel (VBA)", "Drone pilot (A2 CofC)"]) == {
        "foi": "Freedom of Information"
    }
    assert glossary.mined([]) == {}


def test_everyday_words_lead_to_the_skill_and_are_told() -> None:
    best = ranked("there are rats in my office").labels[0]
    assert (best.label.text, best.code, best.through) == ("Pest control", "term", "rats")


REFUSED = ("anyone know Java?", "who keeps bees", "who speaks Finnish", "who knows GIST", "corporation tax")


@pytest.mark.parametrize("text", REFUSED)
def test_nobody_is_named_for_what_nobody_has(text: str) -> None:
    assert isinstance(decide(asked(text), ranked(text)), Nobody)


def test_a_language_stands_for_itself_alone() -> None:
    assert [hit.label.text for hit in ranked("who speaks Polish").labels] == ["Polish (native)"]
    assert ranked("who speaks Slovak").labels == ()
    assert ranked("can anybody translate into Welsh").labels[0].label.text == "Welsh translation"


def test_a_bare_word_of_several_senses_is_asked_back() -> None:
    found = decide(asked("planning"), ranked("planning"))
    assert isinstance(found, Choose)
    assert {hit.label for hit in found.skills} == {"Town planning", "Event planning", "Emergency planning"}
    assert isinstance(decide(asked("town planning"), ranked("town planning")), Chosen)


def test_the_next_sense_leaves_out_what_was_not_meant() -> None:
    ranking = ranked("planning")
    found = decide(asked("planning"), ranking, {"Town planning", "Event planning"})
    assert isinstance(found, Chosen)
    assert found.together[0].label.text == "Emergency planning"
    assert isinstance(decide(asked("planning"), ranking, {hit.label.text for hit in ranking.labels}), Nobody)


def test_what_comes_with_the_product_belongs_to_the_lists_and_the_model() -> None:
    model = encoder.available()
    assert model is not None
    terms = general().terms
    made = term_vectors.load(model.model, general())
    assert set(made) == set(terms)
    assert len(terms) == len(general().concepts)
    again = model.encode(terms[:20])
    assert min(float(made[term] @ row) for term, row in zip(terms, again, strict=False)) > 0.99
    direction = intent.load(model.model)
    assert direction is not None
    asks, says = model.encode(["who knows about tree felling", "thanks, see you tomorrow"])
    assert direction.of(asks) > 1 > -1 > direction.of(says)


def test_vectors_of_another_model_are_not_taken() -> None:
    assert term_vectors.load("another", general()) == {}
    assert intent.load("another") is None


def test_nothing_is_wanted_of_the_colleague_unless_said() -> None:
    assert not Narrowing().asks
    assert Narrowing(senior=True).asks
