from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.contrib.sitemaps.views import sitemap
from django.urls import include, path

from clinic_site import views
from clinic_site.sitemaps import PageSitemap
from treatments.design import design_page
from treatments.sitemaps import ComparisonSitemap, OverviewSitemap, TreatmentSitemap

SITEMAPS = {
    "overviews": OverviewSitemap,
    "pages": PageSitemap,
    "treatments": TreatmentSitemap,
    "comparisons": ComparisonSitemap,
}

handler400 = "clinic_site.errors.bad_request"
handler403 = "clinic_site.errors.forbidden"
handler404 = "clinic_site.errors.not_found"
handler500 = "clinic_site.errors.server_error"

urlpatterns = [
    path("robots.txt", views.robots_txt, name="robots_txt"),
    path("sitemap.xml", sitemap, {"sitemaps": SITEMAPS}, name="sitemap"),
    path(".well-known/security.txt", views.security_txt, name="security_txt"),
    path("favicon.ico", views.favicon, name="favicon"),
    path("apple-touch-icon.png", views.apple_touch_icon, name="apple_touch_icon"),
    path("healthz", views.healthz, name="healthz"),
    *i18n_patterns(
        path(settings.ADMIN_PATH, admin.site.urls),
        path("", include("treatments.urls")),
        path("", include("consultations.urls")),
        path("contact/", views.contact, name="contact"),
        path("accessibility/", views.accessibility, name="accessibility"),
        prefix_default_language=False,
    ),
]

if settings.DEBUG:
    urlpatterns.append(path("design/", design_page, name="design"))
