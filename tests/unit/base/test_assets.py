"""Shipped files are found in a checkout, a wheel and a frozen program."""

from __future__ import annotations

import sys
from pathlib import Path

from client.base import assets


def test_a_checkout_keeps_them_beside_the_package() -> None:
    assert assets.asset("slates", "lost.png").is_file()


def test_a_wheel_keeps_them_inside_the_package(tmp_path: Path, monkeypatch) -> None:
    (tmp_path / "client" / "base").mkdir(parents=True)
    (tmp_path / "client" / "assets").mkdir()
    monkeypatch.setattr(assets, "__file__", str(tmp_path / "client" / "base" / "assets.py"))
    assert assets.asset("a.png") == tmp_path / "client" / "assets" / "a.png"


def test_a_frozen_program_unpacks_them(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)
    assert assets.asset("slates", "a.png") == tmp_path / "assets" / "slates" / "a.png"
