"""Fill the database of a site that is measured, and count what each page takes.

For `manage.py shell`, where Django can be asked; says it all in one line of JSON.
"""

import json
import time
from datetime import timedelta
from typing import Any

from crowd import gather
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from clinic_site.models import Weekday
from consultations.forms import OnlineForm
from consultations.guards import new_stamp
from consultations.privacy import PRIVACY_VERSION
from consultations.wishes import as_sent
from treatments.models import Stage

MARKS = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE SAVEPOINT")


def prepare(count: int, pages: dict[str, str], form: str) -> None:
    start = time.monotonic()
    gather(count)
    if connection.vendor == "postgresql":  # which does it by itself, but later; SQLite never
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
    took = time.monotonic() - start

    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(User.objects.create_superuser("measuring"))
    costs = [cost_of(client, page) for page in pages.values()]
    answers = everything()
    costs.append(cost_of(client, form, answers))
    session = client.cookies["sessionid"].value
    print(json.dumps({"took": took, "costs": costs, "session": session, "answers": answers}))


def cost_of(client: Client, page: str, answers: dict[str, Any] | None = None) -> tuple[int, int]:
    """How many queries it takes, apart from the marks of a transaction, and how many bytes."""
    for number in (1, 2):  # the first time also finds out what is kept afterwards
        with CaptureQueriesContext(connection) as asked:
            if answers is None:
                answer = client.get(page)
            else:
                answer = client.post(page, answers | {"phone": f"0302 000000{number}"})
        expected = 200 if answers is None else 302
        assert answer.status_code == expected, (page, answer.status_code)
    queries = [query for query in asked if not query["sql"].startswith(MARKS)]
    return len(queries), len(answer.content)


def everything() -> dict[str, Any]:
    """The patients' form with every field filled in, every box ticked and three times wished."""
    form = OnlineForm({"treatment": "prp"})
    free = sorted({free.starts_at for free in form.free_times})

    def choices(name: str) -> list[str]:
        return [str(key) for key, _label in form.fields[name].choices if key]

    return {
        "treatment": "prp",
        "name": "Sample patient",
        "contact_by": "email",
        "email": "patient@sample.example",
        "red_flags": choices("red_flags"),
        "precautions": choices("precautions"),
        "message": "A sample of what somebody writes.",
        "pattern": str(Stage.objects.values_list("pk", flat=True)[0]),
        "since_when": choices("since_when")[0],
        "tried_before": "A sample of what somebody tried.",
        # The last that are offered, because the first will be over soon.
        "preferred_times": [as_sent(at) for at in free[-3:]],
        "earliest_date": timezone.localdate().isoformat(),
        "preferred_days": [str(day.value) for day in Weekday],
        "part_of_day": choices("part_of_day")[0],
        "source_page": "/treatments/prp/",
        "decision": "speed=soon",
        "bring_decision": "on",
        "privacy_version": PRIVACY_VERSION,
        "consent": "on",
        "stamp": new_stamp(timezone.now() - timedelta(minutes=1)),
    }
