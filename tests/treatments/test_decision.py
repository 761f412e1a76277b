import pytest
from django.test import Client
from django.utils.html import escape

from tests.pages import words_of
from treatments import decision
from treatments.decision import read_answers
from treatments.models import Claim, Finding, Suitability, Topic, Treatment
from treatments.points import Side

pytestmark = pytest.mark.usefixtures("content")


_OF_STUDIES = "Studies and official sources"


@pytest.fixture(autouse=True)
def nothing_is_contested(content: None) -> None:
    """So that a test sees what follows from the one fact that it changes."""
    Claim.objects.filter(treatment__slug="prp").update(support="partly")


def option(slug: str, **answers: str) -> decision.OptionView:
    treatments = list(Treatment.objects.filter(slug=slug).with_facts())
    return decision.weigh(treatments, read_answers(answers))[0]


def change(slug: str, **facts: object) -> None:
    Treatment.objects.filter(slug=slug).update(**facts)


def test_there_are_seven_questions_and_each_can_be_left_open():
    assert len(decision.QUESTIONS) == 7
    assert all(question.answers[0].value == "not-sure" for question in decision.QUESTIONS)


def test_not_sure_makes_no_point():
    answers = {question.name: "not-sure" for question in decision.QUESTIONS}
    assert option("prp", **answers).points == ()


@pytest.mark.parametrize(
    ("answer", "facts", "side", "text"),
    [
        ({"speed": "soon"}, {"first_results_low": 8, "first_results_high": 12}, Side.FOR, "8–12"),
        ({"speed": "soon"}, {"first_results_low": 8, "first_results_high": 20}, Side.AGAINST, "20"),
        ({"speed": "soon"}, {"first_results_low": 8, "first_results_high": None},
         Side.UNKNOWN, "8"),
        ({"speed": "soon"}, {"first_results_low": 20, "first_results_high": None},
         Side.AGAINST, "20"),
        (
            {"speed": "soon"},
            {"first_results_low": None, "first_results_high": None},
            Side.UNKNOWN,
            "Not known",
        ),
        ({"budget": "tight"}, {"cost_tier": "low"}, Side.FOR, "Lower"),
        ({"budget": "tight"}, {"cost_tier": "high"}, Side.AGAINST, "Higher"),
        ({"budget": "tight"}, {"cost_tier": "unknown"}, Side.UNKNOWN, "Not known"),
        ({"visits": "few"}, {"sessions_low": 2, "sessions_high": 2, "upkeep_kind": "none"},
         Side.FOR, "2 visits"),
        ({"visits": "few"}, {"sessions_low": 5, "sessions_high": 5, "upkeep_kind": "none"},
         Side.AGAINST, "5 visits"),
        ({"visits": "few"}, {"sessions_low": 2, "sessions_high": None, "upkeep_kind": "none"},
         Side.UNKNOWN, "2 or more"),
        ({"visits": "few"}, {"sessions_low": 0, "sessions_high": 0, "upkeep_kind": "none"},
         Side.FOR, "No sessions"),
        ({"visits": "few"}, {"sessions_low": None, "sessions_high": None},
         Side.UNKNOWN, "Not known"),
        ({"comfort": "no-needles"}, {"needles": "yes"}, Side.AGAINST, "needles are used"),
        ({"comfort": "no-needles"}, {"needles": "no"}, Side.FOR, "No needles"),
        ({"comfort": "no-needles"}, {"needles": "unknown"}, Side.UNKNOWN, "Not known"),
        ({"comfort": "no-cell-products"}, {"made_from": "blood_and_cells"}, Side.AGAINST, "cells"),
        ({"comfort": "no-cell-products"}, {"made_from": "own_blood"}, Side.FOR, "own blood"),
        ({"upkeep": "little"}, {"upkeep_kind": "none"}, Side.FOR, "No upkeep"),
        ({"upkeep": "little"},
         {"upkeep_kind": "repeat_sessions", "upkeep_low": 6, "upkeep_high": 12}, Side.FOR, "6–12"),
        ({"upkeep": "little"},
         {"upkeep_kind": "repeat_sessions", "upkeep_low": 4, "upkeep_high": 6},
         Side.AGAINST, "4–6"),
        ({"upkeep": "little"}, {"upkeep_kind": "daily_use"}, Side.AGAINST, "every day"),
        ({"upkeep": "little"}, {"upkeep_kind": "unknown"}, Side.UNKNOWN, "Not known"),
    ],
)  # fmt: skip
def test_a_point_follows_from_a_fact(answer, facts, side, text):
    change("prp", **facts)
    (point,) = option("prp", **answer).points
    assert point.side is side
    assert text in f"{point.text} {point.said}"


def growth_of_prp(*found: tuple[str, str]) -> None:
    """Leave one finding on growth for each certainty and effect that is given."""
    Finding.objects.filter(treatment__slug="prp", topic=Topic.GROWTH).delete()
    prp = Treatment.objects.get(slug="prp")
    for certainty, effect in found:
        Finding.objects.create(
            treatment=prp, topic=Topic.GROWTH, statement="x", certainty=certainty, effect=effect
        )


@pytest.mark.parametrize(
    ("found", "told"),
    [
        ([("low", "gain"), ("high", "gain")], [(Side.FOR, "High")]),
        ([("low", "gain")], [(Side.AGAINST, "Low")]),
        ([("high", "gain"), ("low", "no_gain")], [(Side.FOR, "High"), (Side.AGAINST, "Low")]),
        # What is as sure of the contrary takes the proof away.
        (
            [("moderate", "gain"), ("high", "no_gain")],
            [(Side.AGAINST, "Moderate"), (Side.AGAINST, "High")],
        ),
        # Being sure that nothing is gained is no proof that it helps.
        ([("high", "no_gain")], [(Side.AGAINST, "High")]),
        ([("no_evidence", "")], [(Side.UNKNOWN, "Not known")]),
        ([], [(Side.UNKNOWN, "Not known")]),
    ],
)
def test_proof_is_the_best_evidence_that_hair_grows(found, told):
    growth_of_prp(*found)
    points = option("prp", proof="proven").points
    assert [point.side for point in points] == [side for side, _said in told]
    assert all(said in point.said for point, (_side, said) in zip(points, told, strict=True))


def test_gain_denied_by_one_study_is_not_told_of_several():
    growth_of_prp(("low", "no_gain"))
    (point,) = option("prp", proof="proven").points
    assert point.text == "At least one study found no gain in hair."


@pytest.mark.parametrize(
    ("slug", "answer", "side", "text"),
    [
        ("finasteride", {"visits": "few"}, Side.FOR, "No sessions at a clinic."),
        ("finasteride", {"comfort": "no-needles"}, Side.FOR, "No needles."),
        ("hair-transplant", {"comfort": "no-needles"}, Side.AGAINST, "Yes, needles are used."),
        ("minoxidil", {"budget": "tight"}, Side.UNKNOWN, "What it costs"),
    ],
)
def test_what_nobody_gathered_is_not_called_unknown(slug, answer, side, text):
    (point,) = option(slug, **answer).points
    assert (point.side, point.text) == (side, text)
    assert point.said == ("We did not look this up" if side is Side.UNKNOWN else _OF_STUDIES)


def test_no_treatment_is_not_proven_to_grow_hair():
    (point,) = option("no-treatment", proof="proven").points
    assert point.side is Side.AGAINST


@pytest.mark.parametrize("support", ["contested", "unsupported"])
def test_what_only_clinics_say_speaks_for_nothing(support):
    change("prp", first_results_low=8, first_results_high=12)
    assert option("prp", speed="soon").points[0].side is Side.FOR
    claims = Claim.objects.filter(treatment__slug="prp", topic=Topic.FIRST_RESULTS)
    claims.update(support=support)
    (point,) = option("prp", speed="soon").points
    assert point.side is Side.UNKNOWN
    assert point.said == f"Clinics say · {claims.first().get_support_display()}"


@pytest.mark.parametrize(
    ("support", "side"),
    [
        ("supported", Side.FOR),
        ("partly", Side.FOR),
        ("unsupported", Side.UNKNOWN),
        ("contested", Side.AGAINST),
    ],
)
def test_severity_follows_whom_it_suits(support, side):
    rows = Suitability.objects.filter(treatment__slug="prp")
    rows.update(severity="")
    Suitability.objects.filter(pk=rows.first().pk).update(severity="early", support=support)
    (point,) = option("prp", severity="early").points
    assert point.side is side
    assert point.text.endswith(f"{rows.first().who_en}.")


def test_every_point_says_what_stands_behind_it():
    answers = {
        "severity": "advanced",
        "speed": "soon",
        "budget": "tight",
        "visits": "few",
        "comfort": "no-needles",
        "proof": "proven",
        "upkeep": "little",
    }
    for treatment in Treatment.objects.all():
        points = option(treatment.slug, **answers).points
        assert len(points) >= 7
        assert all(point.said and point.text and point.anchor for point in points)


def test_questions_to_ask_follow_the_answers():
    general = {row.pk for row in decision.questions_to_ask(read_answers({}))}
    with_speed = decision.questions_to_ask(read_answers({"speed": "soon"}))
    assert {row.concern for row in with_speed} == {"", "speed"}
    assert general < {row.pk for row in with_speed}


def test_the_page_asks_and_the_address_answers(client: Client):
    response = client.get("/decide/")
    assert response.status_code == 200
    assert response.content.decode().count("<fieldset") == 7

    words = words_of(client.get("/decide/?severity=advanced&speed=soon&proof=proven&result=1"))
    assert "How soon do you hope to see a result? Within about three months" in words
    assert "First results after 8–12 weeks." in words
    assert "Clinics say · Evidence disagrees" in words
    assert "First: see a doctor if you notice" in words
    assert "winner" in words


def test_every_option_is_told_in_full_and_with_its_serious_harms(client: Client):
    html = client.get("/decide/?speed=soon&budget=tight&result=1").content.decode()
    options = html.split('aria-labelledby="option-')[1:]
    assert len(options) == Treatment.objects.count()
    for treatment in Treatment.objects.all():
        (part,) = (text for text in options if text.startswith(f'{treatment.slug}"'))
        assert f">{treatment.name_en}</a></h3>" in part
        assert treatment.summary_en.strip() in part
        harms = treatment.side_effects.filter(seriousness="serious")
        summary = part.partition("<summary>")[2].partition("</summary>")[0]
        for harm in harms:
            assert harm.name_en in summary
            assert escape(harm.description_en.strip()) in part
        assert ("none in the facts that we gathered" in part) == (not harms)
    assert "Finasteride (men only)" in html


def test_every_point_leads_to_its_fact(client: Client):
    query = "severity=advanced&speed=soon&proof=proven&budget=tight&visits=few&upkeep=little"
    html = client.get(f"/decide/?{query}&comfort=no-needles&result=1").content.decode()
    links = {part.split('"')[0] for part in html.split('class="point__said" href="')[1:]}
    assert links
    for link in links:
        page, _, anchor = link.partition("#")
        assert f'id="{anchor}"' in client.get(page).content.decode(), link


@pytest.mark.parametrize(
    "query",
    [
        "severity=purple&speed=soon&result=1",
        "speed=soon&severity=%00&result=1",
        "speed=soon&severity=<script>alert(1)</script>&result=1",
        "speed=soon&budget=" + "x" * 4000 + "&result=1",
    ],
)
def test_a_stale_or_hostile_address_gets_the_form_with_what_was_understood(client: Client, query):
    response = client.get(f"/decide/?{query}")
    html = response.content.decode()
    assert response.status_code == 422
    assert "Part of the address was not an answer of ours" in html
    assert 'id="speed-soon" checked' in html
    assert "<script>alert" not in html


def test_the_last_of_two_answers_counts(client: Client):
    html = client.get("/decide/?speed=soon&speed=can-wait").content.decode()
    assert 'id="speed-can-wait" checked' in html


def test_the_answers_go_along_to_the_request(client: Client):
    html = client.get("/decide/?speed=soon&proof=proven&result=1").content.decode()
    assert "/consultation/?speed=soon&amp;proof=proven&amp;from=/decide/" in html
