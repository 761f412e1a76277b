from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from clinic_site.models import Clinic


def clinic(request: HttpRequest) -> dict[str, object]:
    """The clinic for every page; read from the database only by the pages that name it."""
    return {"clinic": SimpleLazyObject(Clinic.objects.current)}
