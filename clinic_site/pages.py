"""What public pages have in common."""

from collections.abc import Callable
from functools import wraps

from csp.decorators import csp_replace
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import patch_cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

View = Callable[..., HttpResponseBase]

# How long a cache may show a page after its facts have changed.
_MAX_AGE = 300


def public_page(view: View) -> View:
    """A page that is the same for everyone: read only, and open to every cache.

    It must not touch the session or the CSRF token, and runs no script; tests hold every page
    to it.
    """

    # Nothing here can be forged: a POST is answered 405, not asked for a token.
    @csrf_exempt
    @require_safe
    @csp_replace({"script-src": None})
    @wraps(view)
    def page(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        if response.status_code in {200, 301}:
            patch_cache_control(response, public=True, max_age=_MAX_AGE)
        return response

    return page
