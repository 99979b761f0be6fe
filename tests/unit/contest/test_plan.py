from __future__ import annotations

import copy
import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from client.base.errors import PlanError
from client.contest.plan import MAX_PLAN_BYTES, check_draft, load_plan
from client.contest.signed import PublicKey, public_key, sha256, sign

KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
PLAN = {
    "kind": "saijian.plan/1",
    "id": "contest",
    "name": {"zh": "竞赛", "en": "Contest"},
    "revision": 1,
    "rehearsal": False,
    "organizer": {
        "name": {"zh": "组委会"},
        "phone": "0731-0000000",
        "contact": "",
        "address": "https://organizer.example:8443",
        "keys": [public_key(KEY)],
        "certificate_pem": "",
    },
    "projects": [
        {
            "id": "shop",
            "name": {"zh": "电子商务师"},
            "papers": [
                {
                    "id": "one",
                    "name": {"zh": "第一场"},
                    "starts_at": "2024-11-16T09:30:00+08:00",
                    "ends_at": "2024-11-16T11:30:00+08:00",
                }
            ],
        }
    ],
    "groups": [{"id": "staff", "name": {"zh": "职工组"}}],
    "sites": [{"id": "s", "name": {"zh": "考点"}, "rooms": []}],
    "timing": {"opens_minutes_before": 60, "filming_minutes_before": 15},
    "contest_url": "",
    "environment": {"cores": 2, "browsers": {"all_of": ["firefox"], "any_of": []}},
    "recording": {"screen": {"fps": 10}, "sound": {"rate": 48000}},
    "upload": {"heartbeat_seconds": 12},
    "retention_working_days": 15,
    "rules": [{"zh": "请勿使用通讯设备。", "en": "No communication devices."}],
    "sample_picture": {"url": "https://x.example/a.jpg", "sha256": "0" * 64},
}


def signed(document=PLAN):
    return json.dumps(sign(document, KEY)).encode()


def changed(path, value):
    """Return the plan with another `value` at `path` (names and indexes with dots)."""
    document = copy.deepcopy(PLAN)
    *way, last = [int(p) if p.isdigit() else p for p in path.split(".")]
    place = document
    for part in way:
        place = place[part]
    if value is Ellipsis:
        del place[last]
    else:
        place[last] = value
    return document


def refused(untrusted, work=load_plan):
    """Return the error's two sentences; any other exception fails the test."""
    with pytest.raises(PlanError) as error:
        work(untrusted)
    assert error.value.exit_code == 2
    for text in (error.value.title, error.value.advice):
        assert text.zh
        assert text.en
        assert (text.zh + text.en).isprintable()
        assert len(text.zh) < 400
    return error.value.title


def test_a_signed_plan_is_loaded_with_its_own_bytes():
    raw = signed()
    published = load_plan(raw)
    assert published.raw == raw
    assert published.sha256 == sha256(raw)
    assert published.plan.paper("one").name.zh == "第一场"
    assert load_plan(raw, public_key(KEY)) == published


def test_a_paper_that_is_not_there_is_named_with_those_that_are():
    with pytest.raises(PlanError, match="two") as error:
        load_plan(signed()).plan.paper("two")
    assert "one" in error.value.advice.en


BAD = [
    ("kind", "saijian.plan/2"),
    ("kind", "saijian.receipt/1"),
    ("id", "Große"),
    ("id", ...),
    ("name", "竞赛"),
    ("name.zh", ""),
    ("name.zh", "行\n行"),
    ("name.zh", "提交\u202e"),
    ("name.zh", "长" * 121),
    ("name.zh", "\ud800"),
    ("revision", 0),
    ("revision", 1.0),
    ("revision", "1"),
    ("revision", True),
    ("revision", 10**400),
    ("revision", float("nan")),
    ("revision", float("inf")),
    ("rehearsal", 1),
    ("organizer.address", "http://192.0.2.1:80"),
    ("organizer.address", "https://user@host:1"),
    ("organizer.address", "https://host:99999"),
    ("organizer.address", "https://host?x"),
    ("organizer.address", "https://[::1"),
    ("organizer.address", "ftp://host"),
    ("organizer.keys", []),
    ("organizer.keys", ["zz"]),
    ("organizer.keys", "ab" * 32),
    ("organizer.certificate_pem", "hello"),
    ("organizer.phone", "call me"),
    ("projects", []),
    ("projects.0.papers", []),
    ("projects.0.papers.0.starts_at", "2024-11-16T09:30:00"),
    ("projects.0.papers.0.starts_at", "2024-11-16T09:30:00Z"),
    ("projects.0.papers.0.starts_at", "2024-11-16T09:30:00+09:00"),
    ("projects.0.papers.0.starts_at", "tomorrow"),
    ("projects.0.papers.0.starts_at", "2024-13-16T09:30:00+08:00"),
    ("projects.0.papers.0.starts_at", "0001-01-01T00:00:00+08:00"),
    ("projects.0.papers.0.ends_at", "9999-12-31T23:59:59+08:00"),
    ("projects.0.papers.0.starts_at", 1731720600),
    ("projects.0.papers.0.starts_at", 1e300),
    ("groups.0.shoe", 43),
    ("timing.filming_minutes_before", -1),
    ("timing.opens_minutes_before", float("nan")),
    ("timing.overrun_minutes", 1e9),
    ("contest_url", "javascript:alert(1)"),
    ("environment.cores", 2**60),
    ("environment.browsers", []),
    ("environment.browsers.all_of", "firefox"),
    ("recording.screen.fps", 31),
    ("recording.sound.rate", 44000),
    ("upload.heartbeat_seconds", 0),
    ("retention_working_days", None),
    ("rules.0.zh", "一" * 501),
    ("sample_picture.sha256", "0" * 63),
    ("sample_picture.url", "file:///etc/passwd"),
]


@pytest.mark.parametrize(("path", "value"), BAD)
def test_a_wrong_field_is_named_in_both_languages(path, value):
    title = refused(json.dumps({**changed(path, value), "signature": "AAAA"}).encode())
    for sentence in title:
        assert path in sentence
    draft = json.dumps(changed(path, value)).encode()
    assert refused(draft, check_draft) == title


@pytest.mark.parametrize("path", ["id", "projects.0.id", "projects.0.papers.0.id", "sites.0.id"])
@pytest.mark.parametrize("name", ["con", "nul", "com1", "lpt9"])
def test_an_id_that_windows_keeps_for_a_device_is_refused_on_every_system(path, name):
    title = refused(json.dumps(changed(path, name)).encode(), check_draft)
    assert path in title.en
    assert "Windows" in title.zh
    assert check_draft(json.dumps(changed(path, f"{name}-1")).encode())


@pytest.mark.parametrize(
    ("document", "word"),
    [
        (changed("projects", PLAN["projects"] * 2), "“shop”"),
        (changed("groups", PLAN["groups"] * 2), "“staff”"),
        (changed("sites", PLAN["sites"] * 2), "“s”"),
        (changed("projects.0.papers", PLAN["projects"][0]["papers"] * 2), "“one”"),
        (changed("projects.0.papers.0.ends_at", "2024-11-16T09:30:00+08:00"), "12 小时"),
        (changed("projects.0.papers.0.ends_at", "2024-11-16T21:30:01+08:00"), "12 小时"),
        (changed("timing.filming_minutes_before", 61), "开放时间"),
    ],
)
def test_what_contradicts_itself_is_said(document, word):
    assert word in refused(json.dumps(document).encode(), check_draft).zh


@pytest.mark.parametrize(
    ("untrusted", "word"),
    [
        (b"", "JSON"),
        (b"\xff\xfe\x00", "JSON"),
        ("{}".encode("utf-16"), "JSON"),
        (b"[" * 200_000, "JSON"),
        (b'{"a":' * 100_000, "JSON"),
        (b"[]", "object"),
        (b"null", "object"),
        (b"9" * 10_000, "JSON"),
        (b" " * (MAX_PLAN_BYTES + 1), "too large"),
        (b'{"id": 1, "id": 1}', "twice"),
        (b'{"\\ud800\\n": 1, "\\ud800\\n": 2}', "twice"),
        (json.dumps({"\ud800": 1, **PLAN}).encode(), "invalid characters"),
        (json.dumps({"\x1b[31m" + "x" * 5000: 1, **PLAN, "signature": "A"}).encode(), "not known"),
        (json.dumps({**PLAN, "signature": "A", "extra": [[[[]]]]}).encode(), "extra"),
    ],
)
def test_files_that_are_no_plan_are_one_clear_error(untrusted, word):
    for work in (load_plan, check_draft):
        assert word in refused(untrusted, work).en


@pytest.mark.parametrize(
    "raw",
    [
        json.dumps({**PLAN, "signature": "AAAA"}).encode(),
        signed().replace(b"0731-0000000", b"0731-0000001"),
        json.dumps({**json.loads(signed()), "signature": "====" * 2}).encode(),
    ],
)
def test_a_signature_that_is_none_is_refused(raw):
    assert "signature" in refused(raw).en


def test_only_the_plan_s_keys_count_and_only_the_one_that_was_brought():
    other = Ed25519PrivateKey.from_private_bytes(bytes([1] * 32))
    by_other = json.dumps(sign(PLAN, other)).encode()
    assert "signature" in refused(by_other).en
    both = changed("organizer.keys", [public_key(KEY), public_key(other)])
    raw = json.dumps(sign(both, other)).encode()
    assert load_plan(raw, public_key(other))
    assert "signature" in refused(raw, lambda data: load_plan(data, public_key(KEY))).en
    assert "signature" in refused(raw, lambda data: load_plan(data, PublicKey("ab" * 32))).en


def test_a_key_that_is_no_point_of_the_curve_signs_nothing():
    raw = json.dumps({**changed("organizer.keys", ["ff" * 32]), "signature": "AAAA"}).encode()
    assert "signature" in refused(raw).en


def test_a_byte_order_mark_is_no_harm():
    assert load_plan(b"\xef\xbb\xbf" + signed()).plan.id == "contest"


# ---- whatever comes, it is a plan or a PlanError ------------------------------------------------
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["2024-11-16T09:30:00+08:00", "https://x.example", "0" * 64, 10**400]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=6,
)


def paths(value, before=()):
    """Return the paths of all places in a JSON value."""
    found = [before] if before else []
    if isinstance(value, dict | list):
        for name, inner in value.items() if isinstance(value, dict) else enumerate(value):
            found += paths(inner, (*before, name))
    return found


@settings(max_examples=300)
@given(st.sampled_from([".".join(map(str, p)) for p in paths(PLAN)]), VALUES)
def test_anything_anywhere_is_a_plan_or_a_plan_error(path, value):
    raw = json.dumps({**changed(path, value), "signature": "AAAA"}).encode()
    for work in (load_plan, check_draft):
        try:
            work(raw)
        except PlanError as error:
            assert (error.title.zh + error.title.en).isprintable()  # noqa: PT017 (either is good)


@settings(max_examples=200)
@given(st.binary(max_size=200) | VALUES.map(lambda value: json.dumps(value).encode()))
def test_any_bytes_are_a_plan_error(untrusted):
    for work in (load_plan, check_draft):
        refused(untrusted, work)


@settings(max_examples=100)
@given(st.integers(0, len(signed()) - 1), st.integers(1, 255))
def test_any_changed_byte_of_a_signed_plan_is_noticed(at, mask):
    raw = bytearray(signed())
    raw[at] ^= mask
    if bytes(raw).decode("utf-8", "replace").split() == signed().decode().split():
        return  # white space for white space: the same document
    try:
        changed_plan = load_plan(bytes(raw))
    except PlanError:
        return
    assert json.loads(changed_plan.raw) == json.loads(signed())


def test_a_second_camera_is_asked_for_in_so_many_words():
    assert not load_plan(signed()).plan.recording.second_camera
    for wants in (True, False):
        document = {**PLAN, "recording": {"second_camera": wants}}
        assert load_plan(signed(document)).plan.recording.second_camera is wants
    for wrong in ("yes", 1, None):
        with pytest.raises(PlanError) as caught:
            load_plan(signed({**PLAN, "recording": {"second_camera": wrong}}))
        assert "second_camera" in caught.value.title.zh
