"""Signing with a certificate made here: whole, in place, verified; unsigned is said."""

from __future__ import annotations

import datetime as dt
import shutil
import sys

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs12

if sys.platform == "win32":
    pytest.skip("osslsigncode is Debian's", allow_module_level=True)

import sign
from sign import Signer, SigningError, is_signed, sign_all, signer_from

from tests.unit.packaging.pe import pe

PASSWORD = b"pa ss"
needs_tool = pytest.mark.skipif(
    shutil.which("osslsigncode") is None, reason="osslsigncode comes with make windows-lab"
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A certificate that signs itself: PKCS#12 with a password, and PEM with its key."""
    folder = tmp_path_factory.mktemp("certificate")
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "trial")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(
            x509.ExtendedKeyUsage([x509.ExtendedKeyUsageOID.CODE_SIGNING]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    locked = serialization.BestAvailableEncryption(PASSWORD)
    (folder / "chain.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    (folder / "both.p12").write_bytes(
        pkcs12.serialize_key_and_certificates(b"trial", key, certificate, None, locked)
    )
    (folder / "password").write_bytes(PASSWORD)
    (folder / "wrong").write_bytes(b"other")
    return folder


@pytest.fixture
def program(tmp_path):
    path = tmp_path / "程序.exe"
    path.write_bytes(pe(["kernel32.dll"]))
    return path


def signer(folder, file="password"):
    return Signer(folder / "both.p12", password_file=folder / file)


@needs_tool
@pytest.mark.parametrize("kind", ["pkcs12", "pem"])
def test_a_signed_program_is_verified_and_lies_alone(folder, program, kind, capsys):
    one = Signer(folder / "chain.pem", folder / "key.pem") if kind == "pem" else signer(folder)
    assert not is_signed(program, folder / "chain.pem")
    assert sign_all([program], one)
    assert is_signed(program, folder / "chain.pem")
    assert [path.name for path in program.parent.iterdir()] == ["程序.exe"]
    assert "已签名：程序.exe" in capsys.readouterr().out


@needs_tool
def test_a_program_that_was_changed_afterwards_is_not_signed(folder, program):
    sign_all([program], signer(folder))
    data = bytearray(program.read_bytes())
    data[0x210] ^= 1
    program.write_bytes(data)
    assert not is_signed(program, folder / "chain.pem")


@needs_tool
def test_a_certificate_that_cannot_be_used_is_an_error_and_changes_nothing(folder, program):
    before = program.read_bytes()
    with pytest.raises(SigningError):
        sign_all([program], signer(folder, "wrong"))
    assert program.read_bytes() == before
    with pytest.raises(SigningError, match="SAIJIAN_SIGN_KEY"):
        sign_all([program], Signer(folder / "chain.pem"))


def test_unsigned_is_said_in_both_languages(program, capsys):
    before = program.read_bytes()
    assert not sign_all([program], None)
    said = capsys.readouterr().out
    assert "没有签名：程序.exe" in said
    assert "Not signed: 程序.exe" in said
    assert program.read_bytes() == before


def test_the_environment_names_the_certificate(tmp_path):
    assert signer_from({}) is None
    assert signer_from({"SAIJIAN_SIGN_CERTIFICATE": ""}) is None
    found = signer_from(
        {
            "SAIJIAN_SIGN_CERTIFICATE": str(tmp_path / "a.pfx"),
            "SAIJIAN_SIGN_PASSWORD_FILE": str(tmp_path / "p"),
            "SAIJIAN_SIGN_TIMESTAMP": "http://time.test",
        }
    )
    assert found == Signer(tmp_path / "a.pfx", None, tmp_path / "p", "http://time.test")


def test_makensis_is_given_this_very_script():
    assert sign.own_command().endswith('sign.py"')
