"""A person at reading age 12 can follow the English pages."""

import re
import warnings

import pytest
from django.test import Client

from tests.pages import CONTENT_PAGES

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import textstat

pytestmark = pytest.mark.usefixtures("content")

HIGHEST_GRADE = 8
MOST_WORDS_A_SENTENCE = 20

# Names of treatments, conditions, bodies and places have no shorter word; each page explains
# the medical ones where it first uses them. A short word stands in for each.
NAMES = (
    "Islamabad Healthcare Regulatory Authority|androgenetic alopecia|alopecia areata|"
    "telogen effluvium|Norwood–Hamilton|necrotising granulomas?|exosomes?|vesicles?|"
    "extracellular|minoxidil|finasteride|platelets?|plasma|follicles?|transplants?|Islamabad|"
    "Rawalpindi|Pakistani?|Lahore|Karachi|micro-needling"
)


_NOT_RUNNING_TEXT = r'<(dl class="sources"|nav|table class="hours"|svg).*?</(dl|nav|table|svg)>'


def sentences_of(html: str) -> list[str]:
    """The running text of a page: paragraphs and list items that are whole sentences."""
    main = html.split("<main", 1)[1].split("</main>")[0]
    main = re.sub(_NOT_RUNNING_TEXT, "", main, flags=re.DOTALL)
    texts = re.findall(r"<(?:p|li|dd)\b[^>]*>(.*?)</(?:p|li|dd)>", main, flags=re.DOTALL)
    texts = [re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text)).strip() for text in texts]
    return [
        sentence
        for text in texts
        for sentence in re.split(r"(?<=[.?!])\s+(?=[A-Z“])", text)
        if sentence.endswith((".", "?")) and len(sentence.split()) >= 4
    ]


@pytest.mark.parametrize("address", CONTENT_PAGES)
def test_a_page_reads_at_grade_eight_at_most(client: Client, address):
    sentences = sentences_of(client.get(address).content.decode())
    assert len(sentences) >= 2
    text = re.sub(rf"\b({NAMES})\b", "thing", " ".join(sentences), flags=re.IGNORECASE)
    grade = textstat.flesch_kincaid_grade(text)
    words = sum(len(sentence.split()) for sentence in sentences) / len(sentences)
    assert grade <= HIGHEST_GRADE
    assert words <= MOST_WORDS_A_SENTENCE
