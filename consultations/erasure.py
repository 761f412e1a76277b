"""Erasing people: everything they told us and that we told them, wherever it lies."""

import re
from collections.abc import Iterable
from email import message_from_bytes, policy
from pathlib import Path

from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.db import models, transaction
from django.db.models import Model, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from post_office.models import Attachment, Email

from clinic_site import audit, compaction
from clinic_site.models import AccessRecord
from consultations.models import Appointment, ConsultationRequest, Message
from consultations.models.appointments import new_uid

# How Django ends a mail that it writes to a file, where another mail or nothing follows.
_END_OF_MAIL = re.compile(rb"(?<=\n)-{79}\n(?=\S+: |\Z)")


class Reason(models.TextChoices):
    """Why somebody is erased. Listed, because words of staff's own could name the person."""

    ASKED = "asked", _("The person asked for it")
    MISTAKE = "mistake", _("It should not have been stored")
    EXPIRED = "expired", _("The time for which we keep it is over")


def erase_person(
    *, requests: Iterable[ConsultationRequest], actor: User | None, reason: Reason
) -> int:
    """Erase what somebody asked, so that no trace is left, and say how many requests it were.

    Requests that are gone already are passed over.
    """
    erased = erase_rows(requests=requests, actor=actor, reason=reason)
    if erased:
        compaction.leave_no_trace()
    return erased


@transaction.atomic
def erase_rows(
    *, requests: Iterable[ConsultationRequest], actor: User | None, reason: Reason
) -> int:
    """Erase these requests with all that hangs on them, but for the traces in a database's file.

    All of it: what happened, wishes, messages, the mails with their attachments and the copies
    of mails in files, what the admin noted, appointments that have not taken place. Of those
    that have, a practitioner and a time stay for the books.
    """
    keys = [request.pk for request in requests]
    chosen = ConsultationRequest.objects.select_for_update().filter(pk__in=keys)
    rows = list(chosen)
    if not rows:
        return 0
    # The worker makes a mail of a message under this lock: it has made it by now, or never will.
    list(Message.objects.select_for_update().filter(request__in=rows).values_list("pk"))
    mails = Email.objects.filter(pk__in=list(_mails_of(rows).values_list("pk", flat=True)))
    marks = {mark for row in rows for mark in (row.reference, row.token)}
    marks.update(mails.filter(message_id__isnull=False).values_list("message_id", flat=True))
    _erase_admin_log(rows, mails)
    _erase_mails(mails)
    _detach_appointments(rows)
    audit.forget(rows)
    for row in rows:
        # The reason stands where the reference would.
        audit.record(by=actor, action=AccessRecord.Action.ERASED, thing=row, reference=reason.value)
    chosen.delete()
    erase_mail_files(marks)
    return len(rows)


def _mails_of(rows: list[ConsultationRequest]) -> QuerySet[Email]:
    """Their mails, and those to the desk about them."""
    those = Q(message_of__request__in=rows)
    for row in rows:
        # From the time when no message was kept beside a mail.
        those |= Q(subject__contains=row.reference)
    return Email.objects.filter(those)


def _erase_mails(mails: QuerySet[Email]) -> None:
    attachments = list(Attachment.objects.filter(emails__in=mails).distinct())
    mails.delete()
    for attachment in attachments:
        if not attachment.emails.exists():
            attachment.file.delete(save=False)
            attachment.delete()


def _erase_admin_log(rows: list[ConsultationRequest], mails: QuerySet[Email]) -> None:
    """What the admin noted about them: the record of who looked at what holds the bare facts."""
    relations = ConsultationRequest._meta.related_objects
    things: list[QuerySet[Model]] = [
        relation.related_model._base_manager.filter(**{f"{relation.field.name}__in": rows})
        for relation in relations
    ]
    for those in [*things, mails, ConsultationRequest.objects.filter(pk__in=[r.pk for r in rows])]:
        LogEntry.objects.filter(
            content_type=ContentType.objects.get_for_model(those.model),
            object_id__in=[str(pk) for pk in those.values_list("pk", flat=True)],
        ).delete()


def _detach_appointments(rows: list[ConsultationRequest]) -> None:
    theirs = Appointment.objects.filter(request__in=rows)
    theirs.exclude(pk__in=theirs.standing().filter(starts_at__lte=timezone.now())).delete()
    for appointment in theirs:
        # The patient's calendar knows the old one.
        appointment.request, appointment.uid = None, new_uid()
        appointment.save(update_fields=["request", "uid"])


def erase_mail_files(marks: Iterable[str]) -> None:
    """Take the mails that have one of these `marks` in them out of the folder of mails.

    There are some where the site has no mail server, or once had none.
    """
    for path in Path(settings.EMAIL_FILE_PATH).glob("*.log"):
        mails = _END_OF_MAIL.split(path.read_bytes())
        kept = [mail for mail in mails if mail and not any(mark in _text(mail) for mark in marks)]
        if not kept:
            path.unlink()
        elif len(kept) < len([mail for mail in mails if mail]):
            path.write_bytes(b"".join(mail + b"-" * 79 + b"\n" for mail in kept))


def _text(mail: bytes) -> str:
    """Everything in a mail that can be read, however it is encoded."""
    message = message_from_bytes(mail, policy=policy.default)
    parts = [part.get_content() for part in message.walk() if part.get_content_maintype() == "text"]
    return "\n".join([*map(str, message.values()), *parts])
