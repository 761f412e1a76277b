"""By which words a request is found."""

from django.db import models

from consultations.models.requests import ConsultationRequest


class SearchTerm(models.Model):
    """One beginning by which a request is found: a word of the name, the reference, the phone.

    Looking for a piece of text anywhere in a hundred thousand rows takes a second; looking for
    how a row of an index begins takes none. See `search.py`.
    """

    request = models.ForeignKey(
        ConsultationRequest, on_delete=models.CASCADE, related_name="search_terms"
    )
    # In hexadecimal: a range of it is the same in every collation of every database.
    term = models.CharField(max_length=160)

    class Meta:
        indexes = [
            models.Index(fields=["term", "request"], name="searchterm_begins_with"),
        ]

    def __str__(self) -> str:
        return self.term
