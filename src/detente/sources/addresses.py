"""Addresses that may be asked: well formed, and where it is wanted, public."""

from __future__ import annotations

import ipaddress
import urllib.parse

from detente.errors import ConfigError
from detente.sources.exchange import Broken

#: How addresses are asked.
SCHEMES = ("http", "https")


def scheme_and_host(url: str) -> tuple[str, str]:
    """How an address is asked, and who.

    Raises:
        ConfigError: when it is none of http or https.
    """
    parts = check_url(url)
    return parts.scheme, parts.hostname or ""


def check_url(url: str) -> urllib.parse.SplitResult:
    """The parts of an address that can be asked.

    Raises:
        ConfigError: when it is none of http or https.
    """
    try:
        parts = urllib.parse.urlsplit(url)
        is_usable = parts.scheme in SCHEMES and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        is_usable = False
    if not is_usable or any(ord(sign) <= 32 or ord(sign) > 126 for sign in url):
        raise ConfigError(
            f"The address {url!r} was to be asked.", "It is no http or https address.", "Correct the base address."
        )
    return parts


def check_address(text: str) -> None:
    """Pass where a number on the network is one of the public ones.

    Raises:
        Broken: when it stands for this computer or a private network.
    """
    address = ipaddress.ip_address(text.partition("%")[0])
    within = getattr(address, "ipv4_mapped", None) or getattr(address, "sixtofour", None) or address
    if not within.is_global or within.is_multicast:
        raise Broken(f"it leads to {within}, which is this computer or a private network", is_final=True)
