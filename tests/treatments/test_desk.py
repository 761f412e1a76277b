from datetime import date

import pytest
import time_machine
from django.contrib.auth.models import Permission, User
from django.test import Client

from treatments.models import Claim, Treatment

pytestmark = pytest.mark.usefixtures("content")


@pytest.fixture
def editor(client: Client) -> Client:
    user = User.objects.create_user("editor", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(content_type__app_label="treatments"))
    client.force_login(user)
    return client


def lines(client: Client, slug: str) -> list[tuple[str, str]]:
    panels = {panel.slug: panel for panel in client.get("/admin/").context["panels"]}
    return [(line.text, line.detail or line.waiting) for line in panels[slug].lines]


@time_machine.travel("2026-11-24T06:00:00Z", tick=False)
def test_facts_that_should_have_been_read_again_wait_longest_first(editor: Client):
    Treatment.objects.update(review_due=date(2027, 1, 1))
    Treatment.objects.filter(slug="prp").update(review_due=date(2026, 11, 17))
    Treatment.objects.filter(slug="exosomes").update(review_due=date(2026, 10, 24))
    assert [since for _text, since in lines(editor, "review")] == ["1\xa0month", "1\xa0week"]


def test_each_list_that_lacks_urdu_leads_to_its_gaps(editor: Client):
    assert lines(editor, "urdu") == []
    claim = Claim.objects.filter(treatment=None).first() or Claim.objects.first()
    type(claim).objects.filter(pk=claim.pk).update(statement_ur="")
    assert [detail for _text, detail in lines(editor, "urdu")] == ["1 entry"]
    url = editor.get("/admin/").context["panels"][-1].lines[0].url
    assert editor.get(url).status_code == 200


def test_who_edits_nothing_is_not_asked(client: Client):
    client.force_login(User.objects.create_user("clerk", is_staff=True))
    assert client.get("/admin/").context["panels"] == []
