"""The archive for whoever helps: secrets planted in every source, and none of them in it."""

from __future__ import annotations

import json
import shutil
import socket
import sys
import zipfile
from pathlib import Path

import pytest

from client.attempt.diagnosis import collect
from client.attempt.diagnosis.collect import diagnose
from client.attempt.diagnosis.health import findings_of, summary_of, write_archive
from client.evidence.layout import SessionFolder
from client.evidence.retention import sessions_below
from client.upload.progress import Problem, UploadProgress, save_progress
from tests.builders import Script, build_session

NOW_US = 1_795_400_000_000_000
PLANTED = {
    "name": "欧阳娜娜",
    "latin name": "Quintus Fabius",
    "identity number": "430103199003071234",
    "telephone": "138-0731-5566",
    "ticket": "2026-0417",
    "code": "K7PX-22",
    "token": "s6LzXW6_FWd9q8FMNtOoFA4-WVYEx4Efq0",
    "key": "9f" * 32,
    "address": "203.0.113.77",
    "street": "长沙市岳麓区麓山南路 932 号",
    "camera password": "geheim-kamera",
    "user": "zhangsan",
    "host": "lab-pc-zhangsan",
    "note": "quill pen under the desk",
}
LINES = """\
2026-11-22 09:10:11,123 4711 INFO client.upload.worker: enrolled {name} ticket={ticket} {code}
2026-11-22 09:10:12,123 4711 ERROR client.upload.worker: 401 Bearer {token} from {address}
Traceback (most recent call last):
  File "/home/{user}/app/client/upload/worker.py", line 12, in run
FileNotFoundError: [Errno 2] No such file or directory: '/home/{user}/{name} {latin name}.mp4'
opened rtsp://admin:{camera password}@{address}/live on {host}; call {telephone}, {street}
{identity number} {key}
"""


@pytest.fixture
def root(tmp_path, monkeypatch):
    """A home with a session in which secrets lie wherever something of a person may."""
    monkeypatch.setenv("USERNAME", PLANTED["user"])
    monkeypatch.setenv("SAIJIAN_HOME", f"/home/{PLANTED['user']}/x")
    monkeypatch.setenv("HTTPS_PROXY", f"http://{PLANTED['user']}:pw@{PLANTED['address']}:3128")
    monkeypatch.setattr(socket, "gethostname", lambda: PLANTED["host"])
    monkeypatch.setattr(collect, "_user_names", lambda: iter([PLANTED["latin name"]]))
    built = build_session(tmp_path / "made", Script(seconds=6))
    root = tmp_path / "data" / "sessions"
    root.mkdir(parents=True)
    path = root / f"contest-{PLANTED['user']}"
    shutil.copytree(built.folder.path, path)
    folder = SessionFolder(path).create()
    folder.token.write_text(json.dumps({k: PLANTED[k] for k in ("token", "ticket", "code")}))
    folder.setup.write_text(json.dumps({"camera": f"rtsp://a:{PLANTED['camera password']}@x/"}))
    (folder.private / "session.key").write_text(PLANTED["key"])
    (path / "attachments.jsonl").write_text(json.dumps({"note": PLANTED["note"]}) + "\n")
    logs = root.parent / "logs"
    logs.mkdir()
    for log in (folder.log("uploader"), folder.private / "recorder.log.1", logs / "app.log"):
        log.write_text(LINES.format(**PLANTED), encoding="utf-8")
    said = f"{PLANTED['ticket']} {PLANTED['address']}"
    problem = Problem(zh=PLANTED["name"], en=f"refused {said} {PLANTED['token']}")
    save_progress(folder, UploadProgress(state="refused", last_problem=problem))
    return root


def everything(archive: Path) -> dict[str, str]:
    with zipfile.ZipFile(archive) as zipped:
        return {name: zipped.read(name).decode() for name in zipped.namelist()}


def listing(tmp_path, monkeypatch, document):
    script = tmp_path / "devices.py"
    script.write_text(f"print({json.dumps(json.dumps(document))})")
    monkeypatch.setattr(collect, "own_command", lambda *_: [sys.executable, str(script)])


def test_nothing_of_a_person_and_no_key_is_in_it(root, tmp_path, monkeypatch):
    camera = {"name": f"rtsp://a:{PLANTED['camera password']}@{PLANTED['address']}", "index": 0}
    listing(tmp_path, monkeypatch, {"screens": [], "cameras": [camera], "microphones": []})
    archive = tmp_path / "d.zip"
    diagnosis = diagnose(root, NOW_US)
    write_archive(diagnosis, archive)
    found = everything(archive)
    assert {"summary.txt", "diagnosis.json", "logs/app/app.log"} <= found.keys()
    assert {"logs/session-1/uploader.log", "logs/session-1/recorder.log.1"} <= found.keys()
    for name, text in found.items():
        for what, secret in PLANTED.items():
            for piece in {secret, *secret.split()}:
                if len(piece) > 3 and piece not in ("under", "desk"):
                    assert piece.lower() not in (name + text).lower(), (what, name)


@pytest.mark.parametrize("token", [b"", b"[]", b'"x"'])
def test_a_token_that_is_none_ends_nothing(root, token):
    SessionFolder(sessions_below(root)[0]).token.write_bytes(token)
    assert diagnose(root, NOW_US, with_devices=False).facts["sessions"]


def test_the_archive_is_written_whole_or_not_at_all(root, tmp_path, monkeypatch):
    diagnosis = diagnose(root, NOW_US, with_devices=False)
    archive = tmp_path / "d.zip"
    archive.write_bytes(b"what was there before")
    monkeypatch.setattr(zipfile.ZipFile, "writestr", lambda *_: (_ for _ in ()).throw(OSError(28)))
    with pytest.raises(OSError, match="28"):
        write_archive(diagnosis, archive)
    assert archive.read_bytes() == b"what was there before"


def test_what_helps_is_in_it(root):
    diagnosis = diagnose(root, NOW_US, with_devices=False)
    (session,) = diagnosis.facts["sessions"]
    assert (session["kind"], session["hold"], session["upload"]) == ("contest", "kept", "refused")
    assert session["tracks"].keys() == {"screen-01.mp4", "identity-01.mp4", "contest-01.mp4"}
    log = diagnosis.logs["session-1/uploader.log"]
    assert "2026-11-22 09:10:12,123 4711 ERROR client.upload.worker: 401" in log
    assert 'File "client/upload/worker.py", line 12, in run' in log
    assert "FileNotFoundError: [Errno 2]" in log
    assert diagnosis.facts["preflight"], "its last checks"
    assert "SAIJIAN_HOME" in diagnosis.facts["configuration"]["environment"]
    assert "https_proxy" in diagnosis.facts["configuration"]["proxies"]


def test_it_says_what_is_wrong(root, monkeypatch):
    monkeypatch.setenv("SAIJIAN_LANG", "en")
    bad = [
        f.text.en for f in findings_of(diagnose(root, NOW_US, with_devices=False)) if not f.is_well
    ]
    assert len(bad) == 2
    assert "upload refused" in bad[0]
    assert "errors in the logs" in bad[1]
    assert any(
        line.startswith("✗") for line in summary_of(diagnose(root, NOW_US, with_devices=False))
    )


def test_a_computer_without_sessions_is_well(tmp_path):
    diagnosis = diagnose(tmp_path / "none", NOW_US, with_devices=False)
    assert all(finding.is_well for finding in findings_of(diagnosis))


def test_drivers_that_hang_or_crash_are_named_and_end_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(collect, "LISTS_S", 0.2)
    monkeypatch.setattr(
        collect, "own_command", lambda *_: [sys.executable, "-c", "import time; time.sleep(9)"]
    )
    assert diagnose(tmp_path, NOW_US).facts["devices"] == {"error": "TimeoutExpired"}
    monkeypatch.setattr(collect, "own_command", lambda *_: [sys.executable, "-c", "boom"])
    assert diagnose(tmp_path, NOW_US).facts["devices"] == {"error": "JSONDecodeError"}
