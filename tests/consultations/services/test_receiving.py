import threading

import pytest
from django.db import IntegrityError, connection
from django.utils import translation

from consultations.models import ConsultationRequest, Message, RequestEvent, State
from consultations.services import receive_request, receiving
from tests.consultations.factories import answers, make_request
from treatments.models import Treatment


def received(**changes: object) -> ConsultationRequest:
    return receive_request(answers=answers(**changes), sender="a browser", language="en")


@pytest.mark.django_db
def test_a_request_is_stored_as_it_was_said_with_its_first_event():
    request = receive_request(
        answers=answers(
            treatment=Treatment.objects.get(slug="prp"),
            message="When can I come?",
            red_flags=[{"key": "k", "name": "Bald patches"}],
        ),
        sender="a browser",
        language="ur",
        source_page="/compare/",
    )
    stored = ConsultationRequest.objects.get()
    assert stored == request
    assert stored.state == State.NEW
    assert stored.treatment_name == str(Treatment.objects.get(slug="prp").words.name)
    assert stored.red_flags == [{"key": "k", "name": "Bald patches"}]
    assert (stored.language, stored.source_page) == ("ur", "/compare/")
    event = stored.events.get()
    assert (event.from_state, event.to_state, event.actor) == ("", State.NEW, None)


@pytest.mark.django_db
def test_the_treatment_is_named_in_the_language_of_the_page():
    Treatment.objects.filter(slug="prp").update(name_ur="پی آر پی")
    with translation.override("ur"):
        request = received(treatment=Treatment.objects.get(slug="prp"))
    assert request.treatment_name == "پی آر پی"


# ---- sent twice


@pytest.mark.django_db
def test_the_same_sent_twice_by_one_browser_is_stored_once():
    first = received(email="ayesha@example.com")
    assert received(email="ayesha@example.com") == first
    assert ConsultationRequest.objects.count() == 1
    assert RequestEvent.objects.count() == 1
    assert Message.objects.count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    "changes",
    [
        {"name": "Ayesha Khan."},
        {"message": "And one more thing"},
        {"treatment": "prp"},
        {"preferred_days": [1]},
        {"red_flags": [{"key": "k", "name": "Bald patches"}]},
    ],
)
def test_one_changed_answer_makes_another_request(changes):
    if "treatment" in changes:
        changes = {"treatment": Treatment.objects.get(slug=changes["treatment"])}
    first = received()
    assert received(**changes) != first
    assert ConsultationRequest.objects.count() == 2


@pytest.mark.django_db
def test_another_browser_that_sends_the_same_gets_its_own_request():
    first = make_request(sender="a browser")
    second = make_request(sender="another browser")
    assert second.token != first.token


@pytest.mark.django_db
def test_the_key_tells_nothing_of_what_was_said():
    request = received()
    assert len(request.submission_key) == 64
    assert "Ayesha" not in request.submission_key


@pytest.mark.django_db(transaction=True)
def test_a_double_click_at_the_same_moment_is_stored_once(monkeypatch):
    """Both are past every look at what is there: what decides is the database."""
    both_store = threading.Barrier(2, timeout=30)
    store = receiving._store_request

    def meet_and_store(*arguments: object):
        # On SQLite the second waits for its turn, on PostgreSQL both write at once.
        if threading.current_thread().name.startswith("click"):
            threading.current_thread().name = "second try"
            both_store.wait()
        return store(*arguments)

    monkeypatch.setattr(receiving, "_store_request", meet_and_store)
    ready = threading.Barrier(2)
    got: list[object] = []

    def click() -> None:
        try:
            ready.wait()
            got.append(received(email="ayesha@example.com").token)
        except Exception as error:
            got.append(error)
        finally:
            connection.close()

    clicks = [threading.Thread(target=click, name=f"click {number}") for number in range(2)]
    for thread in clicks:
        thread.start()
    for thread in clicks:
        thread.join()

    token = ConsultationRequest.objects.get().token
    assert got == [token, token]
    assert RequestEvent.objects.count() == 1
    assert Message.objects.count() == 2


@pytest.mark.django_db
def test_a_reference_that_is_taken_is_drawn_again(monkeypatch):
    taken = received().reference
    drawn = iter([taken, taken, "HC-22222"])
    field = ConsultationRequest._meta.get_field("reference")
    monkeypatch.setattr(field, "_get_default", lambda: next(drawn))
    assert received(name="Bilal").reference == "HC-22222"


@pytest.mark.django_db
def test_what_the_database_refuses_for_good_is_not_tried_for_ever():
    with pytest.raises(IntegrityError):
        received(contact_by="email")
    assert not ConsultationRequest.objects.exists()
