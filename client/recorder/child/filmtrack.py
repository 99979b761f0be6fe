"""A camera's track. The film has sound, too: one file, `identity` first, `contest` from then on.

A second camera is the same without sound, in `second` from beginning to end.
"""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np

from client.base.clock import SECOND_US, monotonic_us
from client.capture.camera import CameraFrame
from client.capture.camera.slates import slate, stamp
from client.contest.plan import Recording
from client.evidence.entries import Source
from client.evidence.layout import Track, track_file
from client.recorder.child.chronicle import Chronicle
from client.recorder.child.container import AAC_FRAME, Part, SoundShape
from client.recorder.child.ear import MUTED, STARTING, Ear
from client.recorder.child.ear import OPENING as MICROPHONE_OPENING
from client.recorder.child.encoder import EncoderFailedError, VideoShape
from client.recorder.child.eye import OPENING, SILENT, Eye
from client.recorder.child.pace import Pace, Rate
from client.recorder.child.pairing import Pairing
from client.recorder.child.picture import Pixels, jpeg_of, letterboxed, small_jpeg, to_i420
from client.recorder.child.sight import Sight
from client.recorder.child.soundline import Samples, SoundLine
from client.recorder.child.standin import slate_of
from client.recorder.child.track import Health, TrackThread

STILL_US = SECOND_US // 2
LOST_US = SECOND_US * 9 // 10
"""No new picture, or no sound, for so long: the stand-in begins, before a second is over."""
LONGEST_SILENCE_US = 60 * SECOND_US
"""Where no sound belongs for longer, the computer slept: an hour of silence in one piece would take
700 MB. The film goes on in another file."""
DEVICES_CLOSE_S = 0.4
"""So long the end of a recording waits for each device: longer would delay the seal."""
PREVIEW_US = SECOND_US // 4
WHOLE_US = SECOND_US
WHOLE_QUALITY = 92


class FilmTrack(TrackThread):
    """Writes what eye and ear deliver; where they deliver nothing, a slate and silence."""

    _opening = frozenset({OPENING, MICROPHONE_OPENING, STARTING})
    _not_yet = _opening | {SILENT}
    wants_preview = wants_whole = False
    preview: bytes | None = None
    """The newest small picture, when somebody watches."""
    whole: bytes | None = None
    """The newest whole picture of the identity step, when somebody coaches."""

    def __init__(
        self,
        folder: Path,
        track: Track,
        next_part: dict[Track, int],
        settings: Recording,
        eye: Eye | None,
        ear: Ear | None,
        chronicle: Chronicle,
    ) -> None:
        """Prepare to begin with a part of `track`; `next_part` says the next number of each.

        Which of the two cameras it is says `eye`.
        """
        source: Source = eye.source if eye else "camera"
        super().__init__(source, chronicle, Rate(settings.camera.fps), folder)
        self._track: Track = track
        self._next_part = next_part
        self._eye, self._ear = eye, ear
        self._pairing = Pairing(eye, ear, chronicle) if eye and ear else None
        camera, sound = settings.camera, settings.sound
        self._video = (
            VideoShape(
                camera.width,
                camera.height,
                camera.fps,
                camera.crf,
                settings.key_frame_seconds,
                camera.kbps,
            )
            if eye
            else None
        )
        self._sound = SoundShape(sound.rate, sound.kbps) if ear else None
        self._pace = Pace(self.rate)
        self._turn = threading.Event()
        self._line: SoundLine | None = None
        self._waiting: Samples = np.zeros(0, np.float32)
        self._image: Pixels | None = None
        self._sight = Sight()
        self._new_image_us = 0
        self._shown_us = self._slate_us = 0
        self._heard_us = 0
        self._levels: list[float] = [0.0]
        self._preview_us = self._whole_us = 0

    def turn_to_contest(self) -> None:
        """Go on in the contest file from the next picture on."""
        self._turn.set()

    def start(self) -> None:
        """Begin with eye and ear; the first slate does not wait for them."""
        for device in self._devices():
            device.start()
        super().start()

    def stop(self, timeout_s: float = 10.0) -> bool:
        """End the last fragment, then let the devices go."""
        ended = super().stop(timeout_s)
        devices = self._devices()
        for device in devices:
            device.leave()
        for device in devices:
            device.stop(DEVICES_CLOSE_S)
        return ended

    def let_go(self) -> None:
        """Wait for the devices; one that hangs is left to the end of the process."""
        for device in self._devices():
            device.stop()

    def _devices(self) -> list[Eye | Ear]:
        return [device for device in (self._eye, self._ear) if device is not None]

    def _run(self) -> None:
        part = self._new_part(monotonic_us())
        try:
            self._new_image_us = self._heard_us = monotonic_us()
            if self._eye is not None:
                self._stands_in(self.shows, "slate", OPENING)
                self._show_slate(part, monotonic_us())
            while not self._stopping.is_set():
                turns = self._turn.is_set() and self._track == "identity"
                slept = self._has_slept()
                if turns or slept or self._has_moved(part):
                    self._leave(part)
                    self._track = "contest" if turns else self._track
                    if slept:
                        self._line, self._waiting = None, np.zeros(0, np.float32)
                    part = self._new_part(monotonic_us())
                try:
                    self._film(part)
                except EncoderFailedError as error:
                    held = self._fall_back(part, error)
                    part.close()
                    part = self._new_part(held[0][1] if held else monotonic_us())
                    for picture, at_us in held:
                        self._put(part, picture, at_us)
                self._record_sound(part)
        finally:
            part.close()

    def _new_part(self, now_us: int) -> Part:
        number = self._next_part[self._track]
        self._next_part[self._track] = number + 1
        first_us = now_us
        if self._sound is not None:
            begins_us = max(now_us, self._next_sound_us(now_us))
            self._line = self._line or SoundLine(self._sound.rate, begins_us)
            first_us = min(now_us, self._waiting_us(self._line))
        path = self.folder / track_file(self._track, number)
        video = replace(self._video, encoder=self.encoder) if self._video else None
        part = Part(path, first_us, video, self._sound, self._chronicle.mend)
        self._begin(part)
        return part

    def _film(self, part: Part) -> None:
        if self._eye is None:
            self._stopping.wait(0.1)
            return
        frame = self._eye.take(timeout_s=0.1)
        now_us = monotonic_us()
        if frame is not None:
            self._new_image_us = now_us
            if self._pace.takes(frame.at_us):
                self._show(part, frame)
                self._load.did(now_us, monotonic_us())
        elif self._image is None or now_us - self._new_image_us > LOST_US:
            self._stands_in(self.shows, "slate", self._eye.cause)
            if now_us - self._slate_us >= STILL_US:
                self._show_slate(part, now_us)
        elif now_us - self._shown_us >= STILL_US:
            self._add(part, self._image, now_us)

    def _show(self, part: Part, frame: CameraFrame) -> None:
        if self._eye is None or self._video is None:
            return
        self._judge(self._eye.device, frame)
        boxed = letterboxed(frame.image, self._video.width, self._video.height)
        self._image = to_i420(boxed)
        self._add(part, self._image, max(frame.at_us, self._shown_us + 1))
        if self.wants_preview and frame.at_us - self._preview_us >= PREVIEW_US:
            self._preview_us = frame.at_us
            self.preview = small_jpeg(boxed)
        is_coached = self.wants_whole and self._track == "identity"
        if is_coached and frame.at_us - self._whole_us >= WHOLE_US:
            self._whole_us = frame.at_us
            self.whole = jpeg_of(boxed, WHOLE_QUALITY)

    def _judge(self, device: str, frame: CameraFrame) -> None:
        """Say what the picture is worth; it is recorded in any case."""
        if self._health.get(self.shows, Health()).state == "slate":
            self._sight = Sight()
        seen = self._sight.look(frame.image, frame.at_us)
        self._change(self.shows, Health(seen.state, device, seen.cause), seen.since_us)

    def _show_slate(self, part: Part, now_us: int) -> None:
        if self._video is None:
            return
        self._slate_us = now_us
        now = datetime.now().astimezone()
        cause = self._health.get(self.shows, Health()).cause
        name = slate_of(cause, has_filmed=self._image is not None)
        picture = slate(name, self._video.width, self._video.height).copy()
        stamp(picture, f"{now:%Y-%m-%d %H:%M:%S}")
        lost_for = timedelta(microseconds=now_us - self._new_image_us)
        stamp(picture, f"since {now - lost_for:%H:%M:%S}", line=1)
        self._add(part, to_i420(picture), now_us)

    def _add(self, part: Part, picture: Pixels, at_us: int) -> None:
        self._put(part, picture, at_us)
        self._shown_us = at_us

    def _record_sound(self, part: Part) -> None:
        if self._ear is None or self._line is None:
            return
        now_us = monotonic_us()
        for block, at_us, rate in self._ear.drain(self._line.end_us + LONGEST_SILENCE_US):
            self._heard_us = now_us
            if self._ear.muted:
                self._change("sound", Health("muted", self._ear.device, MUTED), at_us)
            else:
                self._is_live("sound", self._ear.device, at_us)
            samples = _resampled(block.astype(np.float32) / 32768, rate, self._line.rate)
            self._keep(self._line.place(samples, at_us))
        if now_us - self._heard_us > LOST_US and not self._has_slept():
            self._stands_in("sound", "silence", self._ear.cause, self._line.end_us)
            self._keep(self._line.silence_until(now_us - STILL_US))
        if self._pairing is not None:
            live = (self._health.get(source, Health()).state for source in ("camera", "sound"))
            self._pairing.look(now_us, both_live=all(state == "live" for state in live))
        self._levels = [*self._levels[-4:], self._ear.peak()]
        while self._waiting.size >= AAC_FRAME:
            first_us = self._waiting_us(self._line)
            part.add_sound(self._waiting[:AAC_FRAME], first_us)
            self._waiting = self._waiting[AAC_FRAME:]

    def _has_slept(self) -> bool:
        """Tell whether what comes next of the sound belongs long after what is written."""
        if self._line is None:
            return False
        return self._next_sound_us(monotonic_us()) - self._line.end_us > LONGEST_SILENCE_US

    def _next_sound_us(self, now_us: int) -> int:
        """Return when the next block belongs, or the silence in its place."""
        next_us = self._ear.next_us if self._ear is not None else None
        return now_us if next_us is None else next_us

    def _keep(self, samples: Samples) -> None:
        self._waiting = np.concatenate([self._waiting, samples])

    def _waiting_us(self, line: SoundLine) -> int:
        return line.end_us - self._waiting.size * SECOND_US // line.rate

    def _level(self, source: Source) -> float:
        return min(1.0, max(self._levels)) if source == "sound" else 0.0

    def _lost_ms(self, source: Source) -> int:
        return self._ear.losses.ms if source == "sound" and self._ear is not None else 0

    def _spare(self, source: Source) -> str:
        device = self._ear if source == "sound" else self._eye
        return device.next_name() if device is not None else ""


def _resampled(samples: Samples, rate: int, wanted: int) -> Samples:
    if rate == wanted or samples.size == 0:
        return samples
    size = round(samples.size * wanted / rate)
    positions = np.arange(size) * (samples.size / size)
    return np.interp(positions, np.arange(samples.size), samples).astype(np.float32)
