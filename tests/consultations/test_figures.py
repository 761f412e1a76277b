"""How it goes: the numbers, and the page on which the owner sees them."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from clinic_site.roles import Role
from consultations import services
from consultations.admin.figures import columns_of
from consultations.figures import Period, Row, figures_of
from consultations.models import ConsultationRequest, State
from tests.consultations.factories import make_request
from tests.consultations.test_erasure import confirm
from tests.pages import words_of
from tests.staff import make_staff, signed_in
from treatments.models import Treatment

pytestmark = [
    pytest.mark.usefixtures("content"),
    pytest.mark.time_machine(datetime(2026, 11, 25, 6, tzinfo=UTC)),  # a Wednesday
]

PAGE = "/admin/consultations/consultationrequest/how-it-goes/"
TODAY = date(2026, 11, 25)
NOVEMBER = Period(date(2026, 11, 1), date(2026, 11, 30))


@pytest.fixture
def desk() -> Client:
    return signed_in(make_staff(Role.OWNER))


def asked(at: datetime, **changes: object) -> ConsultationRequest:
    with time_machine.travel(at, tick=False):
        return make_request(sender=f"{at} {changes}", **changes)


def at(day: int, hour: int = 6, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


def pairs(rows: list[Row]) -> list[tuple[str, int]]:
    return [(str.__str__(str(row.label)), row.count) for row in rows]


# ---- Periods


def test_weeks_begin_on_monday_and_the_running_one_is_the_last():
    period = Period.of_weeks(12, TODAY)
    assert (period.first, period.last) == (date(2026, 9, 7), TODAY)
    assert period.mondays[0] == date(2026, 9, 7)
    assert period.mondays[-1] == date(2026, 11, 23)
    assert len(period.mondays) == 12


def test_a_period_holds_its_first_and_its_last_day_as_the_clinic_counts_them():
    """Islamabad is five hours ahead: its day begins at 19:00 UTC."""
    for moment in (at(9, 18, 59), at(9, 19), at(10, 18, 59), at(10, 19)):
        asked(moment, name=f"{moment}")
    one_day = Period(date(2026, 11, 10), date(2026, 11, 10))
    assert figures_of(one_day).total == 2


def test_a_week_in_which_nobody_asked_is_shown_as_one():
    asked(at(2))
    asked(at(16))
    asked(at(17), name="B")
    weeks = figures_of(Period(date(2026, 11, 3), date(2026, 11, 18))).weeks
    assert [(row.label.day, row.count) for row in weeks] == [(2, 0), (9, 0), (16, 2)]


# ---- Numbers


def test_requests_by_treatment_language_and_page():
    prp = Treatment.objects.get(slug="prp")
    for number in range(3):
        asked(at(10, minute=number), treatment=prp, language="ur", name=f"P {number}")
    asked(at(11))
    ConsultationRequest.objects.filter(language="ur").update(source_page="/treatments/prp/")

    figures = figures_of(NOVEMBER)

    assert pairs(figures.treatments) == [(str.__str__(prp.words.name), 3), ("Not sure", 1)]
    assert pairs(figures.languages) == [("Urdu", 3), ("English", 1)]
    assert pairs(figures.source_pages) == [("/treatments/prp/", 3), ("Not known", 1)]
    assert [row.percent for row in figures.languages] == [75, 25]


def test_pages_beyond_the_first_dozen_are_one_row():
    for number in range(15):
        request = asked(at(10, minute=number), name=f"P {number}")
        ConsultationRequest.objects.filter(pk=request.pk).update(source_page=f"/p/{number:02}/")
    pages = pairs(figures_of(NOVEMBER).source_pages)
    assert len(pages) == 13
    assert pages[-1] == ("Others", 3)


def test_outcomes_count_each_request_once_and_who_came_among_those_confirmed():
    clerk = make_staff(Role.FRONT_DESK)
    came, missed, withdrew, _open = (asked(at(day), name=f"P {day}") for day in (10, 11, 12, 13))
    declined = asked(at(14), name="P 14")
    for days, request in enumerate((came, missed), start=1):
        confirm(request, clerk, days=-days)
        services.mark_no_show(request=request, actor=clerk)
        services.note_contact(request=request, actor=clerk)
        confirm(request, clerk, days=-days - 3)
    services.mark_attended(request=came, actor=clerk)
    services.mark_no_show(request=missed, actor=clerk)
    services.withdraw(request=withdrew)
    services.decline(request=declined, actor=clerk, reason="")

    assert [row.count for row in figures_of(NOVEMBER).outcomes] == [2, 1, 1, 1, 1, 1]


def test_the_time_to_the_first_answer():
    clerk = make_staff(Role.FRONT_DESK)
    for number, minutes in enumerate([5, 10, 20, 30, 60, 70, 80, 90, 600, 6000]):
        sent = at(2, minute=number)
        request = asked(sent, name=f"P {number}")
        with time_machine.travel(sent + timedelta(minutes=minutes, seconds=59), tick=False):
            services.add_note(request=request, actor=clerk, note="no answer yet")
            services.note_contact(request=request, actor=clerk, reached=number % 2 == 0)
        with time_machine.travel(sent + timedelta(days=9), tick=False):
            services.note_contact(request=request, actor=clerk)
    asked(at(3))

    wait = figures_of(NOVEMBER).wait

    assert (wait.median, wait.most) == (60, 600)
    assert (wait.answered, wait.of) == (10, 11)


def test_a_wait_of_half_an_hour_is_one_of_thirty_minutes():
    clerk = make_staff(Role.FRONT_DESK)
    for minute in range(0, 60, 7):
        sent = at(2, minute=minute)
        request = asked(sent)
        with time_machine.travel(sent + timedelta(minutes=30), tick=False):
            services.note_contact(request=request, actor=clerk)
        wait = figures_of(NOVEMBER).wait
        assert (wait.median, wait.most) == (30, 30)


def test_what_patients_do_themselves_is_no_answer_of_the_clinic():
    request = asked(at(10))
    services.change_wish(request=request, preferred_times=[])
    services.withdraw(request=request)
    assert figures_of(NOVEMBER).wait.answered == 0


def test_without_requests_nothing_is_divided_by_nothing(desk):
    figures = figures_of(NOVEMBER)
    assert figures.total == 0
    assert {row.percent for row in figures.outcomes} == {0}
    assert figures.wait.median is None
    assert desk.get(PAGE).status_code == 200


# ---- The page


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        ({}, "From 7 September 2026 to 25 November 2026"),
        ({"period": "months"}, "From 1 December 2025 to 25 November 2026"),
        ({"period": "dates", "first": "2026-11-02", "last": "2026-11-03"},
         "From 2 November 2026 to 3 November 2026"),
    ],
)  # fmt: skip
def test_the_period_is_chosen(desk, chosen, said):
    assert said in words_of(desk.get(PAGE, chosen))


@pytest.mark.parametrize(
    ("chosen", "advice"),
    [
        ({"period": "dates"}, "Choose a day, so that the period is known."),
        ({"period": "dates", "first": "2026-11-02"}, "Choose a day, so that the period is known."),
        ({"period": "dates", "first": "2026-11-02", "last": "2026-11-01"}, "not before the first"),
        ({"period": "dates", "first": "2020-01-01", "last": "2026-11-01"}, "at most five years"),
        ({"period": "dates", "first": "0001-01-01", "last": "0001-01-01"}, "from this century"),
        ({"period": "dates", "first": "2026-11-02", "last": "9999-12-31"}, "from this century"),
        ({"period": "dates", "first": "9999-12-31", "last": "9999-12-31"}, "from this century"),
        ({"period": "dates", "first": "soon", "last": "\0"}, "write it like 2026-12-31"),
        ({"period": "for ever"}, "Select a valid choice"),
    ],
)
def test_a_period_that_is_none_is_answered_with_advice(desk, chosen, advice):
    response = desk.get(PAGE, chosen)
    assert response.status_code == 200
    assert "Error:" in words_of(response)
    assert advice in words_of(response)
    assert (
        desk.get(PAGE, {**chosen, "csv": "weeks"}).headers["Content-Type"].startswith("text/html")
    )


@pytest.mark.parametrize("key", ["weeks", "wait", "outcomes", "treatments", "languages", "pages"])
def test_each_chart_is_there_as_a_table_and_as_a_file(desk, key):
    asked(at(24))
    page = desk.get(PAGE).content.decode()
    assert f'id="chart-{key}"' in page
    assert f"csv={key}" in page
    response = desk.get(PAGE, {"csv": key})
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert len(response.content.decode().splitlines()) > 1


def test_a_file_holds_the_chosen_period_and_no_formula(desk):
    request = asked(at(10))
    ConsultationRequest.objects.filter(pk=request.pk).update(source_page="=1+1")
    chosen = {"period": "dates", "first": "2026-11-10", "last": "2026-11-10", "csv": "pages"}
    lines = desk.get(PAGE, chosen).content.decode().splitlines()
    assert lines == ["\ufeffPage,Requests,Share in percent", "'=1+1,1,100"]
    assert len(desk.get(PAGE, {**chosen, "last": "2026-11-30", "csv": "weeks"}).content.decode()
               .splitlines()) == 5  # fmt: skip


def test_the_page_names_nobody_and_has_no_style_of_its_own(desk):
    asked(at(24), email="ayesha@example.com")
    page = desk.get(PAGE).content.decode()
    for personal in ("Ayesha", "ayesha@", "300 123", ConsultationRequest.objects.get().reference):
        assert personal not in page
    assert " style=" not in page


def test_time_runs_from_right_to_left_in_urdu(desk):
    weeks = [Row(date(2026, 11, 2), 1, 5), Row(date(2026, 11, 9), 4, 5)]
    assert [(column.x, column.height) for column in columns_of(weeks)] == [(5, 25), (55, 100)]
    with override("ur"):
        assert [(column.x, column.height) for column in columns_of(weeks)] == [(55, 25), (5, 100)]
    response = desk.get(f"/ur{PAGE}")
    assert response.status_code == 200
    assert 'dir="rtl"' in response.content.decode()


def test_how_long_it_took_is_said_in_urdu_too(desk):
    request = asked(at(24, 1))
    with time_machine.travel(at(24, 3, 20), tick=False):
        services.note_contact(request=request, actor=make_staff(Role.FRONT_DESK))
    assert "2\xa0hours, 20\xa0minutes" in desk.get(PAGE).content.decode()
    assert "2\xa0گھنٹے، 20\xa0منٹ" in desk.get(f"/ur{PAGE}").content.decode()


def test_queries_do_not_grow(desk):
    def queries() -> int:
        with CaptureQueriesContext(connection) as made:
            assert desk.get(PAGE).status_code == 200
        return len(made)

    asked(at(10), treatment=Treatment.objects.first())
    few = queries()
    for number, treatment in enumerate(Treatment.objects.all()):
        asked(at(3 + number), treatment=treatment, name=f"P {number}", state=State.CONTACTED)
    assert queries() == few <= 25


@pytest.mark.parametrize("role", [Role.FRONT_DESK, Role.CLINICIAN, Role.EDITOR])
def test_only_the_owner_sees_it(role):
    desk = signed_in(make_staff(role))
    assert desk.get(PAGE).status_code == 403
    assert desk.get(PAGE, {"csv": "weeks"}).status_code == 403


def test_days_that_are_typed_and_not_used_are_said_to_be_so(desk: Client):
    typed = {"period": "weeks", "first": "2026-11-02", "last": "2026-11-03"}
    said = "The two days are not used. Choose “From one day to another”"
    assert said in words_of(desk.get(PAGE, typed))
    assert said not in words_of(desk.get(PAGE, typed | {"period": "dates"}))
    assert said not in words_of(desk.get(PAGE))
