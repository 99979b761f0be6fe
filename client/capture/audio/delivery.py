"""What a device delivers: held back until it can be dated, handed on, and how it ends.

`DeliveredSource` is the `SoundSource` around it, but for what opens and closes the device.
"""

from __future__ import annotations

from client.base.clock import SECOND_US, monotonic_us
from client.base.text import Text
from client.capture.audio import DUMB, Samples, Sink
from client.capture.audio.sample_clock import SampleClock
from client.capture.audio.watch import Watch
from client.capture.delay import Delay
from client.capture.origin import Origin

FIRST_SOUND_US = 5 * SECOND_US
"""A source of PulseAudio that was suspended delivers after 2.0 to 2.3 s."""
SILENCE_US = 2 * SECOND_US
"""A living device delivers blocks even when the room is quiet."""
NO_AGE = float(SECOND_US)
"""Beyond what the clock believes: of a device that does not tell how old its sound is."""

STOPPED = Text("设备不再送来声音", "the device stopped delivering")
GONE = Text("设备已断开", "the device is gone")
MOVED = Text("系统换成了另一个录音设备", "the sound server gave us another device")


class Delivery:
    """From the blocks of one device to those of its sink."""

    def __init__(self, rate: int) -> None:
        """Expect `rate` samples a second; nothing is handed on before `start`."""
        self.overflows = 0
        self.is_closed = False
        self._clock = SampleClock(rate)
        self._sink: Sink | None = None
        self._held: list[tuple[int, Samples]] = []
        self._failure: Text | None = None
        self._started_us: int | None = None
        self._heard_us: int | None = None

    def start(self, sink: Sink) -> None:
        """Hand on to `sink` from now on."""
        self._sink = sink
        self._started_us = monotonic_us()

    def took(self, samples: Samples, age_us: float = NO_AGE, *, lost: bool = False) -> None:
        """Take in a block that came just now; what the sink raises is raised, and is the failure.

        `age_us` is how old the device says its first sample is; `lost` that some before it are.
        """
        arrived_us = monotonic_us()
        self._heard_us = arrived_us
        if self.is_closed or self._sink is None:
            return
        if lost:
            self.overflows += 1
            self._clock.lost_samples()
        self._held.append((self._clock.saw(samples.size, arrived_us, age_us), samples))
        if not self._clock.is_settled:
            return
        try:
            for first, block in self._held:
                self._sink(block, self._clock.at_us(first))
        except Exception as error:
            self.ended(
                Text(f"声音无法交出：{error!r}", f"the receiver of the sound failed: {error!r}")
            )
            raise
        finally:
            self._held.clear()

    def ended(self, why: Text = GONE) -> None:
        """Note that no more comes, unless that was known or wished."""
        if not self.is_closed and self._failure is None:
            self._failure = why

    def failure(self) -> Text | None:
        """Return why no more sound comes, or None while all is well."""
        if self._failure is not None or self._started_us is None:
            return self._failure
        now_us = monotonic_us()
        if self._heard_us is None:
            return DUMB if now_us - self._started_us > FIRST_SOUND_US else None
        return STOPPED if now_us - self._heard_us > SILENCE_US else None

    def delay(self) -> Delay:
        """Return the constant delay that the device tells."""
        return self._clock.delay()


class DeliveredSource:
    """See `SoundSource`."""

    def __init__(self, name: str, origin: Origin, rate: int) -> None:
        """Expect `rate` samples a second of `name`; who opens it sets `_watch`, where there is one.

        `_watch` hears what the system says of the device.
        """
        self.name, self.origin, self.rate = name, origin, rate
        self._delivery = Delivery(rate)
        self._watch: Watch | None = None

    def start(self, sink: Sink) -> None:
        """Deliver from now on; the first quarter of a second comes late but rightly dated."""
        self._delivery.start(sink)

    @property
    def overflows(self) -> int:
        """Return how often samples were lost, as far as the device tells."""
        return self._delivery.overflows

    @property
    def muted(self) -> bool:
        """Tell whether the system says so; heeded while `failed` is asked."""
        return self._watch is not None and self._watch.is_muted

    def failed(self) -> Text | None:
        """Return why no more sound comes, or None while all is well."""
        if self._watch is not None and self._watch.is_moved():
            self._delivery.ended(MOVED)
        return self._delivery.failure()

    def delay(self) -> Delay:
        """Return the constant delay, if the device tells it."""
        return self._delivery.delay()

    def _let_go(self) -> None:
        """Hand nothing on from now on."""
        self._delivery.is_closed = True
        if self._watch is not None:
            self._watch.close()
