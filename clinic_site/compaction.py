"""Leaving nothing of what was deleted in the database's own files."""

import logging

from django.db import connection, transaction

logger = logging.getLogger(__name__)


def leave_no_trace() -> None:
    """Write SQLite's file anew without what was deleted, as soon as that is committed.

    Deleted rows stay in the free room of a file, and older states of pages in the log beside it,
    until something happens to need the room. PostgreSQL has its own housekeeping.
    A failure is logged, for what was deleted is so all the same.
    """
    if connection.vendor == "sqlite":
        transaction.on_commit(_write_anew, robust=True)


def _write_anew() -> None:
    with connection.cursor() as cursor:
        cursor.execute("VACUUM")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        is_busy, *_pages = cursor.fetchone()
    if is_busy:
        logger.warning("Somebody reads an older state: what was erased may still be in the log.")
