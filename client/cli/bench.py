"""`saijian bench`: how well this computer will record; the measuring is the recorder's own."""

from __future__ import annotations

import argparse
from typing import NamedTuple

from client.base.clock import SECOND_US
from client.base.errors import BadInputError, DeviceError
from client.base.text import Text
from client.capture.audio import TEST as TEST_TONE
from client.capture.audio.inputs import DEFAULT, find_input
from client.capture.camera import TEST as TEST_PICTURE
from client.capture.camera.another import ANOTHER
from client.capture.camera.local import fitting, local_cameras
from client.cli.say import show_json
from client.contest.capability import PLAIN_SECONDS, Capability, Load, judge, to_json
from client.contest.plan import Plan, Recording
from client.contest.schedule import schedule_of
from client.evidence.layout import sessions_root
from client.recorder.setup import X264, Devices

QUICK_S, FULL_S = 10.0, 60.0
"""A measurement of so many seconds; devices and encoders take some more before it."""
SECONDS = range(2, 3601)
WORDS = {
    "pass": Text("可以放心录制", "good"),
    "warn": Text("可以录制，请注意下面的建议", "good enough, with advice"),
    "fail": Text("不适合录制", "NOT FIT"),
}


class Wanted(NamedTuple):
    """What the command line asks to be measured."""

    recording: Recording
    devices: Devices
    seconds: float
    contest_seconds: float


def wanted(args: argparse.Namespace) -> Wanted:
    """Return what the arguments ask for; BadInputError and PlanError as other verbs."""
    seconds = args.seconds or (QUICK_S if args.quick else FULL_S)
    if round(seconds) not in SECONDS:
        raise BadInputError(
            Text("参数 --seconds 有误：应为 2 到 3600。", "Argument --seconds: must be 2 to 3600."),
            Text("用 --help 查看示例。", "See the examples of --help."),
        )
    plan = _plan(args.plan) if args.plan else None
    args.folder = args.folder or sessions_root()
    recording = plan.recording if plan else Recording()
    camera, second = _camera(args.camera), args.second_camera
    if second or recording.second_camera:
        second = _second(second, camera)
    return Wanted(
        recording,
        Devices(camera=camera, second_camera=second or "", microphone=_microphone(args.microphone)),
        seconds,
        longest_seconds(plan) if plan else PLAIN_SECONDS,
    )


def _plan(place: str) -> Plan:
    from client.remote.plans import load_plan_from  # the HTTP library takes a moment

    return load_plan_from(place).plan


def longest_seconds(plan: Plan) -> float:
    """Return how long the longest paper is filmed at most."""
    schedules = [schedule_of(plan, paper) for paper in plan.papers()]
    return max((times.stops_us - times.filming_us) / SECOND_US for times in schedules)


def _camera(named: str | None) -> str:
    """Return what was named, else the first camera, else the test picture."""
    if named is not None:
        return named
    cameras = local_cameras()
    return str(cameras[0].index) if cameras else TEST_PICTURE


def _second(named: str | None, camera: str) -> str:
    """Return what was named, else a camera that is not `camera`, else the test picture."""
    if named not in (None, ANOTHER):
        return named or ""
    cameras = local_cameras()
    others = [other for other in cameras if other not in fitting(camera, cameras)[:1]]
    return str(others[0].index) if others else TEST_PICTURE


def _microphone(named: str | None) -> str:
    if named is not None:
        return named
    try:
        found = find_input(DEFAULT)
    except DeviceError:
        return TEST_TONE
    return found.pulse or found.name


def show(measured: Capability, *, as_json: bool) -> int:
    """Print the result; 1 where this computer is not fit."""
    judgement = judge(measured)
    if as_json:
        show_json(to_json(measured))
    else:
        print(_table(measured))
        print()
        print(WORDS[judgement.level].say())
        print(f"  {judgement.evidence.say()}")
        if judgement.advice is not None:
            print(f"  → {judgement.advice.say()}")
    return 1 if judgement.level == "fail" else 0


def _table(m: Capability) -> str:
    rows = [_row(load) for load in m.loads]
    rest = Text("日志、磁盘等", "journal, disk").say()
    rows += [
        f"{m.rest_percent:7.1f} %  {rest}",
        f"{m.core_percent:7.1f} %  " + Text("合计，一个核心", "together, of one core").say(),
        "",
    ]
    rows += [text.say() for text in _facts(m)]
    return "\n".join(rows)


def _row(load: Load) -> str:
    from client.cli.live_line import NAMES  # what the recorder says of itself takes a moment

    name = NAMES[load.part].say()
    made_up = Text("［模拟］", " [made up]").say() if load.synthetic else ""
    rate = f"{load.bytes_per_second * 8 / 1000:.0f} kbit/s"
    encoder = f"  {load.encoder}" if load.encoder else ""
    return f"{load.core_percent:7.1f} %  {name}{made_up}  {rate}{encoder}  {load.device}"


def _facts(m: Capability) -> list[Text]:
    gb = 1000**3
    hours = m.contest_seconds / 3600
    return [
        Text(
            f"帧率：每秒 {m.fps} 帧，准时 {m.on_time_percent:.1f}%；建议每秒 {m.proposed_fps} 帧",
            f"rate: {m.fps} fps, {m.on_time_percent:.1f}% on time; proposed: {m.proposed_fps} fps",
        ),
        Text(
            f"整场 {hours:.2f} 小时：约 {m.contest_bytes / gb:.2f} GB，"
            f"需要空闲 {m.disk_needed / gb:.2f} GB，现有 {m.disk_free / gb:.2f} GB",
            f"contest of {hours:.2f} h: {m.contest_bytes / gb:.2f} GB, to be free: "
            f"{m.disk_needed / gb:.2f} GB, free: {m.disk_free / gb:.2f} GB",
        ),
        Text(
            f"内存：录制 {m.memory_mb} MB，其余空闲 {m.memory_free_mb} MB",
            f"memory: recording {m.memory_mb} MB, {m.memory_free_mb} MB stay free",
        ),
        *_encoders(m),
    ]


def _encoders(m: Capability) -> list[Text]:
    chosen = {m.encoder_of("screen"), m.encoder_of("camera")} - {""}
    if chosen <= {X264} and not any(t.works and t.name.startswith("h264") for t in m.tried):
        said = [Text("编码器：x264（没有可用的硬件编码器）", "encoder: x264 (no hardware works)")]
    else:
        names = ", ".join(sorted(chosen))
        said = [Text(f"编码器：{names}", f"encoder: {names}")]
    return said + [
        Text(f"  {t.name}：{t.reason.zh}", f"  {t.name}: {t.reason.en}") for t in m.tried
    ]
