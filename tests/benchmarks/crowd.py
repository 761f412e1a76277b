"""A crowd of requests with all that happened to them, as after a long time in service.

Made in bulk and always the same, so that pages can be measured with it. Nobody in it is real.
"""

import random
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from itertools import chain

from django.contrib.auth.models import User
from django.db import connection, transaction
from django.utils import timezone
from phonenumber_field.phonenumber import PhoneNumber

from consultations import search
from consultations.models import (
    Appointment,
    ConsultationRequest,
    Message,
    Practitioner,
    PreferredTime,
    RequestEvent,
    SearchTerm,
    State,
    WorkingHours,
)
from consultations.privacy import PRIVACY_VERSION
from treatments.models import Treatment
from treatments.versions import current_version

A_WEEK = 2000
BATCH = 2000
TERMS_AT_ONCE = 400  # two values each, and SQLite takes 999 in one statement
OPENS, CLOSES = time(10), time(18)
SLOTS_A_DAY = 16  # of half an hour, for one practitioner
DAY = timedelta(days=1)
FURTHEST = 20  # days from a request to its appointment
SOURCE_PAGES = ["", "/", "/treatments/exosomes/", "/treatments/prp/", "/compare/exosomes-vs-prp/"]
# What comes of requests: within three days, and of those that are older.
SOON = [State.NEW, State.CONTACTED, State.CONTACTED, *[State.CONFIRMED] * 3]
ENDS = [*[State.CONFIRMED] * 13, *[State.DECLINED] * 3, *[State.WITHDRAWN] * 3, State.CONTACTED]
# What becomes of an appointment.
VISITS = [*[State.ATTENDED] * 11, *[State.NO_SHOW] * 2]
PATHS = {
    State.NEW: [],
    State.CONTACTED: [State.CONTACTED],
    State.CONFIRMED: [State.CONTACTED, State.CONFIRMED],
    State.ATTENDED: [State.CONTACTED, State.CONFIRMED, State.ATTENDED],
    State.NO_SHOW: [State.CONTACTED, State.CONFIRMED, State.NO_SHOW],
    State.DECLINED: [State.CONTACTED, State.DECLINED],
    State.WITHDRAWN: [State.WITHDRAWN],
}


def gather(count: int, *, a_week: int = A_WEEK, seed: int = 1) -> None:
    """Store `count` requests that came in evenly up to now, `a_week` of them each week.

    The newest has number `count`: "Sample patient 7", HC-00007, +92 300 0000007. One in ten is
    called Khan.
    """
    with transaction.atomic(), _in_bulk():
        crowd = _Crowd(count, a_week, random.Random(seed))
        for first in range(1, count + 1, BATCH):
            crowd.store(range(first, min(first + BATCH, count + 1)))


@contextmanager
def _in_bulk() -> Iterator[None]:
    """Spares SQLite what takes it minutes.

    It would compare each appointment with all before it, and write a page of an index to disk
    and read it again for nearly every row, because so few of them fit in its usual 2 MB.
    """
    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA cache_size = -1000000")  # kB; for as long as the connection lasts
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        triggers = cursor.fetchall()
        for name, _sql in triggers:
            cursor.execute(f"DROP TRIGGER {connection.ops.quote_name(name)}")
        yield
        for _name, sql in triggers:
            cursor.execute(sql)


class _Crowd:
    def __init__(self, count: int, a_week: int, chance: random.Random) -> None:
        self.count, self.chance = count, chance
        self.apart = timedelta(weeks=1) / a_week
        self.now = timezone.now()
        self.today = timezone.localdate(self.now)
        self.version = current_version()
        self.treatments = [None, *Treatment.objects.published()]
        self.names = [str(one.words.name) if one else "" for one in self.treatments]
        self.clerk = User.objects.get_or_create(username="sample-clerk")[0]
        self.agreed: Counter[date] = Counter()
        needed = a_week // 6 // SLOTS_A_DAY + 1
        Practitioner.objects.bulk_create(
            Practitioner(name_en=f"Sample practitioner {number}", title_en="Sample title",
                         languages_en="English", registration_number="SAMPLE")
            for number in range(needed - Practitioner.objects.count())
        )  # fmt: skip
        self.practitioners = list(Practitioner.objects.all())
        WorkingHours.objects.all().delete()
        WorkingHours.objects.bulk_create(
            WorkingHours(practitioner=one, weekday=weekday, opens=OPENS, closes=CLOSES)
            for one in self.practitioners
            for weekday in range(7)
        )

    def store(self, numbers: range) -> None:
        drafts = [self.request(number) for number in numbers]
        appointments = [one for request in drafts if (one := self.appointment(request))]
        requests = ConsultationRequest.objects.bulk_create(drafts)
        self.make_findable(requests)
        events = [event for request in requests for event in self.events_of(request)]
        RequestEvent.objects.bulk_create(events, BATCH)
        PreferredTime.objects.bulk_create(
            (
                PreferredTime(request=request, starts_at=self.wish(request, days))
                for request in requests
                for days in self.chance.sample(range(2, 9), self.chance.randrange(3))
            ),
            BATCH,
        )
        Appointment.objects.bulk_create(appointments, BATCH)
        Message.objects.bulk_create(
            [message for request in requests for message in self.messages_of(request)], BATCH
        )

    def make_findable(self, requests: list[ConsultationRequest]) -> None:
        """As search.index does: a dozen rows a request, too many to make an object of each."""
        rows = [(request.pk, term) for request in requests for term in search.keys_of(request)]
        table = connection.ops.quote_name(SearchTerm._meta.db_table)
        with connection.cursor() as cursor:
            for first in range(0, len(rows), TERMS_AT_ONCE):
                some = rows[first : first + TERMS_AT_ONCE]
                cursor.execute(
                    f"INSERT INTO {table} (request_id, term) VALUES "
                    + ", ".join(["(%s, %s)"] * len(some)),
                    list(chain.from_iterable(some)),
                )

    def request(self, number: int) -> ConsultationRequest:
        chance = self.chance
        created_at = self.now - self.apart * (self.count - number)
        which = chance.randrange(len(self.treatments))
        return ConsultationRequest(
            reference=f"HC-{number:05}",
            submission_key=f"crowd-{number}",
            state=self.state_after(self.now - created_at),
            created_at=created_at,
            consented_at=created_at,
            language=chance.choice(["en", "ur", "ur"]),
            source_page=chance.choice(SOURCE_PAGES),
            name=f"Sample patient {number}{' Khan' * (number % 10 == 0)}",
            phone=PhoneNumber.from_string(f"+92300{number:07}"),
            email=f"patient-{number}@sample.example" if number % 2 else "",
            contact_by=chance.choice(["call", "whatsapp"]),
            treatment=self.treatments[which],
            treatment_name=self.names[which],
            red_flags=[{"key": "sudden", "name": "Sample sign"}] if number % 9 == 0 else [],
            message="A sample of what somebody writes. " * chance.randrange(6),
            privacy_version=PRIVACY_VERSION,
            facts_version=self.version,
        )

    def state_after(self, age: timedelta) -> State:
        if age < timedelta(hours=8):
            return State.NEW
        return self.chance.choice(SOON if age < timedelta(days=3) else ENDS)

    def events_of(self, request: ConsultationRequest) -> list[RequestEvent]:
        at, before = request.created_at, State.NEW
        events = [RequestEvent(request=request, at=at, what=before, to_state=before)]
        for state in PATHS[request.state]:
            at = min(at + timedelta(minutes=self.chance.randrange(5, 2000)), self.now)
            events.append(
                RequestEvent(request=request, at=at, what=state, from_state=before, to_state=state,
                             actor=self.clerk, note="A sample of a note.")
            )  # fmt: skip
            before = state
            if state == State.CONTACTED and self.chance.randrange(20) == 0:
                what = RequestEvent.What.WISHED
                events.append(
                    RequestEvent(
                        request=request, at=at, what=what, from_state=state, to_state=state
                    )
                )
        return events

    def messages_of(self, request: ConsultationRequest) -> list[Message]:
        """All are sent, but what is to be said by hand to whoever was given a time today."""
        kinds = [(Message.Kind.STAFF_NEW, Message.Channel.EMAIL)]
        if request.email:
            kinds.append((Message.Kind.RECEIVED, Message.Channel.EMAIL))
        if request.state == State.CONFIRMED:
            kinds.append((Message.Kind.CONFIRMED, Message.Channel(request.contact_by)))
        messages = []
        for kind, channel in kinds:
            is_sent = channel == Message.Channel.EMAIL or self.now - request.created_at > DAY
            messages.append(
                Message(
                    request=request,
                    kind=kind,
                    channel=channel,
                    key=f"{kind}:{channel}:{request.reference}",
                    state=Message.State.SENT if is_sent else Message.State.WAITING,
                    created_at=request.created_at,
                    settled_at=request.created_at if is_sent else None,
                )
            )
        return messages

    def appointment(self, request: ConsultationRequest) -> Appointment | None:
        """Within three weeks, with the first who is free that day; noted the day after."""
        if request.state != State.CONFIRMED:
            return None
        days = self.chance.randrange(1, FURTHEST + 1)
        day = timezone.localdate(request.created_at) + timedelta(days=days)
        # One diary is filled after the other, so that the first is full at any size.
        practitioner, slot = divmod(self.agreed[day], SLOTS_A_DAY)
        self.agreed[day] += 1
        if day < self.today:
            request.state = self.chance.choice(VISITS)
        starts_at = self.at(day, slot)
        return Appointment(
            request=request,
            practitioner=self.practitioners[practitioner],
            starts_at=starts_at,
            ends_at=starts_at + timedelta(minutes=30),
        )

    def wish(self, request: ConsultationRequest, days: int) -> datetime:
        day = timezone.localdate(request.created_at) + timedelta(days=days)
        return self.at(day, self.chance.randrange(SLOTS_A_DAY))

    def at(self, day: date, slot: int) -> datetime:
        opens = datetime.combine(day, OPENS, timezone.get_current_timezone())
        return opens + timedelta(minutes=30) * slot
