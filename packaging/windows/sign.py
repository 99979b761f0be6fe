"""Signing of Windows programs with a certificate that is given, by osslsigncode.

    SAIJIAN_SIGN_CERTIFICATE     a PKCS#12 file (.p12, .pfx), or a PEM chain
    SAIJIAN_SIGN_KEY             the PEM's key; not for PKCS#12
    SAIJIAN_SIGN_PASSWORD_FILE   a file with the password, if there is one
    SAIJIAN_SIGN_TIMESTAMP       address of a time-stamp server (RFC 3161)

Order: the programs in the bundle, then files.sha256 is written, then the uninstaller and the
installer (installer.py does these two). `python packaging/windows/sign.py FILE...` signs in place.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from shared import say

PKCS12 = (".p12", ".pfx")


class SigningError(Exception):
    """A certificate was given and cannot be used; what osslsigncode said is the message."""


@dataclass(frozen=True)
class Signer:
    """A certificate with its key."""

    certificate: Path
    key: Path | None = None
    password_file: Path | None = None
    timestamp: str | None = None

    def sign(self, program: Path) -> None:
        """Sign `program` in place, whole or not at all."""
        signed = program.with_name(program.name + ".signed")
        words = ["sign", *self._credentials(), "-h", "sha256", "-n", "SaiJian"]
        words += ["-ts", self.timestamp] if self.timestamp else []
        signed.unlink(missing_ok=True)
        _osslsigncode([*words, "-in", str(program), "-out", str(signed)])
        signed.replace(program)

    def _credentials(self) -> list[str]:
        if self.certificate.suffix.lower() in PKCS12:
            words = ["-pkcs12", str(self.certificate)]
        elif self.key is None:
            raise SigningError("SAIJIAN_SIGN_KEY")
        else:
            words = ["-certs", str(self.certificate), "-key", str(self.key)]
        return words + (["-readpass", str(self.password_file)] if self.password_file else [])


def signer_from(environment: Mapping[str, str] = os.environ) -> Signer | None:
    """Return the signer that the environment names; None where it names none."""

    def path(name: str) -> Path | None:
        value = environment.get(f"SAIJIAN_SIGN_{name}")
        return Path(value).absolute() if value else None

    certificate = path("CERTIFICATE")
    if certificate is None:
        return None
    timestamp = environment.get("SAIJIAN_SIGN_TIMESTAMP")
    return Signer(certificate, path("KEY"), path("PASSWORD_FILE"), timestamp or None)


def sign_all(programs: Sequence[Path], signer: Signer | None) -> bool:
    """Sign all; False, with a sentence that says so, where there is no certificate."""
    names = ", ".join(program.name for program in programs)
    if signer is None:
        say(
            f"没有签名：{names}。Windows 会提醒“未知发布者”。"
            "要签名请设置 SAIJIAN_SIGN_CERTIFICATE。",
            f"Not signed: {names}. Windows will warn of an unknown publisher. "
            "To sign, set SAIJIAN_SIGN_CERTIFICATE.",
        )
        return False
    for program in programs:
        signer.sign(program)
    say(f"已签名：{names}", f"Signed: {names}")
    return True


def is_signed(program: Path, authority: Path) -> bool:
    """Tell whether the signature of `program` is whole and leads to the PEM `authority`."""
    words = ["osslsigncode", "verify", "-CAfile", str(authority), "-in", str(program)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    return done.returncode == 0 and "Signature verification: ok" in done.stdout


def own_command() -> str:
    """Return the command by which makensis has the uninstaller signed."""
    return f'"{sys.executable}" "{Path(__file__).resolve()}"'


def _osslsigncode(words: Sequence[str]) -> None:
    try:
        done = subprocess.run(["osslsigncode", *words], capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise SigningError("osslsigncode: apt-get install osslsigncode") from None
    if done.returncode != 0:
        raise SigningError((done.stdout + done.stderr).strip())


if __name__ == "__main__":
    sign_all([Path(word) for word in sys.argv[1:]], signer_from())
