from __future__ import annotations

import base64
import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from client.contest.signed import PublicKey, canonical, is_signed_by, public_key, sha256, sign

KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
OTHER = Ed25519PrivateKey.from_private_bytes(bytes([7] * 32))
EXACT = st.integers(-(2**53) + 1, 2**53 - 1)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
JSON = st.recursive(
    st.none() | st.booleans() | EXACT | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=10,
)
DOCUMENTS = st.dictionaries(TEXT.filter(lambda name: name != "signature"), JSON, max_size=5)


@given(DOCUMENTS)
def test_what_is_signed_verifies_also_after_a_journey_as_json(document):
    travelled = json.loads(json.dumps(sign(document, KEY)))
    assert is_signed_by(travelled, public_key(KEY))
    assert not is_signed_by(travelled, public_key(OTHER))


@given(DOCUMENTS, st.text(max_size=5), JSON)
def test_any_member_added_or_changed_breaks_the_signature(document, name, value):
    signed = sign(document, KEY)
    forged = {**signed, name: value}
    if name != "signature" and (
        name not in signed or canonical({"": value}) != canonical({"": signed[name]})
    ):
        assert not is_signed_by(forged, public_key(KEY))


@given(DOCUMENTS)
def test_any_member_taken_away_breaks_the_signature(document):
    signed = sign(document, KEY)
    for name in document:
        rest = {other: value for other, value in signed.items() if other != name}
        assert not is_signed_by(rest, public_key(KEY))


@given(DOCUMENTS, DOCUMENTS)
def test_signing_again_replaces_the_signature(first, second):
    once = sign(first, KEY)
    assert sign(once, KEY) == once
    if canonical(first) != canonical(second):
        assert not is_signed_by({**second, "signature": once["signature"]}, public_key(KEY))


ANYTHING = st.dictionaries(st.text(max_size=5) | st.just("signature"), st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=90),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=5,
))  # fmt: skip


@given(ANYTHING, st.text(max_size=70))
def test_rubbish_is_simply_not_signed(document, key):
    assert not is_signed_by(document, public_key(KEY))
    assert not is_signed_by(document, PublicKey(key))


@pytest.mark.parametrize("signature", [None, 1, [], {}, "", "é", "A", "AAAA", "=" * 88, b"AAAA"])
def test_signatures_of_any_type_are_simply_wrong(signature):
    assert not is_signed_by({"a": 1, "signature": signature}, public_key(KEY))


def test_the_unused_bits_of_the_last_digit_count_too():
    signed = sign({"a": 1}, KEY)
    digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    last = digits.index(signed["signature"][-3])
    other = signed["signature"][:-3] + digits[last ^ 1] + "=="
    assert base64.b64decode(other) == base64.b64decode(signed["signature"])
    assert is_signed_by(signed, public_key(KEY))
    assert not is_signed_by({**signed, "signature": other}, public_key(KEY))


def test_deep_nesting_is_simply_not_signed():
    nested: object = 0
    for _ in range(5000):
        nested = [nested]
    signature = sign({"a": 0}, KEY)["signature"]
    assert not is_signed_by({"a": nested, "signature": signature}, public_key(KEY))


def test_the_rule_can_be_followed_without_our_code():
    document = {"b": 1, "a": "é", "kind": "x"}
    signed = sign(document, KEY)
    plain = '{"a":"é","b":1,"kind":"x"}'.encode()
    KEY.public_key().verify(base64.b64decode(signed["signature"]), plain)
    assert canonical(document) == plain
    assert sha256(b"") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@pytest.mark.parametrize("value", [2**53 + 1, float("nan"), float("inf"), "\ud800"])
def test_what_has_no_canonical_form_cannot_be_signed(value):
    with pytest.raises(ValueError):  # noqa: PT011 (the library has its own messages)
        sign({"a": value}, KEY)
