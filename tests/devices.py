"""Real devices without hardware: an X display, an MJPEG camera, a sound server (Linux).

Each is a context manager around processes of its own and leaves nothing behind. They are for tests
only.

    with display() as screen, sound_server() as sound, flash_and_click(sound) as camera:
        environment = {**os.environ, **screen.environment, **sound.environment}
        run("saijian", "record", "--camera", camera.address, env=environment)
"""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

PATIENCE = 15.0
SINK = "saijian"
CLICK_HZ = 1000


class NotReadyError(Exception):
    """A device did not come up."""


# ---- screen --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Display:
    """An X display."""

    name: str
    width: int
    height: int

    @property
    def environment(self) -> dict[str, str]:
        """What a process needs to find it. No Wayland: the program refuses to record there."""
        return {"DISPLAY": self.name, "WAYLAND_DISPLAY": ""}


@contextlib.contextmanager
def display(width: int = 1280, height: int = 720, *, moving: bool = True) -> Iterator[Display]:
    """Start Xvfb on a free display, by default with a counting test picture in a window."""
    reader, writer = os.pipe()
    command = ["Xvfb", "-displayfd", str(writer), "-screen", "0", f"{width}x{height}x24"]
    with running(*command, "-nolisten", "tcp", "-noreset", pass_fds=(writer,)):
        os.close(writer)
        with os.fdopen(reader) as told:
            number = told.readline().strip()  # empty when Xvfb ended instead
        if not number:
            raise NotReadyError("Xvfb")
        shown = Display(f":{number}", width, height)
        with test_window(shown) if moving else contextlib.nullcontext():
            yield shown


@contextlib.contextmanager
def display_named(name: str, width: int, height: int) -> Iterator[Display]:
    """Start Xvfb as this display, which nobody is yet."""
    command = ["Xvfb", name, "-screen", "0", f"{width}x{height}x24", "-nolisten", "tcp", "-noreset"]
    with running(*command) as server:
        wait_until(_x_socket(name).exists, server)
        yield Display(name, width, height)


def unused_display_name() -> str:
    """Return a name at which no X server answers, or will: Xvfb itself picks the lowest number."""
    while _x_socket(name := f":{random.randrange(1000, 30_000)}").exists():
        pass
    return name


def _x_socket(name: str) -> Path:
    return Path(f"/tmp/.X11-unix/X{name.removeprefix(':')}")  # noqa: S108 - X's own place


@contextlib.contextmanager
def test_window(shown: Display) -> Iterator[None]:
    """Play ffmpeg's test picture at 10 fps in a window of a quarter of the display."""
    size = f"{shown.width // 2 & ~1}x{shown.height // 2 & ~1}"
    environment = {
        **shown.environment,
        "SDL_VIDEODRIVER": "x11",
        "SDL_RENDER_DRIVER": "software",
        "SDL_AUDIODRIVER": "dummy",
    }
    command = ["ffmpeg", "-nostdin", "-v", "fatal", "-re", "-f", "lavfi"]
    command += ["-i", f"testsrc2=s={size}:r=10", "-pix_fmt", "yuv420p", "-f", "sdl2", "moving"]
    with running(*command, environment=environment):
        yield


# ---- sound ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class SoundServer:
    """A PulseAudio of our own and the source in it that is the microphone."""

    server: str
    cookie: str
    source: str
    process: subprocess.Popen[bytes]

    @property
    def environment(self) -> dict[str, str]:
        """What a process needs to record from it."""
        return {
            "PULSE_SERVER": self.server,
            "PULSE_SOURCE": self.source,
            "PULSE_COOKIE": self.cookie,
        }


@contextlib.contextmanager
def sound_server(rate: int = 48000, folder: Path | None = None) -> Iterator[SoundServer]:
    """Start PulseAudio with a null sink, whose monitor is the microphone.

    A listener of ours keeps the null sink ticking in steps of 20 ms, as hardware does. Without one
    it sleeps for up to 2 s at a time, and the first reader's sound begins so much later.
    """
    with (
        pulse_server(f"{SINK}.monitor", null_sink(rate), folder=folder) as sound,
        running("parec", "--latency-msec=20", environment=sound.environment),
    ):
        yield sound


def null_sink(rate: int = 48000) -> str:
    """Return the module that is a loudspeaker which nobody hears, and its monitor."""
    return f"module-null-sink sink_name={SINK} rate={rate} channels=1"


@contextlib.contextmanager
def pulse_server(source: str, *modules: str, folder: Path | None = None) -> Iterator[SoundServer]:
    """Start PulseAudio with `modules` in a private folder; any user may connect to its socket."""
    with _folder(folder) as home:
        socket_path = home / "pulse.socket"
        cookie = home / "cookie"
        cookie.write_bytes(bytes(256))
        environment = {
            "HOME": str(home),
            "XDG_RUNTIME_DIR": str(home),
            "PULSE_RUNTIME_PATH": str(home / "run"),
            "PULSE_STATE_PATH": str(home / "state"),
            "DBUS_SESSION_BUS_ADDRESS": "",
        }
        command = ["pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no"]
        command += ["--disable-shm=yes", "--log-level=error"]
        command += [word for module in modules for word in ("-L", module)]
        command += ["-L", f"module-native-protocol-unix auth-anonymous=1 socket={socket_path}"]
        with running(*command, environment=environment) as server:
            wait_until(socket_path.exists, server)
            yield SoundServer(f"unix:{socket_path}", str(cookie), source, server)


@contextlib.contextmanager
def speech(sound: SoundServer, words: str = "one two three four five") -> Iterator[None]:
    """Speak `words` into the microphone, over and over."""
    with _folder(None) as home:
        file = home / "speech.wav"
        subprocess.run(["espeak-ng", "-w", str(file), words], check=True)
        command = ["ffmpeg", "-nostdin", "-v", "fatal", "-re", "-stream_loop", "-1"]
        command += ["-i", str(file), "-f", "pulse", "-device", SINK, "speech"]
        with running(*command, environment=sound.environment):
            yield


# ---- camera --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class NetworkCamera:
    """An MJPEG camera on loopback."""

    address: str
    processes: list[subprocess.Popen[bytes]]
    """The server's processes so far, the present one last: each serves one reader, then ends."""


@contextlib.contextmanager
def mjpeg_camera(
    width: int = 1280, height: int = 720, fps: int = 15, port: int | None = None
) -> Iterator[NetworkCamera]:
    """Serve ffmpeg's test picture; a reader may leave and come again."""
    port = port or free_port()
    picture = ["-re", "-f", "lavfi", "-i", f"testsrc2=s={width}x{height}:r={fps}"]
    with restarting(*_FFMPEG, *picture, *_serve(port)) as processes:
        wait_until(lambda: listens(port), processes[0])
        yield NetworkCamera(f"http://127.0.0.1:{port}/cam.mjpg", processes)


@contextlib.contextmanager
def flash_and_click(
    sound: SoundServer, width: int = 1280, height: int = 720, fps: int = 30
) -> Iterator[NetworkCamera]:
    """Serve a camera that flashes white and play a click into the microphone at the same moments.

    One ffmpeg with one clock makes both, for 100 ms of each second. Picture and sound start when a
    reader connects to the camera.
    """
    port = free_port()
    on = r"lt(mod(t\,1)\,0.1)"
    room = (
        f"color=0x404040:s={width}x{height}:r={fps},noise=alls=6:allf=t"  # neither black nor still
    )
    flash = f"{room},drawbox=c=white:t=fill:enable='{on}'"
    click = f"aevalsrc='0.5*sin(2*PI*{CLICK_HZ}*t)*{on}':s=48000:n=480"
    command = [*_FFMPEG, "-re", "-f", "lavfi", "-i", flash, "-re", "-f", "lavfi", "-i", click]
    command += ["-map", "0:v", *_serve(port), "-map", "1:a", "-f", "pulse", "-device", SINK]
    command += ["-buffer_duration", "20", "clicks"]
    with restarting(*command, environment=sound.environment) as processes:
        wait_until(lambda: listens(port), processes[0])
        yield NetworkCamera(f"http://127.0.0.1:{port}/cam.mjpg", processes)


_FFMPEG = ("ffmpeg", "-nostdin", "-v", "fatal")


def _serve(port: int) -> list[str]:
    """Return ffmpeg's words for an MJPEG server of one reader."""
    jpeg = ["-c:v", "mjpeg", "-q:v", "5", "-pix_fmt", "yuvj420p", "-flush_packets", "1"]
    return [*jpeg, "-f", "mpjpeg", "-listen", "1", f"http://127.0.0.1:{port}/cam.mjpg"]


def free_port() -> int:
    """Return a TCP port that nobody listened to a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def listens(port: int) -> bool:
    """Tell whether a process listens on loopback, without connecting: ffmpeg serves one reader."""
    wanted = f"0100007F:{port:04X}"
    rows = (row.split() for row in Path("/proc/net/tcp").read_text().splitlines())
    return any(row[1] == wanted and row[3] == "0A" for row in rows)


def open_files() -> int:
    """Return how many files this process holds open: the same before and after, or it leaks."""
    return len(list(Path("/proc/self/fd").iterdir()))


def files_left_open(before: int) -> int:
    """Return how many more files than `before` stay open: 0, or it leaks.

    Threads of other tests of this process may be closing theirs, so it looks for three seconds.
    """
    deadline = time.monotonic() + 3
    while open_files() > before and time.monotonic() < deadline:
        time.sleep(0.05)
    return max(0, open_files() - before)


# ---- processes -----------------------------------------------------------------------------------


@contextlib.contextmanager
def running(
    *command: str, environment: Mapping[str, str] | None = None, pass_fds: Sequence[int] = ()
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a process until the block ends, then end it and wait for it."""
    process = _start(command, environment, pass_fds)
    try:
        yield process
    finally:
        _stop(process)


@contextlib.contextmanager
def restarting(
    *command: str, environment: Mapping[str, str] | None = None
) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Run a process, start it again each time it ends; give all of them, the present one last."""
    leaving = threading.Event()
    processes = [_start(command, environment)]

    def keep() -> None:
        while not leaving.is_set():
            processes[-1].wait()
            if not leaving.wait(0.05):
                processes.append(_start(command, environment))

    keeper = threading.Thread(target=keep, daemon=True)
    keeper.start()
    try:
        yield processes
    finally:
        leaving.set()
        _stop(processes[-1])
        keeper.join(PATIENCE)
        _stop(processes[-1])  # one that was started at the last moment


def _start(
    command: Sequence[str], environment: Mapping[str, str] | None, pass_fds: Sequence[int] = ()
) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        command,
        env={**os.environ, **(environment or {})},
        pass_fds=pass_fds,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def wait_until(ready: Callable[[], bool], process: subprocess.Popen[bytes] | None = None) -> None:
    """Return once `ready()` is true; NotReadyError when `process` ends or time runs out before."""
    deadline = time.monotonic() + PATIENCE
    while not ready():
        if process is not None and process.poll() is not None:
            raise NotReadyError(f"{process.args!r}: exit code {process.returncode}")
        if time.monotonic() > deadline:
            raise NotReadyError("not ready in time")
        time.sleep(0.02)


@contextlib.contextmanager
def _folder(given: Path | None) -> Iterator[Path]:
    """Give a folder that other users may enter: a test may run its subject as somebody else."""
    made = Path(tempfile.mkdtemp(prefix="saijian-test-", dir=given))
    made.chmod(0o755)
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)
