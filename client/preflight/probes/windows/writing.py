"""Who guards files on Windows: the security centre's list, and Defender's folder protection.

Both from the registry: `Security Center/Provider/Av` is what the security centre keeps of each
antivirus program; its STATE has 0x1000 where that is on. `EnableControlledFolderAccess` is
documented for policies: 1 blocks, 2 only writes a log.
"""

from __future__ import annotations

import sys

_ON = 0x1000


def is_on(state: int | None) -> bool:
    """Tell whether the security centre's STATE says that the program is switched on."""
    return state is not None and bool(state & _ON)


if sys.platform == "win32":
    from client.preflight.probes.windows import registry

    _PROVIDERS = r"SOFTWARE\Microsoft\Security Center\Provider\Av"
    _DEFENDER = r"SOFTWARE\Microsoft\Windows Defender\Windows Defender Exploit Guard"
    _POLICY = r"SOFTWARE\Policies\Microsoft\Windows Defender\Windows Defender Exploit Guard"
    _FOLDERS, _VALUE = "Controlled Folder Access", "EnableControlledFolderAccess"

    def read_guards() -> tuple[str, ...]:
        """Return the names of the antivirus programs that are on."""
        found = []
        for key in registry.names_below("machine", _PROVIDERS):
            place = rf"{_PROVIDERS}\{key}"
            name = registry.text("machine", place, "DISPLAYNAME")
            if name and is_on(registry.number("machine", place, "STATE")):
                found.append(name[:200])
        return tuple(dict.fromkeys(found))

    def are_folders_protected() -> bool | None:
        """Tell whether controlled folder access blocks; a policy wins."""
        for place in (_POLICY, _DEFENDER):
            value = registry.number("machine", rf"{place}\{_FOLDERS}", _VALUE)
            if value is not None:
                return value == 1
        return None
