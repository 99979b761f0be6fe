"""Programs and cards that take back all changes at a restart, by what they leave in the registry.

Of hardware cards (小哨兵, 三茗, 远志, 海光蓝卡, 噢易, 增霸卡) no public source names the drivers:
they are found by the name of the program that comes with them, and by the marker.
"""

from __future__ import annotations

from dataclasses import dataclass

from client.base.text import Text


@dataclass(frozen=True)
class Restorer:
    """A product. Names are compared without regard to case."""

    name: Text
    services: tuple[str, ...]
    """Keys below HKLM/SYSTEM/CurrentControlSet/Services."""
    words: tuple[str, ...]
    """Found in the names of installed programs."""
    source: str


_ICEMELT = "github.com/chenjintang-shrimp/IceMelt, config/targets.txt"

WRITE_FILTER = Restorer(
    Text("Windows 统一写入筛选器（UWF）", "Windows Unified Write Filter (UWF)"),
    ("uwfvol",),
    (),
    "learn.microsoft.com, Unified Write Filter: drivers uwfvol, uwfs, uwfreg",
)

RESTORERS: tuple[Restorer, ...] = (
    Restorer(
        Text("冰点还原（Deep Freeze）", "Deep Freeze"),
        ("DeepFrz", "DfDiskLo", "DFFilter", "DFServ", "DF5Serv", "DFRegMon", "FarSpace"),
        ("deep freeze", "冰点还原"),
        f"{_ICEMELT}; Faronics' programs DFServ.exe, DF5Serv.exe, FrzState2k.exe",
    ),
    Restorer(
        Text("希沃冰点还原", "Seewo Freeze"), ("SWFreeze",), ("希沃冰点", "seewo freeze"), _ICEMELT
    ),
    Restorer(
        Text("影子系统 PowerShadow", "PowerShadow"),
        ("PsVFilt", "PsLFilt"),
        ("powershadow", "影子系统"),
        _ICEMELT,
    ),
    Restorer(
        Text("影子卫士 Shadow Defender", "Shadow Defender"),
        ("diskpt",),
        ("shadow defender", "影子卫士"),
        "Shadow Defender's driver diskpt.sys, key Services/diskpt (several public repositories)",
    ),
    Restorer(
        Text("Reboot Restore Rx / RollBack Rx", "Reboot Restore Rx / RollBack Rx"),
        ("ShdServ",),
        ("reboot restore", "rollback rx"),
        "Horizon DataSys' service ShdServ (ShdServ.exe), uninstall key Shield",
    ),
    Restorer(
        Text("Toolwiz Time Freeze", "Toolwiz Time Freeze"),
        (),
        ("time freeze",),
        "toolwiz.com; folder Program Files/Toolwiz Time Freeze",
    ),
    WRITE_FILTER,
    Restorer(
        Text("Windows 嵌入式写入筛选器", "Windows Embedded write filters"),
        ("ewf", "fbwf"),
        (),
        "learn.microsoft.com, Windows Embedded Standard: Enhanced and File-Based Write Filter",
    ),
    Restorer(
        Text("还原卡（硬盘保护卡）", "a disk protection card"),
        (),
        (
            "还原卡",
            "保护卡",
            "小哨兵",
            "三茗",
            "远志",
            "海光蓝卡",
            "蓝卡",
            "噢易",
            "增霸卡",
            "还原精灵",
        ),
        "the makers' own names for the programs of their cards",
    ),
)

USUAL_FILTERS = frozenset(
    ("volsnap", "fvevol", "rdyboost", "iorate", "volume", "partmgr", "ehstorclass", "disk")
)
"""Filters of volumes and disks that Windows itself installs."""

SERVICES = tuple(name for product in RESTORERS for name in product.services)
WORDS = tuple(word for product in RESTORERS for word in product.words)
