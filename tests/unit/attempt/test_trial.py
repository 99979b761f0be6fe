"""A trial: the contest's plan but for its times; never near a contest; nothing of it is left."""

from __future__ import annotations

import contextlib
import json
import shutil
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from client.attempt import local_organizer as module
from client.attempt import trial
from client.attempt.local_organizer import LocalOrganizer, local_organizer
from client.attempt.rehearsal import NOT_YET, TrialWish, _beijing, trial_plan
from client.attempt.states import State
from client.attempt.trial import Trials
from client.base.clock import SECOND_US, utc_us
from client.base.errors import DeviceError, OrganizerError, StateError, StorageError
from client.base.files import FileLock
from client.base.text import Text
from client.contest.plan import Plan, check_draft, load_plan
from client.contest.schedule import MINUTE_US, is_too_near, schedule_of
from client.contest.signed import canonical
from client.evidence.copying import StoppedError, Tally
from client.evidence.layout import SessionFolder
from client.evidence.trials import OWNER
from client.organizer.folder import OrganizerFolder, init_folder
from client.organizer.publish import sign_plan
from client.recorder.setup import Devices, RecorderSetup, save_setup
from tests.documents import SESSION, plan_document
from tests.simulators.session import FakeSession

NOW = 1_800_000_000 * SECOND_US
RULES = [{"zh": "请勿使用通讯设备。", "en": "No phones."}]
MINE = Devices(camera="http://192.168.1.8/video", microphone="desk", camera_rotation=90)


def contest(**changes: object) -> dict:
    more = {
        "rules": RULES,
        "contest_url": "https://contest.example/login",
        "identity": {"back": True, "sentence": {"zh": "我是本人。", "en": ""}},
        "recording": {"second_camera": True, "key_frame_seconds": 7},
        "retention_working_days": 30,
        "environment": {"cores": 4},
        **changes,
    }
    return plan_document(Ed25519PrivateKey.generate(), **more)


def read(draft: bytes) -> Plan:
    return Plan.model_validate({**check_draft(with_key(draft)), "signature": "AAAA"})


def with_key(draft: bytes) -> bytes:
    document = json.loads(draft)
    document["organizer"]["keys"] = ["ab" * 32]
    return json.dumps(document).encode()


# ---- the plan ------------------------------------------------------------------------------------
def test_three_minutes_hold_everything_and_the_ends_are_generous() -> None:
    plan = read(trial_plan(NOT_YET, NOW, 3))
    times = schedule_of(plan, plan.papers()[0])
    assert (times.filming_us - NOW) / SECOND_US == 90  # rules, consent, check
    assert (times.starts_us - times.filming_us) / SECOND_US == 60  # identity
    assert (times.ends_us - times.starts_us) / SECOND_US == 90
    assert times.opens_us < NOW
    assert times.stops_us - times.ends_us == 10 * MINUTE_US
    slow = times.starts_us + 60 * SECOND_US
    assert times.contest_by_us(slow) - slow == 5 * MINUTE_US


@pytest.mark.parametrize("minutes", [0.5, 1, 5, 60])
def test_a_plan_of_any_length_is_a_good_one(minutes: float) -> None:
    plan = read(trial_plan(NOT_YET, NOW, minutes))
    start = plan.papers()[0].starts_at.timestamp()
    assert start - NOW / SECOND_US == pytest.approx(minutes * 50)


def test_it_is_a_rehearsal_also_where_the_contest_is_none() -> None:
    for plan in (trial_plan(NOT_YET, NOW, 3), trial_plan(NOT_YET, NOW, 3, contest=contest())):
        assert read(plan).rehearsal is True


def test_it_is_what_comes_tomorrow() -> None:
    real = Plan.model_validate(contest(rehearsal=False))
    plan = read(trial_plan("http://127.0.0.1:9", NOW, 3, 2, contest=contest(), paper_id="paper"))
    for same in ("rules", "contest_url", "identity", "recording", "environment"):
        assert getattr(plan, same) == getattr(real, same), same
    assert plan.retention_working_days == 30
    assert plan.name.zh == "试一遍：测试竞赛"
    assert plan.papers()[0].name.zh == "场次"
    assert (plan.organizer.name.zh, plan.organizer.phone) == ("测试组委会", "000-0000")
    assert plan.organizer.address == "http://127.0.0.1:9"
    assert plan.organizer.certificate_pem == ""
    assert plan.upload.line_kbps == 100_000  # not the contest's share of its line
    assert len(plan.papers()) == 1


def test_a_long_name_stays_a_name() -> None:
    long = contest(name={"zh": "竞" * 120, "en": "c" * 200})
    assert len(read(trial_plan(NOT_YET, NOW, 3, contest=long)).name.zh) == 120


def test_simulated_devices_stand_in_its_name() -> None:
    plan = read(trial_plan(NOT_YET, NOW, 3, contest=contest(), simulated=True))
    assert plan.name.zh == "试一遍（模拟设备）：测试竞赛"
    assert read(trial_plan(NOT_YET, NOW, 3, simulated=True)).name.en == "Simulated trial run"


@pytest.mark.parametrize(
    "wish", [TrialWish(), TrialWish(Path("/一 场"), "http://h/v", "desk", 1.5)]
)
def test_a_wish_reads_back(wish: TrialWish) -> None:
    assert TrialWish.of_words(json.loads(json.dumps(wish.words()))) == wish


# ---- when there is none --------------------------------------------------------------------------
def enrolled(sessions: Path, minutes_to_filming: float, name: str = "s", **changes: object) -> Path:
    """A contest's session on this computer that has not begun."""
    folder = SessionFolder(sessions / name).create()
    film = utc_us() + round(minutes_to_filming * MINUTE_US)
    plan = contest(**changes)
    paper = plan["projects"][0]["papers"][0]
    starts = _beijing(film) + timedelta(minutes=15)
    paper |= {
        "starts_at": starts.isoformat(timespec="seconds"),
        "ends_at": (starts + timedelta(minutes=60)).isoformat(timespec="seconds"),
    }
    signer = Ed25519PrivateKey.generate()
    document = plan_document(
        signer, **{k: v for k, v in plan.items() if k not in ("organizer", "signature")}
    )
    folder.plan.write_bytes(canonical(document))
    setup = RecorderSetup(session=SESSION, purpose="contest", devices=MINE, paper="paper")
    save_setup(folder.setup, setup)
    return folder.path


def trials(tmp_path: Path, parts: object = None) -> Trials:
    return Trials(parts, tmp_path / "trials", tmp_path / "sessions")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("minutes", "is_near"), [(61, False), (59, True), (0, True), (-20, True), (-90, False)]
)
def test_near_a_contest_there_is_none(tmp_path: Path, minutes: float, is_near: bool) -> None:
    path = enrolled(tmp_path / "sessions", minutes)
    found = trials(tmp_path).hindrance()
    assert (found is not None) is is_near
    if found is not None:
        assert "现在不再试一遍" in found.title.zh
        assert found.exit_code == 1
    plan = load_plan((path / "plan.json").read_bytes()).plan
    assert is_too_near(schedule_of(plan, plan.paper("paper")), utc_us()) is is_near


def test_a_rehearsal_and_a_damaged_session_hinder_nothing(tmp_path: Path) -> None:
    enrolled(tmp_path / "sessions", 5, rehearsal=True)
    broken = enrolled(tmp_path / "sessions", 5, "broken")
    (broken / "plan.json").write_bytes(b"{")
    assert trials(tmp_path).hindrance() is None


@pytest.mark.parametrize("state", [State.IDENTITY, State.CONTEST, State.HANDED_IN, State.SEALING])
def test_while_a_contest_is_recorded_there_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, state: State
) -> None:
    path = enrolled(tmp_path / "sessions", -300)  # long over by its plan
    monkeypatch.setattr(trial, "standing_of", lambda _: FakeSession(tmp_path, state))
    assert trials(tmp_path).hindrance() is None  # nobody records
    recorder = FileLock(SessionFolder(path).recorder_lock)
    assert recorder.acquire()
    found = trials(tmp_path).hindrance()
    recorder.release()
    assert found is not None
    assert "正在录制" in found.title.zh


# ---- one that is made ----------------------------------------------------------------------------
class Parts:
    """Simulated parts; `fails` is raised where devices are looked for."""

    def __init__(self, tmp_path: Path, fails: Exception | None = None) -> None:
        self.tmp_path, self.fails = tmp_path, fails
        self.known: Devices | None = None
        self.plan: Plan | None = None
        self.like: Path | None = None

    def devices(self, wish: TrialWish, plan: Plan, known: Devices | None) -> Devices:
        if self.fails is not None:
            raise self.fails
        self.known = known
        return known or Devices(camera="0")

    def enrol(self, published, applicant, devices: Devices, root: Path) -> SessionFolder:
        self.plan = published.plan
        folder = SessionFolder(root / "trial-1").create()
        folder.plan.write_bytes(published.raw)
        (folder.path / "identity-01.mp4").write_bytes(b"face")
        return folder

    def open(self, folder: SessionFolder, like: Path | None) -> FakeSession:
        self.like = like
        made = FakeSession(self.tmp_path, State.ENROLLED)
        made.folder = folder
        return made


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The organizer without its process."""
    said: list[str] = []

    @contextlib.contextmanager
    def organizer(place: Path, draft: bytes, tally: Tally) -> Iterator[object]:
        key, folder = init_folder(place / "organizer"), OrganizerFolder(place / "organizer")
        sign_plan(folder, draft)
        try:
            yield LocalOrganizer(folder, key, "http://127.0.0.1:9", 1.0)
        finally:
            said.append("organizer ended")

    monkeypatch.setattr(trial, "_organizer", organizer)
    return said


def test_a_trial_is_like_the_next_session_and_gone_at_its_end(tmp_path: Path, quick) -> None:
    enrolled(tmp_path / "sessions", 3000, "later")
    next_one = enrolled(tmp_path / "sessions", 700, "next")
    before = sorted(map(str, tmp_path.rglob("*")))
    parts = Parts(tmp_path)
    made = trials(tmp_path, parts).begin(TrialWish(), Tally())
    assert (parts.like, parts.known) == (next_one, MINE)
    assert parts.plan is not None
    assert parts.plan.rehearsal
    assert [rule.zh for rule in parts.plan.rules] == [RULES[0]["zh"]]
    (place,) = (tmp_path / "trials").iterdir()
    assert FileLock(place / OWNER).is_held()
    assert trials(tmp_path).clear() == 0
    assert place.exists()
    made.end()
    assert made.session.calls[-1] == "close"
    assert quick == ["organizer ended"]
    assert sorted(map(str, tmp_path.rglob("*"))) == before


def test_a_named_session_is_taken_and_without_any_it_has_a_plan_of_its_own(
    tmp_path: Path, quick
) -> None:
    parts = Parts(tmp_path)
    trials(tmp_path, parts).begin(TrialWish(), Tally()).end()
    assert (parts.like, parts.known) == (None, None)
    assert parts.plan is not None
    assert parts.plan.name.zh == "试一遍"
    enrolled(tmp_path / "sessions", 700, "next")
    later = enrolled(tmp_path / "sessions", 3000, "later")
    trials(tmp_path, parts).begin(TrialWish(later), Tally()).end()
    assert parts.like == later


@pytest.mark.parametrize("kind", ["devices", "cancelled", "disk", "near"])
def test_one_that_cannot_be_leaves_nothing(
    tmp_path: Path, quick, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    tally, fails = Tally(), None
    error: type[Exception] = StateError
    if kind == "devices":
        fails, error = (
            DeviceError(Text("没有摄像头。", "None."), Text("请接上。", "Plug.")),
            DeviceError,
        )
    elif kind == "cancelled":
        tally.stop()
        error = StoppedError
    elif kind == "disk":
        monkeypatch.setattr(trial, "NEEDS_BYTES", 1 << 60)
        error = StorageError
    else:
        enrolled(tmp_path / "sessions", 30)
    with pytest.raises(error):
        trials(tmp_path, Parts(tmp_path, fails)).begin(TrialWish(), tally)
    assert not (tmp_path / "trials").exists()


def test_what_a_killed_trial_left_is_cleared_and_nothing_else(
    tmp_path: Path, quick, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = trials(tmp_path, Parts(tmp_path)).begin(TrialWish(), Tally())
    (living,) = (tmp_path / "trials").iterdir()
    killed = shutil.copytree(living, living.with_name("20261126-190000-1"))
    contests = living.with_name("20261126-200000-2")
    session = SessionFolder(contests / "sessions" / "x").create()
    session.plan.write_bytes(canonical(contest(rehearsal=False)))
    ended: list[Path] = []
    monkeypatch.setattr(trial, "end_processes", lambda folder: ended.append(folder.path))
    assert trials(tmp_path).clear() == 1
    assert set((tmp_path / "trials").iterdir()) == {living, contests}
    assert killed / "sessions" / "trial-1" in ended
    assert not any(path.is_relative_to(contests) for path in ended)
    made.end()
    assert list((tmp_path / "trials").rglob("plan.json")) == [session.plan]


# ---- the organizer on this computer --------------------------------------------------------------
def test_an_organizer_that_does_not_start_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "own_command", lambda *_: [sys.executable, "-c", "raise OSError"])
    draft = trial_plan(NOT_YET, NOW, 3)
    with pytest.raises(OrganizerError) as caught, local_organizer(tmp_path / "o", draft):
        raise AssertionError
    assert str(tmp_path / "o" / "serve.log") in caught.value.advice.zh


def test_waiting_for_the_organizer_can_be_cancelled(tmp_path: Path) -> None:
    tally = Tally()
    tally.stop()
    draft = trial_plan(NOT_YET, NOW, 3)
    with pytest.raises(StoppedError), local_organizer(tmp_path / "o", draft, tally.look):
        raise AssertionError
