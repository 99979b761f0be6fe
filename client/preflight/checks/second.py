"""Is there a second camera, where the plan asks for one? Nothing is opened."""

from __future__ import annotations

from functools import partial

from client.base.text import Text
from client.capture.camera.another import ANOTHER
from client.capture.camera.local import local_cameras
from client.preflight.check import Check, Finding

BOTH = 2
ADVICE = Text(
    "请接上第二个摄像头后重新检测，录制开始后接上也会自动录下；手机用 --second-camera 给出地址。",
    "Plug a second camera in and check again; one that is plugged in while recording is recorded "
    "from then on. A phone is named by its address: --second-camera.",
)


def second_camera_check(named: str = "") -> Check[int]:
    """Count the cameras here; `named` is the second one of a session, as its setup names it."""
    return Check(
        name="second-camera",
        title=Text("第二个摄像头", "Second camera"),
        requirement=Text(
            "方案要求同时录制两个摄像头", "the plan asks for two cameras at the same time"
        ),
        probe=lambda: len(local_cameras()),
        judge=partial(_judge, named),
    )


def _judge(named: str, cameras: int) -> Finding:
    if named not in ("", ANOTHER):
        return Finding("pass", Text("已选定第二个摄像头。", "A second camera has been chosen."))
    evidence = Text(f"本机有 {cameras} 个摄像头。", f"Cameras of this computer: {cameras}.")
    if cameras >= BOTH:
        return Finding("pass", evidence)
    return Finding("fail", evidence, ADVICE)
