from django.urls import path, register_converter

from consultations.views import asking, lost_link, patients


class TokenConverter:
    """What `secrets.token_urlsafe` makes; anything else is an unknown page."""

    regex = "[A-Za-z0-9_-]{20,64}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(TokenConverter, "token")

urlpatterns = [
    path("consultation/", asking.request_consultation, name="consultation"),
    path("consultation/lost-link/", lost_link.lost_link, name="lost_link"),
    path("consultation/lost-link/sent/", lost_link.lost_link_sent, name="lost_link_sent"),
    path("consultation/<token:token>/", patients.request_page, name="consultation_request"),
    path(
        "consultation/<token:token>/calendar.ics", patients.calendar, name="consultation_calendar"
    ),
    path("consultation/<token:token>/times/", patients.change_times, name="consultation_times"),
    path(
        "consultation/<token:token>/withdraw/",
        patients.withdraw_request,
        name="consultation_withdraw",
    ),
    path("privacy/", asking.privacy, name="privacy"),
]
