"""The proxy of GNOME's settings, which Chrome and Firefox follow there."""

from __future__ import annotations

import shutil
import subprocess

from client.preflight.facts.network import ProxyFacts

_SCHEMA = "org.gnome.system.proxy"
_SECONDS = 2


def read_system() -> ProxyFacts:
    """Return what gsettings tells; nothing where there is no such desktop."""
    mode = _setting(_SCHEMA, "mode")
    if mode == "auto":
        script = _setting(_SCHEMA, "autoconfig-url")
        return ProxyFacts(script=script[:300], detects=not script)
    if mode != "manual":
        return ProxyFacts()
    found = []
    for kind in ("http", "https", "socks"):
        host, port = _setting(f"{_SCHEMA}.{kind}", "host"), _setting(f"{_SCHEMA}.{kind}", "port")
        if host:
            found.append(f"{kind}={host}:{port}"[:300])
    return ProxyFacts(system=tuple(found))


def _setting(schema: str, name: str) -> str:
    program = shutil.which("gsettings")
    if program is None:
        return ""
    try:
        answer = subprocess.run(
            [program, "get", schema, name],
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return answer.stdout.strip().strip("'") if answer.returncode == 0 else ""
