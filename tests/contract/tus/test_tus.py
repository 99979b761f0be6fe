from __future__ import annotations

import hashlib
import os
import socket
from concurrent.futures import ThreadPoolExecutor
from email.utils import parsedate_to_datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.contract.tus.conftest import metadata

DATA = os.urandom(300_000)
PIECE = 4 * 1024 * 1024


def complete(peer, data=DATA, offset=0, name="screen-01.mp4", step=100_000):
    location = peer.create(data, offset, name).headers["location"]
    for start in range(0, len(data), step):
        assert peer.patch(location, start, data[start : start + step]).status == 204
    return location


def test_options_say_version_extensions_limits_and_checksum(peer):
    answer = peer.say("OPTIONS", "/files", version=False)
    assert answer.status in {200, 204}
    assert answer.headers["tus-resumable"] == answer.headers["tus-version"] == "1.0.0"
    extensions = set(answer.headers["tus-extension"].split(","))
    assert extensions >= {"creation", "checksum", "expiration"}
    assert "sha256" in answer.headers["tus-checksum-algorithm"].split(",")
    assert int(answer.headers["tus-max-size"]) == 64 * 1024 * 1024


def test_a_bundle_travels_in_pieces_and_lies_at_its_place(peer):
    location = complete(peer, DATA[100_000:], 100_000)
    complete(peer, DATA[:100_000], step=64_000)
    answer = peer.head(location)
    assert (answer.status, answer.offset) == (200, 200_000)
    assert answer.headers["upload-length"] == "200000"
    assert answer.headers["cache-control"] == "no-store"
    assert peer.stored() == DATA


def test_every_answer_carries_the_version(peer):
    location = peer.create(DATA).headers["location"]
    for answer in (
        peer.head(location),
        peer.patch(location, 5, DATA),
        peer.patch(location, 0, DATA[:10]),
        peer.head("/files/nothing"),
        peer.say("POST", "/files", version=False),
    ):
        assert answer.headers["tus-resumable"] == "1.0.0"


@pytest.mark.parametrize("version", [{}, {"Tus-Resumable": "0.2.2"}])
@pytest.mark.parametrize("method", ["POST", "HEAD", "PATCH"])
def test_another_version_is_refused_with_412(peer, method, version):
    location = peer.create(DATA).headers["location"]
    path = "/files" if method == "POST" else location
    answer = peer.say(method, path, version, b"" if method != "HEAD" else None, version=False)
    assert (answer.status, answer.headers["tus-version"]) == (412, "1.0.0")


@pytest.mark.parametrize("method", ["POST", "HEAD", "PATCH"])
@pytest.mark.parametrize("token", ["", "Bearer nonsense", "Bearer ", "Basic eDp5"])
def test_without_a_token_nothing_is_answered(peer, method, token):
    location = peer.create(DATA).headers["location"]
    peer.headers.pop("Authorization")
    headers = {"Authorization": token} if token else {}
    answer = peer.say(method, "/files" if method == "POST" else location, headers)
    assert answer.status == 401


def test_uploads_of_other_sessions_do_not_exist(peer, new_peer):
    location = peer.create(DATA).headers["location"]
    stranger = new_peer()
    assert stranger.head(location).status == 404
    assert stranger.patch(location, 0, DATA).status == 404
    assert peer.head(location).offset == 0


def test_an_unfinished_upload_says_when_it_expires(peer):
    created = peer.create(DATA)
    location = created.headers["location"]
    for answer in (created, peer.patch(location, 0, DATA[:10]), peer.head(location)):
        expires = parsedate_to_datetime(answer.headers["upload-expires"])
        now = parsedate_to_datetime(answer.headers["date"])
        assert 6 <= (expires - now).days <= 7
    assert "upload-expires" not in peer.patch(location, 10, DATA[10:]).headers


@pytest.mark.parametrize("finished", [False, True])
def test_the_same_bundle_again_is_the_same_upload(peer, finished):
    location = complete(peer) if finished else peer.create(DATA).headers["location"]
    again = peer.create(DATA)
    assert (again.status, again.headers["location"]) == (201, location)
    assert again.offset == (len(DATA) if finished else 0)


def test_a_bundle_with_other_bytes_at_the_same_place_is_a_conflict(peer):
    complete(peer)
    answer = peer.create(DATA[::-1])
    assert (answer.status, answer.problem) == (409, "bundle_conflict")
    assert peer.stored() == DATA


@pytest.mark.parametrize("offset", [0, 99_999, 100_001, 300_000])
def test_a_wrong_offset_is_a_conflict_and_changes_nothing(peer, offset):
    location = peer.create(DATA).headers["location"]
    peer.patch(location, 0, DATA[:100_000])
    assert peer.patch(location, offset, DATA[100_000:]).status == 409
    assert peer.head(location).offset == 100_000
    assert peer.patch(location, 100_000, DATA[100_000:]).offset == len(DATA)
    assert peer.stored() == DATA


def test_a_wrong_checksum_is_460_and_nothing_is_kept(peer):
    location = peer.create(DATA).headers["location"]
    peer.patch(location, 0, DATA[:1000])
    wrong = peer.say(
        "PATCH",
        location,
        {
            "Content-Type": "application/offset+octet-stream",
            "Upload-Offset": "1000",
            "Upload-Checksum": "sha256 " + "A" * 43 + "=",
        },
        DATA[1000:],
    )
    assert wrong.status == 460
    assert peer.head(location).offset == 1000
    assert peer.stored() == DATA[:1000]


@pytest.mark.parametrize(
    "checksum", ["", "sha256", "sha256 zz", "md5 1B2M2Y8AsgTpgAmY7PhCfg==", "sha256 1B2M2Y8AsgTp"]
)
def test_a_checksum_is_mandatory_and_sha256(peer, checksum):
    location = peer.create(DATA).headers["location"]
    assert peer.patch(location, 0, DATA, Upload_Checksum=checksum).status == 400
    assert peer.head(location).offset == 0


@pytest.mark.parametrize("kind", ["", "application/octet-stream", "text/plain"])
def test_another_content_type_is_415(peer, kind):
    location = peer.create(DATA).headers["location"]
    assert peer.patch(location, 0, DATA, Content_Type=kind).status == 415


@pytest.mark.parametrize("offset", ["", "-1", "1.5", "x", "9" * 30, "１"])
def test_an_offset_that_is_no_number_is_400(peer, offset):
    location = peer.create(DATA).headers["location"]
    assert peer.patch(location, 0, DATA, Upload_Offset=offset.encode()).status == 400


def test_more_bytes_than_announced_are_refused(peer):
    location = peer.create(DATA).headers["location"]
    assert peer.patch(location, 0, DATA + b"x").status == 400
    assert peer.head(location).offset == 0


def test_a_piece_of_4_mib_is_taken_and_a_larger_one_is_413(peer):
    data = os.urandom(PIECE + 1)
    location = peer.create(data).headers["location"]
    assert peer.patch(location, 0, data).status == 413
    assert peer.head(location).offset == 0
    assert peer.patch(location, 0, data[:-1]).offset == PIECE
    assert peer.patch(location, PIECE, data[-1:]).offset == PIECE + 1


def test_a_bundle_that_is_not_what_was_announced_begins_again(peer):
    location = peer.create(DATA).headers["location"]
    answer = peer.patch(location, 0, DATA[::-1])
    assert (answer.status, answer.problem) == (460, "bundle_mismatch")
    assert peer.head(location).offset == 0
    assert peer.patch(location, 0, DATA).offset == len(DATA)
    assert peer.stored() == DATA


@pytest.mark.parametrize(
    "change",
    [
        {"name": "../../etc/passwd"},
        {"name": "seal.json"},
        {"name": "screen-1.mp4"},
        {"name": "screen-01.mp4\n"},
        {"offset": -1},
        {"offset": "x"},
        {"length": 0},
        {"length": 64 * 1024 * 1024 + 1},
        {"sha256": "0" * 63},
        {"sha256": "X" * 64},
        {"more": "1"},
    ],
)
def test_bad_metadata_is_refused(peer, change):
    assert peer.create(DATA, **change).status == 400


def test_metadata_and_length_must_agree_and_be_whole(peer):
    good = {"name": "screen-01.mp4", "offset": 0, "length": 5, "sha256": "0" * 64}
    for length, text in (
        ("6", metadata(good)),
        ("5", ""),
        ("5", "name"),
        ("5", metadata(good) + "," + metadata({"name": "screen-02.mp4"})),
        ("", metadata(good)),
    ):
        headers = {"Upload-Length": length, "Upload-Metadata": text}
        assert peer.say("POST", "/files", headers).status == 400


def test_a_file_cannot_be_made_huge_by_its_offset(peer):
    assert peer.create(DATA, offset=2**53 - 1).status == 413


def test_the_method_may_come_in_a_header(peer):
    location = peer.create(DATA).headers["location"]
    answer = peer.say("POST", location, {"X-HTTP-Method-Override": "HEAD"})
    assert (answer.status, answer.offset) == (200, 0)


def test_a_connection_cut_in_the_middle_of_a_piece_keeps_nothing(peer):
    location = peer.create(DATA).headers["location"]
    with socket.create_connection(("127.0.0.1", peer.port), timeout=20) as connection:
        head = (
            f"PATCH {location} HTTP/1.1\r\nHost: x\r\nAuthorization: "
            f"{peer.headers['Authorization']}\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: 0\r\n"
            "Upload-Checksum: sha256 " + "A" * 43 + "=\r\n"
            "Content-Type: application/offset+octet-stream\r\nContent-Length: 300000\r\n\r\n"
        )
        connection.sendall(head.encode() + DATA[:150_000])
    assert peer.head(location).offset == 0
    assert peer.patch(location, 0, DATA).status == 204
    assert peer.stored() == DATA


def test_bundles_of_one_file_may_arrive_side_by_side(peer):
    parts = [(start, DATA[start : start + 30_000]) for start in range(0, len(DATA), 30_000)]
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda part: complete(peer, part[1], part[0], step=7_000), parts))
    assert peer.stored() == DATA


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["send", "ahead", "behind", "wrong", "ask", "again"]),
        st.integers(1, 70_000),
    ),
    max_size=12,
)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
def test_whatever_a_client_does_the_offset_is_the_truth(new_peer, steps):
    peer = new_peer()
    location = peer.create(DATA).headers["location"]
    at = 0
    for step, size in steps:
        piece = DATA[at : at + size]
        match step:
            case "send" if piece:
                assert peer.patch(location, at, piece).offset == at + len(piece)
                at += len(piece)
            case "ahead":
                assert peer.patch(location, at + 1, piece).status == 409
            case "behind" if at:
                assert peer.patch(location, at - 1, piece).status == 409
            case "wrong" if piece:
                digest = "sha256 " + "A" * 43 + "="
                assert peer.patch(location, at, piece, Upload_Checksum=digest).status == 460
            case "again":
                assert peer.create(DATA).headers["location"] == location
        assert peer.head(location).offset == at
    if at:
        kept = peer.stored()
        assert hashlib.sha256(kept).digest() == hashlib.sha256(DATA[:at]).digest()
