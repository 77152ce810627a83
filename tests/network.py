"""Keeps the tests off the network: only loopback, unix sockets and the server of TEST_DATABASE_URL may be reached.

An audit hook sees every connection and name look-up of this process, whichever library makes it. It cannot be
taken out again, so it is installed once per process. Child processes (a browser, a server) are not covered.
"""

from __future__ import annotations

import ipaddress
import os
import sys
from collections.abc import Callable
from functools import cache

from sqlalchemy.engine import make_url

_LOCAL_NAMES = frozenset({"localhost", "localhost.localdomain", "ip6-localhost"})


class NetworkForbidden(RuntimeError):
    """A test tried to leave this machine."""


def forbid_network() -> None:
    """From now on, refuse to leave this machine. Calling it again changes nothing."""
    _install()


@cache
def _install() -> None:
    allowed = _LOCAL_NAMES | _database_host()
    resolved: set[str] = set()

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        match event, arguments:
            case "socket.connect" | "socket.sendto", (_, (host, *_)):
                _refuse_unless(lambda: str(host) in resolved or is_local(str(host), allowed), event, host)
            case "socket.getaddrinfo" | "socket.gethostbyname", (host, *_):
                _refuse_unless(lambda: host is None or is_local(_text(host), allowed), event, host)
            case _:
                pass

    for name in _database_host():
        resolved |= _addresses(name)
    sys.addaudithook(hook)


def is_local(host: str, allowed: frozenset[str] = _LOCAL_NAMES) -> bool:
    """Whether ``host``, a name or an address, is this machine or one of ``allowed``."""
    if host in allowed:
        return True
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False


def _refuse_unless(allowed: Callable[[], bool], event: str, host: object) -> None:
    if not allowed():
        msg = f"{event} to {host!r}: tests may reach nothing but this machine"
        raise NetworkForbidden(msg)


def _text(host: object) -> str:
    return host.decode("ascii", "replace") if isinstance(host, bytes) else str(host)


def _database_host() -> frozenset[str]:
    url = os.environ.get("TEST_DATABASE_URL")
    host = make_url(url).host if url else None
    return frozenset({host}) if host else frozenset()


def _addresses(name: str) -> set[str]:
    import socket  # noqa: PLC0415

    return {str(entry[4][0]) for entry in socket.getaddrinfo(name, None)}
