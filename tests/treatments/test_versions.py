import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from treatments.models import FactsVersion, Finding, Treatment
from treatments.versions import current_version

pytestmark = pytest.mark.usefixtures("content")


def test_the_version_stays_while_nothing_changes():
    first = current_version()
    with CaptureQueriesContext(connection) as queries:
        assert current_version() == first
    assert len(queries) == 1


def test_a_version_holds_what_was_said():
    facts = current_version().facts
    prp = next(entry for entry in facts["treatment"] if entry["slug"] == "prp")
    assert prp["first_results"] == "13-26 weeks"
    assert any(
        entry["belongs_to"] == prp["id"] and "P4" in entry["sources"] for entry in facts["findings"]
    )


@pytest.mark.parametrize("how", ["add", "change", "remove"])
def test_any_change_makes_a_new_version(how):
    first = current_version()
    finding = Finding.objects.filter(treatment__slug="prp").last()
    if how == "add":
        Finding.objects.create(
            treatment=finding.treatment, topic="growth", statement="New.", certainty="low"
        )
    elif how == "change":
        finding.statement_en = "Changed."
        finding.save()
    else:
        finding.delete()
    assert current_version() != first
    assert FactsVersion.objects.count() == 2


def test_what_was_added_and_removed_again_makes_no_third_version():
    first = current_version()
    prp = Treatment.objects.get(slug="prp")
    added = Finding.objects.create(treatment=prp, topic="growth", statement="New.", certainty="low")
    second = current_version()
    added.delete()
    assert current_version() == first != second


def test_a_draft_is_not_part_of_it():
    prp = Treatment.objects.get(slug="prp")
    prp.status = Treatment.Status.DRAFT
    prp.save()
    facts = current_version().facts
    assert "prp" not in {entry["slug"] for entry in facts["treatment"]}
    assert prp.pk not in {entry["belongs_to"] for entry in facts["findings"]}
