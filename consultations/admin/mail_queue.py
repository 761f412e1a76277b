"""The mail queue's own pages are left out of the admin.

They show patients' links, and one sends a mail again when it is merely opened. What the desk
must know of a mail stands on the page of its request.
"""

import post_office.admin  # noqa: F401  it registers what is taken out here
from django.contrib import admin
from post_office.models import Attachment, Email, EmailTemplate, Log

admin.site.unregister([Attachment, Email, EmailTemplate, Log])
