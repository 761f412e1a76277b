"""The clinic's own pages, and the files that machines ask for."""

from datetime import timedelta

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from clinic_site import structured_data
from clinic_site.models import Clinic, Closure, Weekday
from clinic_site.pages import public_page


@public_page
def contact(request: HttpRequest) -> HttpResponse:
    clinic = Clinic.objects.current()
    week = list(clinic.opening_hours.all())
    hours = {row.weekday: row for row in week}
    crumbs = structured_data.breadcrumb_list(
        (_("Home"), reverse("home")), (_("Contact"), reverse("contact"))
    )
    return render(
        request,
        "clinic_site/contact.html",
        {
            "clinic": clinic,
            "week": [(day.label, hours.get(day.value)) for day in Weekday],
            "closures": Closure.objects.upcoming(),
            "structured_data": structured_data.document(
                structured_data.medical_clinic(clinic, week), crumbs
            ),
        },
    )


@public_page
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "clinic_site/accessibility.html")


@public_page
def robots_txt(request: HttpRequest) -> HttpResponse:
    lines = ["User-agent: *", "Disallow:", f"Sitemap: {settings.SITE_URL}{reverse('sitemap')}"]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@public_page
def security_txt(request: HttpRequest) -> HttpResponse:
    """Where to report a weakness (RFC 9116); `Expires` moves on, as the RFC asks."""
    expires = (timezone.now() + timedelta(days=180)).replace(hour=0, minute=0, second=0)
    lines = [
        f"Contact: mailto:{Clinic.objects.current().email}",
        f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: en, ur",
        f"Canonical: {settings.SITE_URL}{reverse('security_txt')}",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@public_page
def favicon(request: HttpRequest) -> HttpResponseBase:
    """Browsers ask for it on pages that name no icon, such as the admin's."""
    return redirect(static("img/favicon.ico"))


@public_page
def apple_touch_icon(request: HttpRequest) -> HttpResponseBase:
    """An iPhone that puts a page on its home screen asks for it unnamed."""
    return redirect(static("img/apple-touch-icon.png"))


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200 when the site can answer from its database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    response = HttpResponse("ok\n", content_type="text/plain; charset=utf-8")
    response.headers["Cache-Control"] = "no-store"
    return response
