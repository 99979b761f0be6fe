"""The digest recognizes its number as people and readers write it, and says nothing of it."""

import pytest
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from client.contest.registered import RegisteredNumber, compact

EXAMPLE = "11010519491231002X"  # the standard's, nobody's
SALT = bytes(range(32))


@pytest.fixture(scope="module")
def registered():
    return RegisteredNumber.of(EXAMPLE, SALT)


@pytest.mark.parametrize("read", [EXAMPLE, "110105 19491231 002x", "110105-19491231·002X"])
def test_spaces_and_marks_of_a_reader_do_not_count(registered, read):
    assert registered.is_number(read)


@pytest.mark.parametrize("read", ["", EXAMPLE[:-1], "110105194912310038", EXAMPLE + "0"])
def test_no_other_number_is_taken_for_it(registered, read):
    assert not registered.is_number(read)


def test_each_contestants_digest_has_its_own_salt(registered):
    other = RegisteredNumber.of(EXAMPLE, bytes(32))
    assert other.digest != registered.digest
    assert other.is_number(EXAMPLE)


def test_no_text_of_it_shows_number_or_digest(registered):
    shown = repr(registered) + registered.model_dump_json()
    assert compact(EXAMPLE) not in shown
    assert registered.digest not in repr(registered)
    assert registered.salt not in repr(registered)


def test_the_digest_is_scrypt_with_sixteen_mebibytes_for_each_guess(registered):
    """A plain digest of so short a number is no secret; another library derives the same one."""
    slow = Scrypt(salt=SALT, length=32, n=2**14, r=8, p=1)
    assert slow.derive(f"saijian.document/1\n{EXAMPLE}".encode()).hex() == registered.digest
