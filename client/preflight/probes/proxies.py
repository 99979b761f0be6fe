"""Where this computer's programs are told to use a proxy."""

from __future__ import annotations

import os
import re
import sys

from client.preflight.facts.network import ProxyFacts

if sys.platform == "win32":
    from client.preflight.probes.windows.proxies import read_system
else:
    from client.preflight.probes.linux.proxies import read_system

_NAMES = ("http_proxy", "https_proxy", "all_proxy")
_SECRET = re.compile(r"(?<=//)\S*@|[^/@=;\s]+@")


def find_proxies() -> ProxyFacts:
    """Return the proxies of the environment and of the system; no password among them."""
    named = {name.casefold(): value for name, value in os.environ.items() if value}
    environment = tuple(f"{name}={named[name]}" for name in _NAMES if name in named)
    return without_secrets(read_system().model_copy(update={"environment": environment}))


def without_secrets(found: ProxyFacts) -> ProxyFacts:
    """Return the same without user names and passwords, cut to what facts hold."""
    return ProxyFacts(
        environment=tuple(_plain(one) for one in found.environment),
        system=tuple(_plain(one) for one in found.system),
        script=_plain(found.script),
        detects=found.detects,
        winhttp=_plain(found.winhttp),
    )


def _plain(text: str) -> str:
    return _SECRET.sub("", text)[:300]
