import pytest

from consultations import phones

MOBILE = "+923001234567"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0300-1234567", MOBILE),
        ("0300 1234567", MOBILE),
        ("0300.123.4567", MOBILE),
        ("03001234567", MOBILE),
        ("3001234567", MOBILE),
        ("+92 300 1234567", MOBILE),
        ("+92-300-1234567", MOBILE),
        ("+92 (0)300 1234567", MOBILE),
        ("0092 300 1234567", MOBILE),
        ("00923001234567", MOBILE),
        ("923001234567", MOBILE),
        ("92 300 1234567", MOBILE),
        ("۰۳۰۰-۱۲۳۴۵۶۷", MOBILE),
        ("٠٣٠٠ ١٢٣٤٥٦٧", MOBILE),
        ("+۹۲ ۳۰۰ ۱۲۳۴۵۶۷", MOBILE),
        ("＋92 300 1234567", MOBILE),
        ("0300\u00a01234567", MOBILE),
        ("\u202a+92 300 1234567\u202c", MOBILE),
        ("\u2066\u200e0300 1234567\u2069", MOBILE),
        ("0300\u200b1234567\n", MOBILE),
        ("0300–1234567", MOBILE),
        ("(051) 2345678", "+92512345678"),
        ("051-2345678", "+92512345678"),
        ("+92 51 2345678", "+92512345678"),
        ("(042) 35761234", "+924235761234"),
        ("+44 (0)20 7946 0958", "+442079460958"),
        ("+971 50 123 4567", "+971501234567"),
        ("00966 50 123 4567", "+966501234567"),
        ("+1 (212) 555-2368", "+12125552368"),
    ],
)
def test_a_number_in_any_common_writing(text, number):
    parsed = phones.parse(text)
    assert parsed is not None
    assert parsed.as_e164 == number


@pytest.mark.parametrize(
    "text",
    [
        "051 234567",  # a digit is missing
        "042 3576123",
        "0300 123456",
        "0300 12345678",  # one too many
        "2345678",  # no area code
        "12345",
        "115",
        "call me",
        "0300-CALLNOW",
        "0300 1234567 ext 5",
        "0300 1234567, 0321 7654321",
        "0300 1234567 / 0321 7654321",
        "0300+1234567",
        "++923001234567",
        "+0300 1234567",
        "+92",
        "0300 12345\x0067",
        "😀",
        "½",
        "1" * 100_000,
    ],
)
def test_what_is_no_number_is_refused(text):
    assert phones.parse(text) is None


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("0300-1234567", "3001234567"),
        ("+92 300 1234567", "3001234567"),
        ("0092 (0)300 1234567", "3001234567"),
        ("۰۳۰۰ ۱۲۳", "300123"),
        ("4567", "4567"),
        ("0044 20 7946", "44207946"),
        ("Ayesha", ""),
        ("HC-7K3P9", ""),
        ("45", ""),
        ("ayesha92@example.com", ""),
    ],
)
def test_the_digits_by_which_a_number_is_searched(text, digits):
    assert phones.search_digits(text) == digits
