"""No name, number, address, token or key comes out of the redaction, whatever stands around it."""

from __future__ import annotations

import base64
import ipaddress
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from client.attempt.diagnosis.redact import Redactor

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
BESIDE = st.sampled_from(
    ["", " ", ": ", "=", "'", '"', " (", ") ", ", ", "\n", "\t", "，", "。", "[", "of "]
)
CONTEXT = st.sampled_from(
    [
        "2026-11-22 09:10:11,123 4711 ERROR client.upload.worker: {}",
        "Traceback (most recent call last): {}",
        "OSError: [Errno 2] No such file or directory: '{}'",
        '{{"name": "{}", "x": 1}}',
        "GET {} HTTP/1.1 200",
        "{}",
    ]
)


@st.composite
def identity_numbers(draw):
    digits = "".join(draw(st.lists(st.sampled_from("0123456789"), min_size=17, max_size=17)))
    check = "10X98765432"[sum(w * int(d) for w, d in zip(WEIGHTS, digits, strict=True)) % 11]
    return digits + draw(st.sampled_from([check, check.lower()]))


def spaced(digits, mark):
    return mark.join([digits[:3], digits[3:7], digits[7:]])


HAN = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), min_size=2, max_size=4)
SECRETS = st.one_of(
    identity_numbers(),
    st.builds(
        spaced, st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True), st.sampled_from(["", "-", " "])
    ),
    st.from_regex(r"[A-Z][0-9]{8}", fullmatch=True),
    st.binary(min_size=24, max_size=48).map(lambda b: base64.urlsafe_b64encode(b).decode()),
    st.binary(min_size=16, max_size=64).map(bytes.hex),
    st.integers(2**24, 2**32 - 1)
    .map(ipaddress.IPv4Address)
    .filter(lambda a: a.is_global or a.is_multicast or str(a).startswith("203.0.113."))
    .map(str),
    st.integers(2 << 124, (4 << 124) - 1)
    .map(ipaddress.IPv6Address)
    .filter(lambda a: not a.is_private)
    .map(str),
    st.from_regex(r"[a-z]{3,8}\.[a-z]{3,8}@[a-z]{3,8}\.(com|cn)", fullmatch=True),
    HAN,
    st.builds("{}省{}路{}号".format, HAN, HAN, st.integers(1, 999)),
    st.from_regex(r"[A-Z0-9]{4}-[A-Z0-9]{2}", fullmatch=True).filter(
        lambda s: re.search("[A-Z]", s) and re.search("[0-9]", s)
    ),
    st.from_regex(r"20[0-9]{2}-[0-9]{4,6}", fullmatch=True),
    st.builds("/home/{}/x/{}.mp4".format, st.from_regex("[a-z]{5,9}", fullmatch=True), HAN),
    st.builds(
        "rtsp://admin:{}@camera.example.cn/live".format,
        st.from_regex("[a-z]{7,9}", fullmatch=True),
    ),
    st.from_regex(r"[1-9][0-9]{0,2} (Renmin|Lushan|Furong) (Road|Street)", fullmatch=True),
)


def traces(secret):
    """What of the secret would still give it away: itself, and its longer runs."""
    yield secret
    yield from re.findall(r"[0-9]{6,}|[0-9A-Za-z_-]{16,}|[\u4e00-\u9fff]{2,}", secret)


@settings(max_examples=600)
@given(SECRETS, CONTEXT, BESIDE, BESIDE.filter(lambda s: not s[:1].isalpha()))
def test_no_secret_survives_in_any_surrounding(secret, context, before, after):
    redacted = Redactor().text(context.format(before + secret + after))
    for trace in traces(secret):
        assert trace not in redacted
    assert Redactor().text(redacted).count("\n") == redacted.count("\n")


@given(st.lists(st.from_regex(r"[A-Za-z]{3,12}", fullmatch=True), min_size=1, max_size=3))
def test_known_secrets_go_whatever_they_look_like(known):
    said = " and ".join(known).upper() + " " + "/".join(known)
    redacted = Redactor(known).text(said).replace("~known~", "").lower()
    for secret in known:
        assert secret.lower() not in redacted


@pytest.mark.parametrize(
    "kept",
    [
        "2026-11-22 09:10:11,123 4711 ERROR client.upload.worker: set aside",
        "ConnectionRefusedError: port 8443 on 127.0.0.1",
        "the recorder died with exit code -9",
        "screen-01.mp4 and journal.jsonl",
        "http://192.168.1.8:8080 does not answer",
        "UntrustedDocumentError in utf-8",
        'File "client/upload/worker.py", line 12, in run',
    ],
)
def test_what_a_program_is_mended_by_stays(kept):
    assert Redactor().text(kept) == kept


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ('File "/home/li/app/client/ui/app.py", line 3', 'File "client/ui/app.py", line 3'),
        (r"cannot open C:\Users\李四\Videos\screen-01.mp4", "cannot open [path]/screen-01.mp4"),
        (r"[5] C:\Users\Li Lei\AppData\Local\x.log is held", "[5] [path] is held"),
        (r"from \\SERVER\Han Meimei\a.json now", "from [path] now"),
        ("open /home/li lei/录像/a.mp4 failed", "open [path] failed"),
        ("screen / camera / sound", "screen / camera / sound"),
        ("token=abc def", "token=[secret] def"),
        ("-----BEGIN PRIVATE KEY-----\nabc\ndef\n-----END PRIVATE KEY-----\nx", "[key]\nx"),
        ("from 8.8.8.8 to 10.0.0.7", "from [address] to 10.0.0.7"),
        ("http://li:geheim@10.0.0.7:8080/video?p=1", "http://10.0.0.7:8080"),
        ("https://exam.example.org/plan", "https://[host]"),
    ],
)
def test_what_is_left_of_it(said, left):
    assert Redactor().text(said) == left


@pytest.mark.parametrize(
    ("device", "left"),
    [
        ("Integrated Camera", "Integrated Camera"),
        ("罗技 高清摄像头", "罗技 高清摄像头"),
        ("张三的iPhone 摄像头", "[…] iPhone 摄像头"),
        ("Li Wei's iPhone", "Li […] iPhone"),
        ("rtsp://admin:secret@8.8.8.8/live", "rtsp://[host]"),
    ],
)
def test_a_device_keeps_its_name_and_loses_its_owners(device, left):
    assert Redactor().name(device) == left
