"""From where a request comes, as far as that can be known."""

from ipaddress import IPv6Address, IPv6Network, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

# The "unspecified" address: those who cannot be told apart are counted as one.
UNKNOWN = "::"


def client_address(request: HttpRequest) -> str:
    """The visitor's address, one spelling for each; `UNKNOWN` where there is none.

    The last entry of X-Forwarded-For is the one that our own proxy wrote. Those before it, and
    the whole header where no proxy is, are whatever the visitor sent.
    """
    candidates = [request.META.get("REMOTE_ADDR", "")]
    if settings.BEHIND_PROXY:
        candidates.insert(0, request.headers.get("x-forwarded-for", "").rsplit(",", 1)[-1])
    return next(filter(None, map(_normalised, candidates)), UNKNOWN)


def network_of(address: str) -> str:
    """What counts as one network: an IPv4 address, or the /64 that one IPv6 line is given."""
    network = ip_network(address)
    return str(network.supernet(new_prefix=64) if isinstance(network, IPv6Network) else network)


def client_network(request: HttpRequest) -> str:
    """The address of the visitor's network, for what can store nothing but addresses."""
    return network_of(client_address(request)).partition("/")[0]


def _normalised(text: str) -> str | None:
    try:
        address = ip_address(text.strip().partition("%")[0])  # a zone is of no use elsewhere
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(address)
