import re
from datetime import date, timedelta

import pytest
import time_machine
from crispy_forms.utils import render_crispy_form
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from django.utils.html import escape

from consultations.forms import ConsultationForm
from consultations.privacy import PRIVACY_VERSION
from tests.consultations.factories import accepted, refused, typed
from treatments.models import Precaution, RedFlag, Stage, Treatment

pytestmark = pytest.mark.usefixtures("content")


def test_the_fewest_answers_are_enough():
    answers = accepted()
    assert answers["treatment"] is None
    assert answers["name"] == "Ayesha Khan"
    assert answers["phone"].as_e164 == "+923001234567"
    assert answers["part_of_day"] == "any"
    assert answers["privacy_version"] == PRIVACY_VERSION
    assert "consent" not in answers
    assert "source_page" not in answers


def test_an_empty_form_names_everything_that_is_missing():
    form = ConsultationForm({})
    assert set(form.errors) == {"name", "phone", "contact_by", "consent"}
    assert form.errors["name"] == ["Write your name."]
    assert form.errors["phone"] == ["Write a phone number at which we can reach you."]


# ---- treatment


def test_the_treatments_offered_can_be_chosen_and_no_others():
    offered = Treatment.objects.published().offered()
    choices = [value for value, _ in ConsultationForm().fields["treatment"].choices]
    assert choices == [*offered.values_list("slug", flat=True), ""]
    assert accepted(treatment="prp")["treatment"] == Treatment.objects.get(slug="prp")


@pytest.mark.parametrize("slug", ["minoxidil", "snake-oil", "\x00", "a" * 5000])
def test_a_treatment_that_is_not_offered_is_refused(slug):
    assert refused("treatment", treatment=slug).startswith("We do not offer this treatment now.")


def test_a_draft_is_not_offered():
    Treatment.objects.filter(slug="prp").update(status=Treatment.Status.DRAFT)
    refused("treatment", treatment="prp")


@pytest.mark.parametrize(
    ("asked", "chosen"), [("prp", "prp"), (None, ""), ("snake-oil", ""), ("minoxidil", "")]
)
def test_an_address_can_choose_a_treatment_beforehand(asked, chosen):
    assert ConsultationForm(initial={"treatment": asked})["treatment"].value() == chosen


# ---- how to be reached


def test_whatsapp_needs_a_mobile_number():
    message = refused("contact_by", phone="051 2345678", contact_by="whatsapp")
    assert message.startswith("A landline cannot get WhatsApp.")
    accepted(phone="051 2345678", contact_by="call")
    accepted(phone="0300 1234567", contact_by="whatsapp")
    accepted(phone="+44 20 7946 0958", contact_by="whatsapp")
    accepted(phone="+1 212 555 2368", contact_by="whatsapp")


def test_to_be_reached_by_email_takes_an_address():
    message = refused("email", contact_by="email")
    assert message == "Write your e-mail address, or choose another way to be reached."
    accepted(contact_by="email", email="ali@example.com")


def test_an_unknown_way_to_be_reached():
    assert refused("contact_by", contact_by="pigeon").startswith("Choose from the list")


# ---- what is chosen from the content


def test_what_was_ticked_is_kept_in_the_words_that_were_shown():
    flag = RedFlag.objects.get(content_key="red-flags/bald-patches")
    precaution = Precaution.objects.get(content_key="precautions/cancer")
    precaution.name_ur = "مجھے کینسر ہے"
    precaution.save()
    with translation.override("ur"):
        answers = accepted(red_flags=[flag.pk], precautions=[precaution.pk])
    assert answers["red_flags"] == [{"key": flag.content_key, "name": flag.name_ur}]
    assert answers["precautions"] == [{"key": "precautions/cancer", "name": "مجھے کینسر ہے"}]


def test_a_point_that_staff_added_is_kept_by_its_number():
    flag = RedFlag.objects.create(name="A new sign", name_en="A new sign")
    assert accepted(red_flags=[flag.pk])["red_flags"] == [
        {"key": str(flag.pk), "name": "A new sign"}
    ]


def test_only_precautions_of_what_is_offered_are_asked_for():
    precaution = Precaution.objects.create(name="Elsewhere", name_en="Elsewhere")
    precaution.treatments.set([Treatment.objects.get(slug="hair-transplant")])
    refused("precautions", precautions=[precaution.pk])
    precaution.treatments.add(*Treatment.objects.offered())
    offered = [key for key, _ in ConsultationForm().fields["precautions"].choices]
    assert offered.count(str(precaution.pk)) == 1


@pytest.mark.parametrize("field", ["red_flags", "precautions", "preferred_days"])
@pytest.mark.parametrize("value", ["999999", "x", "\x00"])
def test_a_tick_that_is_not_in_the_list(field, value):
    assert refused(field, **{field: [value]}).startswith("Choose from the list")


@pytest.mark.parametrize("field", ["pattern", "since_when", "part_of_day"])
def test_a_choice_that_is_not_in_the_list(field):
    assert refused(field, **{field: "nonsense"}).startswith("Choose from the list")


def test_the_pattern_is_kept_in_words():
    stage = Stage.objects.get(scale__content_key="scales/norwood-hamilton", label="IV")
    stored = accepted(pattern=stage.pk)["pattern"]
    assert stored.startswith("Norwood–Hamilton scale IV: The temples are bare")
    assert accepted(pattern="not_sure")["pattern"] == "I am not sure"
    assert accepted()["pattern"] == ""


def test_each_step_is_drawn_beside_its_words():
    html = str_of(ConsultationForm())
    for stage in Stage.objects.select_related("scale"):
        view = f"{stage.scale.content_key.removeprefix('scales/')}-{stage.label.lower()}"
        option = html.split(f'name="pattern" value="{stage.pk}"')[1].split("</label>")[0]
        assert f'stages.svg#{view}" width="96" height="96" alt="" loading="lazy">' in option
        assert f"<strong>{stage.label}:</strong> {escape(stage.description)}" in option


# ---- time


@pytest.fixture
def evening_in_utc():
    """Still 22 November in London, already the 23rd in Islamabad."""
    with time_machine.travel("2026-11-22T20:00:00+00:00", tick=False):
        yield


@pytest.mark.usefixtures("evening_in_utc")
def test_the_earliest_date_is_counted_in_karachi():
    assert accepted(earliest_date="2026-11-23")["earliest_date"] == date(2026, 11, 23)
    assert refused("earliest_date", earliest_date="2026-11-22").startswith("This day is over.")


@pytest.mark.usefixtures("evening_in_utc")
def test_the_earliest_date_is_at_most_half_a_year_ahead():
    last = date(2026, 11, 23) + timedelta(days=183)
    accepted(earliest_date=last.isoformat())
    message = refused("earliest_date", earliest_date=(last + timedelta(days=1)).isoformat())
    assert message == "This is too far ahead. Choose a day up to 25 May 2027."
    refused("earliest_date", earliest_date="2028-11-23")
    attrs = ConsultationForm().fields["earliest_date"].widget.attrs
    assert (attrs["min"], attrs["max"]) == (date(2026, 11, 23), last)


@pytest.mark.parametrize("value", ["soon", "2026-02-30", "\x00", "9" * 5000])
def test_a_date_that_is_none(value):
    assert refused("earliest_date", earliest_date=value).startswith("Choose a date")


def test_days_are_kept_as_numbers():
    assert accepted(preferred_days=["0", "4"])["preferred_days"] == [0, 4]


# ---- consent


def test_no_consent():
    form = ConsultationForm(typed(consent=""))
    assert list(form.errors) == ["consent"]
    assert form.errors["consent"][0].startswith("Tick the box if you agree")


@pytest.mark.parametrize("version", ["2020-01-01", "", None, "\x00"])
def test_consent_to_another_version_is_asked_for_again(version):
    data = typed(privacy_version=version)
    form = ConsultationForm({key: value for key, value in data.items() if value is not None})
    assert list(form.errors) == ["consent"]
    assert form.errors["consent"][0].startswith("The privacy notice has changed")
    assert f'value="{PRIVACY_VERSION}"' in str(form["privacy_version"])
    assert "checked" not in str(form["consent"])


def test_consent_stays_ticked_when_something_else_is_wrong():
    form = ConsultationForm(typed(name=""))
    assert "checked" in str(form["consent"])


# ---- where the person came from


@pytest.mark.parametrize(
    ("came_from", "kept"),
    [
        ("/compare/exosomes-vs-prp/", "/compare/exosomes-vs-prp/"),
        ("/ur/treatments/prp/", "/ur/treatments/prp/"),
        ("/", "/"),
        ("", ""),
        ("//evil.example/", ""),
        ("https://evil.example/", ""),
        ("/compare/?answers=secret", ""),
        ("/consultation/LQKy0rJcKUp5Jk2dFZpNbAmmFJ5yaD8OzL2v_eiJ0FI/", ""),
        ("/" + "a" * 200 + "/", ""),
        ("/\x00/", ""),
        ("/compare/\n", ""),
    ],
)
def test_only_pages_of_this_site_are_remembered(came_from, kept):
    form = ConsultationForm(typed(source_page=came_from))
    assert form.is_valid()
    assert form.cleaned_data["source_page"] == kept


# ---- the form itself


def test_few_questions_are_in_sight():
    html = str_of(ConsultationForm())
    in_sight = re.sub(r"<details(?![^>]* open>).*?</details>", "", html, flags=re.DOTALL)
    asked = [field.name for field in ConsultationForm().visible_fields() if
             f'name="{field.html_name}"' in in_sight]  # fmt: skip
    assert len(asked) <= 12
    assert {"red_flags", "precautions", "preferred_times", "consent"} <= set(asked)


def test_an_optional_part_opens_only_where_something_was_said_or_is_wrong():
    assert str_of(ConsultationForm()).count('--optional" open>') == 0
    assert str_of(ConsultationForm(typed(name=""))).count('--optional" open>') == 0
    assert str_of(ConsultationForm(typed(since_when="longer"))).count('--optional" open>') == 1
    assert str_of(ConsultationForm(typed(earliest_date="soon"))).count('--optional" open>') == 1


def test_errors_and_help_are_tied_to_their_fields():
    html = str_of(ConsultationForm(typed(phone="x", contact_by="", earliest_date="soon")))
    assert 'aria-describedby="id_phone_helptext id_phone_error"' in html
    assert 'id="id_phone_error"' in html
    assert '<fieldset class="mb-3" role="radiogroup" aria-invalid="true" ' in html
    assert 'aria-describedby="id_contact_by_error"' in html
    assert html.count('aria-invalid="true"') == 3


def test_queries_do_not_grow_with_the_content():
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            str_of(ConsultationForm())
        return len(captured)

    few = queries()
    for number in range(20):
        RedFlag.objects.create(name=f"Sign {number}", name_en=f"Sign {number}")
        Stage.objects.create(scale_id=1, label=str(number), description="x", description_en="x")
        Precaution.objects.create(name="x", name_en="x").treatments.set(Treatment.objects.all())
    assert queries() == few == 6


def str_of(form: ConsultationForm) -> str:
    return render_crispy_form(form)
