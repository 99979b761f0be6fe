"""Whether the person has asked the whole system for high contrast."""

from __future__ import annotations

import sys

if sys.platform == "win32":
    import ctypes
    from ctypes.wintypes import DWORD, LPWSTR, UINT

    _SPI_GETHIGHCONTRAST, _HCF_HIGHCONTRASTON = 0x42, 0x1  # winuser.h

    class _HighContrast(ctypes.Structure):
        """HIGHCONTRASTW."""

        _fields_ = (("cbSize", UINT), ("dwFlags", DWORD), ("lpszDefaultScheme", LPWSTR))

    def high_contrast_is_on() -> bool:
        """Ask Windows; no where it does not say."""
        asked = _HighContrast(cbSize=ctypes.sizeof(_HighContrast))
        parameters = ctypes.windll.user32.SystemParametersInfoW
        told = parameters(_SPI_GETHIGHCONTRAST, asked.cbSize, ctypes.byref(asked), 0)
        return bool(told and asked.dwFlags & _HCF_HIGHCONTRASTON)
else:

    def high_contrast_is_on() -> bool:
        """No Linux desktop tells it to all toolkits alike; the window's own setting is there."""
        return False
