from django.urls import path, register_converter

from consultations.views import asking, patients


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
    path("consultation/<token:token>/", patients.request_page, name="consultation_request"),
    path("privacy/", asking.privacy, name="privacy"),
]
