"""Which devices a setup names: cameras by name, and what stands by for each where nobody chose.

A number is what the system happened to count at that moment: after replugging or a restart it may
be another camera. So a setup that outlives the process has names.
"""

from __future__ import annotations

from collections.abc import Sequence

from client.capture.audio import TEST as TEST_TONE
from client.capture.audio.core_audio import CUT, MAPPERS
from client.capture.audio.inputs import BRIDGES, SoundInput
from client.capture.camera import TEST as TEST_PICTURE
from client.capture.camera.local import LocalCamera, find_camera, local_cameras


def lasting_name(camera: str, cameras: Sequence[LocalCamera] | None = None) -> str:
    """Return the name of the camera that a number means; anything else as it is.

    The number stays where two cameras are called the same.
    Raises DeviceError where no camera has that number.
    """
    if not camera.isdecimal():
        return camera
    known = list(local_cameras() if cameras is None else cameras)
    found = find_camera(camera, known)
    is_only = sum(other.name.casefold() == found.name.casefold() for other in known) == 1
    return found.name if is_only and not found.name.isdecimal() else camera


def spare_camera(camera: str, free: Sequence[LocalCamera], cameras: Sequence[LocalCamera]) -> str:
    """Return the first real one of the `free` that `camera` does not mean; empty where none is."""
    if camera in ("", TEST_PICTURE):
        return ""
    others = (c for c in free if c.origin == "real" and not means(camera, c))
    return next((lasting_name(str(other.index), cameras) for other in others), "")


def means(named: str, camera: LocalCamera) -> bool:
    """Tell whether opening `named` may give this one: by its number, or by (part of) its name."""
    if named.isdecimal():
        return int(named) == camera.index
    return named.casefold() in camera.name.casefold()


def spare_microphone(chosen: SoundInput | None, inputs: Sequence[SoundInput]) -> str:
    """Return the first real microphone that is certainly another; empty where there is none.

    The same microphone may be listed by several sound systems, by name or by its card's number.
    """
    if chosen is None or chosen.name == TEST_TONE or _is_chosen_by_system(chosen):
        return ""
    from_server = [entry for entry in inputs if entry.pulse is not None]
    if from_server:
        others = [entry for entry in from_server if entry.pulse != chosen.pulse]
        return (
            next((o.pulse or "" for o in others if o.origin == "real"), "") if chosen.pulse else ""
        )
    first = min((entry.system for entry in inputs), default=0)
    for entry in inputs:
        is_another = entry.name[:CUT] != chosen.name[:CUT] and not _is_chosen_by_system(entry)
        if entry.system == first == chosen.system and is_another and entry.origin == "real":
            return entry.name
    return ""


def _is_chosen_by_system(entry: SoundInput) -> bool:
    name = entry.name.casefold()
    return name in BRIDGES or any(part in name for part in MAPPERS)
