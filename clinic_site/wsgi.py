"""The WSGI entry point that gunicorn serves."""

import os
import re
from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIEnvironment

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic_site.settings")

_django = get_wsgi_application()
_BOUNDARY = re.compile(r';\s*(boundary=(?:"[^"]*"|[^\s;]+))', re.IGNORECASE)


def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Django's application, for which every body is in UTF-8, as those of browsers are.

    Before any middleware can help, Django looks up whichever character set a Content-Type names,
    and fails at one that is unknown or that is none of text.
    """
    content_type = environ.get("CONTENT_TYPE", "")
    kind, boundary = content_type.partition(";")[0], _BOUNDARY.search(content_type)
    environ["CONTENT_TYPE"] = f"{kind}; {boundary[1]}" if boundary else kind
    return _django(environ, start_response)
