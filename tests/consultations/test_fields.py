"""What people type and paste into the form's fields."""

import pytest

from consultations.forms import ConsultationForm
from tests.consultations.factories import accepted, refused, typed

pytestmark = pytest.mark.usefixtures("content")


# ---- name


@pytest.mark.parametrize(
    "name",
    [
        "Ayesha Khan",
        "عائشہ خان",
        "Md. Ali",
        "O’Neill-D'Souza",
        "José",
        "李小龍",
        "محمد علی\u200c",
        "A",
    ],
)
def test_a_name_in_any_script(name):
    assert accepted(name=name)["name"] == name


def test_a_name_is_stored_composed_and_without_space_around():
    assert accepted(name="  Jose\u0301\t")["name"] == "José"


@pytest.mark.parametrize(
    "name",
    [
        "Ali 7",
        "ali@example.com",
        "https://spam.example",
        "<b>Ali</b>",
        "...",
        "\u200c",
        "😀",
        "Ali ☎",
    ],
)
def test_a_name_that_is_no_name(name):
    assert refused("name", name=name).startswith("Write the name in letters only")


@pytest.mark.parametrize("name", ["Ali\x00", "Ali\x07", "Ali\nBcc: x", "\u202eilA", "Ali\u2066"])
def test_a_name_with_invisible_characters(name):
    assert refused("name", name=name).startswith("This held invisible characters")


def test_a_name_that_is_too_long_is_told_the_limit_and_its_length():
    assert refused("name", name="a" * 101) == (
        "Please shorten this to at most 100 characters. It has 101 now."
    )


@pytest.mark.parametrize("phone", ["051 234567", "0300-CALLNOW", "call me", "0300 123456", "\x00"])
def test_a_phone_that_is_no_number_is_told_what_to_write(phone):
    message = refused("phone", phone=phone)
    assert "0300 1234567" in message
    assert "051 2345678" in message


@pytest.mark.parametrize(
    "email",
    [
        "ali@",
        "ali",
        "@example.com",
        "ali@localhost",
        "ali@[127.0.0.1]",
        "ali@example",
        '"a,b"@example.com',
        "a@example.com, b@example.com",
        "a b@example.com",
    ],
)
def test_an_email_that_leads_nowhere(email):
    assert refused("email", email=email).startswith("Write the whole e-mail address")


@pytest.mark.parametrize("email", ["ali@example.com\nBcc: x@y.com", "ali@exam\u202eple.com"])
def test_an_email_with_invisible_characters(email):
    assert refused("email", email=email).startswith("This held invisible characters")


def test_an_email_that_is_too_long():
    assert "It has 262 now." in refused("email", email="a" * 250 + "@example.com")


# ---- texts


@pytest.mark.parametrize("field", ["message", "tried_before"])
@pytest.mark.parametrize(
    "text",
    [
        "Two lines\nand a third",
        "میرے بال گر رہے ہیں\u200c، \u200fکیا کروں؟",
        "ﷺ 37° © 50 % (Rs 25,000) → £ ±",
        "می\u200dں",
    ],
)
def test_texts_in_any_language(field, text):
    assert accepted(**{field: text})[field] == text


def test_line_breaks_and_tabs_are_made_plain():
    assert accepted(message="a\r\nb\rc\u2028d\te")["message"] == "a\nb\nc\nd e"


@pytest.mark.parametrize("field", ["message", "tried_before"])
@pytest.mark.parametrize(
    "sign",
    [*"\x00\x07\x1b\x7f\x85", *map(chr, [*range(0x202A, 0x202F), *range(0x2066, 0x206A)])],
)
def test_invisible_characters_are_refused_and_taken_out(field, sign):
    form = ConsultationForm(typed(**{field: f"one {sign}two"}))
    assert form.errors[field][0].startswith("This held invisible characters")
    assert form[field].value() == "one two"


@pytest.mark.parametrize("sign", ["😀", "👍🏽", "❤️", "👨‍👩‍👧", "🇵🇰", "☎", "\uf8ff"])
def test_a_picture_is_refused_kindly_and_kept(sign):
    form = ConsultationForm(typed(message=f"hair {sign}"))
    assert form.errors["message"][0].startswith("Please write it in words")
    assert form["message"].value() == f"hair {sign}"


@pytest.mark.parametrize(("field", "limit"), [("message", 3000), ("tried_before", 1000)])
def test_a_text_that_is_too_long_is_kept_and_told_by_how_much(field, limit):
    accepted(**{field: "x" * limit})
    form = ConsultationForm(typed(**{field: "x" * 100_000}))
    assert form.errors[field] == [
        f"Please shorten this to at most {limit} characters. It has 100000 now."
    ]
    assert form[field].value() == "x" * 100_000
