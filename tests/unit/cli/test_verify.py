from __future__ import annotations

import json

import pytest

from client.cli import verify
from client.cli.arguments import command_line
from tests.builders import PAIR, Script, Stretch, build_session


@pytest.fixture(scope="module")
def good(tmp_path_factory):
    return build_session(tmp_path_factory.mktemp("good"))


@pytest.fixture
def say(monkeypatch, capsys):
    """Run the verb as a person does; return exit code, standard output, standard error."""

    def run(*words, language="en"):
        monkeypatch.setenv("SAIJIAN_LANG", language)
        code = verify.run(command_line("").read(["verify", *map(str, words)]))
        return code, *capsys.readouterr()

    return run


def test_an_authentic_session_is_told_in_chinese_and_english(say, good):
    key = ["--organizer-key", good.organizer_key]
    code, chinese, quiet = say(good.folder.path, *key, language="zh")
    assert (code, quiet) == (0, "")
    assert chinese.startswith("AUTHENTIC  真实完整\n")
    assert "已用所给的组委会密钥核对" in chinese
    _, english, _ = say(good.folder.path, *key)
    assert "Checked against the organizer key" in english
    assert "screen-01.mp4" in english
    assert "主机，2026-11-22 09:13:20 开始，组委会已登记" in chinese
    assert "primary, begun 2026-11-22 09:13:20, enrolled by the organizer" in english


def test_json_is_one_object_with_what_a_program_needs(say, good):
    code, out, _ = say(good.folder.path, "--json", "--decode")
    report = json.loads(out)
    assert (code, report["verdict"], report["exit_code"]) == (0, "AUTHENTIC", 0)
    assert report["trust"] == "self-consistent only"
    assert [sorted(track) for track in report["tracks"]] == [
        ["bytes", "decode_errors", "name", "seconds", "sha256"]
    ] * 3
    assert report["subject"]["contest_name"]["zh"] == "测试竞赛"
    assert report["subject"]["role"] == "primary"
    assert report["client_address"] == "203.0.113.7"
    assert [d["simulated"] for d in report["devices"]] == [False] * 3
    assert report["gaps"] == report["findings"] == []


def test_a_gap_is_told_with_seconds_cause_and_time_of_day(say, tmp_path):
    script = Script(slates=(Stretch("camera", 5, 7),))
    built = build_session(tmp_path, script)
    code, out, _ = say(built.folder.path)
    assert code == 1
    assert (
        "- No camera from second 5.0 to 7.0. Cause: device unplugged.  [09:13:25 – 09:13:27]" in out
    )
    report = json.loads(say(built.folder.path, "--json")[1])
    (gap,) = report["gaps"]
    assert (gap["source"], gap["from"], gap["to"]) == ("camera", 5.0, 7.0)


def test_what_the_verdict_rests_on_comes_first(say, tmp_path):
    built = build_session(tmp_path)
    built.folder.plan.unlink()
    (built.folder.path / "screen-02.mp4").write_bytes(b"nobody's")
    _, out, _ = say(built.folder.path)
    findings = [line for line in out.splitlines() if line.startswith("- ")]
    assert findings[0] == "- The journal does not know the file screen-02.mp4."
    assert len(findings) > 1


def test_nothing_there_is_exit_code_2(say, tmp_path):
    code, out, _ = say(tmp_path / "none")
    assert code == 2
    assert out.startswith("UNREADABLE")


def test_a_wrong_key_argument_is_told_and_exit_code_2(say, good):
    code, out, err = say(good.folder.path, "--organizer-key", "nonsense")
    assert (code, out) == (2, "")
    assert "64 hex digits" in err
    assert json.loads(say(good.folder.path, "--json", "--organizer-key", "x")[1])["error"]


def test_progress_is_shown_only_after_two_seconds(capsys):
    meter = verify._Meter()
    meter.show(1, 2)
    meter._begun -= 3
    meter._last -= 3
    meter.show(1, 2)
    meter.end()
    assert capsys.readouterr().err.count("50%") == 1


def test_what_is_known_of_picture_against_sound_is_told(say, good, tmp_path):
    _, english, _ = say(good.folder.path)
    assert (
        "from second 0: fixed offset of picture and sound unknown (delay by the devices' own"
        " account: camera not told, microphone 12.0 ms, taken off; deliveries vary by 0.4 ms)"
    ) in english
    _, chinese, _ = say(good.folder.path, language="zh")
    assert "画面与声音的固定差未知（设备自报延迟：摄像头 未报，麦克风 12.0 ms" in chinese
    _, told, _ = say(good.folder.path, "--json")
    (pair,) = json.loads(told)["pairs"]
    assert pair == {"second": 0.0, **PAIR.model_dump(exclude={"kind"})}
    known = {"camera_delay_us": 33_000, "camera_told_by": "device", "offset_us": 33_000}
    built = build_session(tmp_path, Script(pair=PAIR.model_copy(update=known)))
    _, english, _ = say(built.folder.path)
    assert "picture dated 33.0 ms after its sound (delay" in english
