"""Finding requests by the beginning of a word, a reference, an e-mail address or a phone number."""

import re
import unicodedata
from collections.abc import Iterable, Iterator

from django.db.models import Exists, F, OuterRef, QuerySet

from consultations import phones
from consultations.models import ConsultationRequest, ConsultationRequestQuerySet, SearchTerm

# How far a word is counted to see how common it is.
_MANY = 1000
# Of a number, so many of its last figures are enough to be found by.
_LEAST_FIGURES = 3
_MOST_WORDS = 8
_LONGEST = 80  # bytes of a word
# Letters that an Arabic keyboard has in place of those of Urdu, and that look like them.
_AS_IN_URDU = str.maketrans("يىكهةۃەھ", "ییکہہہہہ")


def index(requests: Iterable[ConsultationRequest]) -> None:
    """Make `requests` findable."""
    SearchTerm.objects.bulk_create(
        (
            SearchTerm(request=request, term=term)
            for request in requests
            for term in keys_of(request)
        ),
        batch_size=2000,
    )


def keys_of(request: ConsultationRequest) -> list[str]:
    """The terms by which a request is to be found."""
    return sorted({_key(term) for term in _terms(request)})


def _terms(request: ConsultationRequest) -> Iterator[str]:
    for word in words_of(request.name):
        yield word
        yield from filter(None, word.split("-"))
    reference = request.reference.lower()
    yield from (reference, reference.rpartition("-")[2], reference.replace("-", ""))
    if request.email:
        yield request.email.lower()
    figures = phones.search_digits(str(request.phone))
    # From every figure on: people read out the end of a number as well as its beginning.
    for start in range(len(figures) - _LEAST_FIGURES + 1):
        yield figures[start:]


def words_of(text: str) -> list[str]:
    """The words of a text as they are compared: in small letters, those of Urdu, without marks."""
    plain = unicodedata.normalize("NFKD", text.lower())
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign))
    plain = plain.translate(_AS_IN_URDU)
    words: list[str] = []
    for piece in plain.split():
        # An e-mail address is one word, with its full stops.
        words += [piece] if "@" in piece else re.split(r"[.,;'’()]+", piece)
    return list(filter(None, words))


def matching(requests: ConsultationRequestQuerySet, text: str) -> ConsultationRequestQuerySet:
    """Those that have every word of `text` as a beginning, or whose number has its figures."""
    figures = phones.search_digits(text)
    words = [figures] if figures else words_of(text)[:_MOST_WORDS]
    if not words:
        return requests
    how_common = {word: _beginning_with(word)[:_MANY].count() for word in words}
    rarest, *others = sorted(how_common, key=how_common.__getitem__)
    ids = _beginning_with(rarest).values("request")
    if how_common[rarest] < _MANY:
        found = requests.filter(pk__in=ids)
    else:
        # Where many have it, a page of the newest is full soon. The sum keeps the database from
        # fetching and sorting them all: by it, nothing can be looked up.
        found = requests.alias(number=F("pk") + 0).filter(number__in=ids)
    for word in others:
        found = found.filter(Exists(_beginning_with(word).filter(request=OuterRef("pk"))))
    return found


def _beginning_with(start: str) -> QuerySet[SearchTerm]:
    key = _key(start)
    return SearchTerm.objects.filter(term__gte=key, term__lt=f"{key}g")


def _key(word: str) -> str:
    """In the letters 0 to f, after which comes g, wherever they are compared."""
    return word.encode()[:_LONGEST].hex()
