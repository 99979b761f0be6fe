"""What is installed here: the probes of this system."""

from __future__ import annotations

import sys

from client.preflight.facts.software import BrowserFacts, InputFacts, OfficeFacts


def read_browsers() -> BrowserFacts:
    """Return the browsers of this computer."""
    if sys.platform == "win32":
        from client.preflight.probes.windows import browsers, machine

        return browsers.read_browsers(machine.ThisMachine())
    from client.preflight.probes.linux import browsers as linux

    return linux.read_browsers()


def read_office() -> OfficeFacts:
    """Return the office suites of this computer."""
    if sys.platform == "win32":
        from client.preflight.probes.windows import machine, office

        return office.read_office(machine.ThisMachine())
    from client.preflight.probes.linux import office as linux

    return linux.read_office()


def read_input_methods() -> InputFacts:
    """Return the input methods of this computer's user."""
    if sys.platform == "win32":
        from client.preflight.probes.windows import input_methods, machine, tsf

        with tsf.asking() as ask:
            return input_methods.read_input_methods(machine.ThisMachine(), ask)
    from client.preflight.probes.linux import input_methods as linux

    return linux.read_input_methods()
