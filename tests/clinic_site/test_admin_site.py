"""Who is let into the staff's part of the site, and what its front door leads to."""

import pytest
from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.urls import reverse

from clinic_site.admin_site import ClinicAdminSite
from clinic_site.roles import Role
from consultations.models import ConsultationRequest
from tests.consultations.factories import make_request
from tests.staff import make_staff, signed_in
from treatments.models import Treatment

pytestmark = pytest.mark.usefixtures("content")


def shortcut_to(thing) -> str:
    kind = ContentType.objects.get_for_model(thing)
    return reverse("admin:view_on_site", args=[kind.pk, thing.pk])


def test_the_admin_is_ours():
    assert isinstance(admin.site._wrapped if admin.site._wrapped else admin.site, ClinicAdminSite)


@pytest.mark.parametrize("role", [Role.OWNER, Role.FRONT_DESK, Role.EDITOR])
def test_no_shortcut_leads_to_a_patients_own_page(role):
    request = make_request()
    response = signed_in(make_staff(role)).get(shortcut_to(request))
    assert response.status_code == 403
    assert request.token not in response.content.decode()
    assert ConsultationRequest.objects.count() == 1


def test_a_shortcut_leads_to_the_page_of_a_fact_for_who_may_see_it():
    prp = Treatment.objects.get(slug="prp")
    editor = signed_in(make_staff(Role.EDITOR)).get(shortcut_to(prp))
    assert editor.headers["Location"].endswith("/treatments/prp/")
    assert signed_in(make_staff(Role.FRONT_DESK)).get(shortcut_to(prp)).status_code == 403


@pytest.mark.parametrize("address", ["/admin/r/x/1/", "/admin/r/0/1/", "/admin/r/%00/1/"])
def test_a_shortcut_to_nowhere_is_not_found(admin_client, address):
    assert admin_client.get(address).status_code == 404
