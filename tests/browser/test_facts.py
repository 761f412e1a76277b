"""An editor at work on the facts, in a real browser."""

import re

import pytest
from django.contrib.auth.models import Group, User
from playwright.sync_api import Page, expect

from clinic_site.roles import Role
from tests.browser.axe import violations_of
from tests.staff import make_staff, signed_in
from treatments.models import Finding, Treatment
from treatments.services import Cause, editing

LIST = "/admin/treatments/treatment/"


@pytest.fixture
def editor(page: Page, live_server) -> User:
    """Signed in, with one edit behind them that left a text without Urdu."""
    user = make_staff(Role.EDITOR)
    session = signed_in(user).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    with editing(actor=user, cause=Cause.EDIT):
        for treatment in Treatment.objects.filter(slug__in=["prp", "no-treatment"]):
            treatment.summary_en, treatment.summary_ur = "A new summary.", ""
            treatment.save()
            treatment.questions.all().delete()
    return user


def page_of(slug: str) -> str:
    return f"{LIST}{Treatment.objects.get(slug=slug).pk}/"


# One test for all of them: after each the whole database is put back.
def test_the_pages_of_an_editor_are_for_everyone(page: Page, editor):
    pages = [
        LIST,
        # The shortest form: axe takes a second for each hundred fields.
        page_of("no-treatment") + "change/",
        page_of("prp") + "history/",
        page_of("prp") + "preview/",
        f"{LIST}content/",
    ]
    found = {}
    for address in pages:
        assert page.goto(address).status == 200
        found[address] = violations_of(page)
    assert not {address: problems for address, problems in found.items() if problems}


def test_the_two_languages_stand_side_by_side_or_on_a_phone_below_each_other(page: Page, editor):
    page.goto(page_of("prp") + "change/")
    english, urdu = page.locator("#id_what_it_is_en"), page.locator("#id_what_it_is_ur")
    page.set_viewport_size({"width": 1280, "height": 800})
    left, right = english.bounding_box(), urdu.bounding_box()
    assert left["y"] == pytest.approx(right["y"], abs=2)
    assert left["x"] + left["width"] < right["x"]
    assert urdu.evaluate("e => getComputedStyle(e).direction") == "rtl"
    assert "Nastaliq" in urdu.evaluate("e => getComputedStyle(e).fontFamily")
    page.set_viewport_size({"width": 360, "height": 800})
    assert urdu.bounding_box()["y"] > english.bounding_box()["y"] + english.bounding_box()["height"]
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    page.locator("#findings-group summary").first.click()
    row = page.locator("#findings-0 .field-statement_ur").first
    assert row.evaluate("each => each.scrollWidth <= each.clientWidth")
    expect(page.locator("#id_summary_ur_helptext")).to_have_text("Urdu missing")


def test_the_box_for_picking_sources_speaks_urdu(page: Page, editor):
    finding = Finding.objects.filter(treatment__slug="prp").first()
    page.goto(f"/ur/admin/treatments/finding/{finding.pk}/change/")
    page.locator(".field-sources .select2-search__field").fill("no such source")
    expect(page.get_by_role("alert")).to_have_text("کچھ نہیں ملا")


def test_buttons_stand_clear_and_in_line(page: Page, editor):
    # Editors do not return to versions: owners do.
    editor.groups.set(Group.objects.filter(name=Role.OWNER))
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(page_of("prp") + "history/")
        heading = page.locator(".version h2").last.bounding_box()
        button = page.get_by_role("link", name="Return to this version").last.bounding_box()
        assert button["y"] > heading["y"] + heading["height"] + 8
    page.goto(page_of("prp") + "change/")
    rows: dict[int, int] = {}
    for tool in page.locator(".object-tools li").all():
        box = tool.bounding_box()
        y, x = round(box["y"]), round(box["x"])
        rows[y] = min(x, rows.get(y, x))
    assert len(rows) > 1
    assert len(set(rows.values())) == 1


def test_a_source_is_picked_by_name_or_added_in_place(page: Page, editor):
    finding = Finding.objects.filter(treatment__slug="prp").first()
    page.goto(f"/admin/treatments/finding/{finding.pk}/change/")
    page.locator(".field-sources .select2-selection").click()
    page.keyboard.type("Gupta")
    page.locator(".select2-results__option", has_text="Gupta").first.click()

    with page.expect_popup() as opened:
        page.locator("#add_id_sources").click()
    popup = opened.value
    popup.locator("#id_key").fill("Z9")
    popup.locator("#id_kind").select_option("study")
    popup.locator("#id_reference").fill("Sample study")
    popup.locator("[name=_save]").click()
    expect(page.locator(".field-sources")).to_contain_text("Z9: Sample study")

    page.locator("[name=_save]").click()
    cited = finding.sources.values_list("reference", flat=True)
    assert "Sample study" in cited
    assert any("Gupta" in reference for reference in cited)


def test_an_editor_looks_publishes_and_returns(page: Page, editor):
    page.goto(page_of("no-treatment") + "change/")
    page.get_by_role("button", name="Save and withdraw from the site").click()
    page.locator("#id_living_with_en").fill("Typed, not saved yet.")
    with page.expect_popup() as opened:
        page.get_by_role("link", name="Preview in English").click()
    preview = opened.value
    expect(preview.get_by_text("Patients cannot see this page.")).to_be_visible()
    expect(preview.get_by_text("This is what has been saved.")).to_be_visible()
    expect(preview.get_by_text("A new summary.").first).to_be_visible()
    preview.close()
    expect(page.locator("#id_living_with_en")).to_have_value("Typed, not saved yet.")
    page.get_by_role("button", name="Save and publish").click()
    expect(page.get_by_text("is on the site now")).to_be_visible()
    page.get_by_role("link", name="History", exact=True).click()
    page.get_by_role("link", name=re.compile("Return to this version")).last.click()
    page.get_by_role("button", name="Return to this version").click()
    expect(page.get_by_text("is again what it was")).to_be_visible()
    expect(page.locator("#id_summary_en")).not_to_have_value("A new summary.")
    assert Treatment.objects.get(slug="no-treatment").questions.exists()
