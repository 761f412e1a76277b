"""How Urdu is written here, in content and catalogue: what a machine can see of it."""

import re

import pytest

from tests.urdu.reading import ADDRESSES, ISOLATED, Translated, english_in, translated

LETTER = "[\u0621-\u064a\u0670-\u06d3]"
NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
# Numbers that one language may write in letters and the other in figures.
IN_LETTERS = {
    "one": "1", "two": "2", "three": "3", "four": "4", "seven": "7", "eight": "8", "nine": "9",
    "sixteen": "16", "ایک": "1", "دو": "2", "تین": "3", "چار": "4", "سات": "7", "آٹھ": "8",
    "نو": "9", "سولہ": "16",
}  # fmt: skip
# Said twice on purpose, as Urdu does.
REPEATED = {
    "آہستہ", "الگ", "بار", "بھرے", "تھوڑے", "ٹھیک", "جہاں", "ساتھ", "کیا",
}  # fmt: skip
MISTAKES = {
    "letters that only look like those of Urdu, and Eastern figures": (
        "[\u0643\u0647\u0649\u064a\u0660-\u0669\u06f0-\u06f9]"
    ),
    "a mark of English": rf"{LETTER}[)”]*[,;.?]",
    # Right to left, the mark that opens is the one that closes in English.
    "quotation marks the English way round": r"(?:^|[\s(])“|”(?:$|[\s)۔،؛؟:])",
    "a space before a mark": r"\s[۔،؛؟]",
    "no space after a mark": rf"[۔،؛؟](?=\w)|{LETTER}:(?=\w)",
    "two spaces": r"[ \u00a0]{2}",
    "a letter stretched, or marks of direction that isolates replace": (
        "[\u0640\u200c-\u200f\u202a-\u202e]"
    ),
    "the heh of aspirates at the start of a word": rf"(?<!{LETTER})ھ",
    "another spelling": r"\b(?:چاہئ\w+|کیلئ\w+|لئے|دئ?یئے|پتہ|بھروسہ|ردعمل|صفحہ اول|انھ\w+)\b",
    "a formula that a line may break": r"[A-Za-z]²? =|= ?\d+(?:\.\d+)? فیصد",
    # What the glossary has found a better word for.
    "certainty as a person's belief": "یقین کا درجہ|یقین: |شواہد کتنے یقینی",
    "women called bald": "گنج پن والی|خواتین کے موروثی گنج",
    "English word for word": "ہفتوں پر|(?:پی آر پی|مائنوکسیڈل) پر [0-9یش]|غلط ہو سکت",
    "rare as an adjective": "شاذ و نادر (?:نقصان|تھے|اور)",
}


@pytest.fixture(scope="module")
def texts() -> list[Translated]:
    found = translated()
    assert len({text.where for text in found}) > 600
    assert sum(text.where == "catalogue" for text in found) > 700
    return found


@pytest.mark.parametrize("mistake", MISTAKES)
def test_no_text_holds_a_known_mistake(texts, mistake):
    wrong = re.compile(MISTAKES[mistake])
    assert [text.urdu for text in texts if wrong.search(ADDRESSES.sub("", text.urdu))] == []


def test_every_text_keeps_the_numbers_of_the_english(texts):
    def numbers(text: str) -> set[str]:
        return {found.rstrip(",") for found in NUMBER.findall(text)}

    def in_letters(text: str) -> set[str]:
        words = re.findall(r"\w+", text.lower())
        return {IN_LETTERS[word] for word in words if word in IN_LETTERS}

    for text in texts:
        english, urdu = numbers(text.english), numbers(text.urdu)
        assert english - urdu <= in_letters(text.urdu), text
        assert urdu - english <= in_letters(text.english), text


def test_no_word_is_doubled_by_mistake(texts):
    for text in texts:
        doubled = set(re.findall(r"(?<!\w)(\w+)\s+\1(?!\w)", text.urdu))
        assert doubled <= REPEATED, text


def test_brackets_and_quotation_marks_are_closed(texts):
    for text in texts:
        for opened, closed in ("()", "”“", "’‘", "«»"):
            assert text.urdu.count(opened) == text.urdu.count(closed), text


def test_no_english_word_is_left_in_the_content(texts):
    for text in texts:
        if text.where != "catalogue":
            assert english_in(re.sub(r"\b[A-Z]\d+\b", "", text.urdu)) == [], text


def test_numbers_with_hyphens_stand_as_words_in_the_content(texts):
    content = (text for text in texts if text.where != "catalogue")
    assert [text for text in content if re.search(r"\d[-–]\d", ISOLATED.sub("", text.urdu))] == []
