"""Whose address is counted when somebody tries too often."""

import pytest
from django.test import RequestFactory

from clinic_site.network import UNKNOWN, client_address, network_of


def request_from(address: str, **headers: str):
    return RequestFactory(headers=headers).get("/", REMOTE_ADDR=address)


def test_a_visitor_cannot_choose_an_address(settings):
    settings.BEHIND_PROXY = False
    assert client_address(request_from("203.0.113.9", x_forwarded_for="10.0.0.1")) == "203.0.113.9"


@pytest.mark.parametrize(
    ("forwarded", "address"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("10.0.0.1, 10.0.0.2,203.0.113.9 ", "203.0.113.9"),
        ("2001:DB8:0:0::1", "2001:db8::1"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("fe80::1%eth0", "fe80::1"),
    ],
)
def test_behind_a_proxy_what_it_wrote_itself_counts(settings, forwarded, address):
    settings.BEHIND_PROXY = True
    assert client_address(request_from("127.0.0.1", x_forwarded_for=forwarded)) == address


@pytest.mark.parametrize(
    "junk",
    ["", ",", "203.0.113.9,", "unknown", "1.2.3.4.5", "' OR 1=1", "\0", "٢٠٣.0.113.9", "9" * 9999],
)
def test_junk_from_the_proxy_leaves_the_connection(settings, junk):
    settings.BEHIND_PROXY = True
    request = request_from("127.0.0.1")
    request.META["HTTP_X_FORWARDED_FOR"] = junk
    assert client_address(request) == "127.0.0.1"


@pytest.mark.parametrize("address", ["", "unix:", None])
def test_without_any_address_all_are_counted_as_one(settings, address):
    """Through a Unix socket there is none."""
    request = request_from("127.0.0.1")
    del request.META["REMOTE_ADDR"]
    if address is not None:
        request.META["REMOTE_ADDR"] = address
    assert client_address(request) == UNKNOWN


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("203.0.113.7", "203.0.113.7", True),
        ("203.0.113.7", "203.0.113.8", False),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::", "::", True),
    ],
)
def test_a_network_is_an_ipv4_address_or_the_64_of_an_ipv6_one(one, other, same):
    assert (network_of(one) == network_of(other)) is same
