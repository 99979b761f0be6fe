"""Network cameras by real servers: a phone's app, RTSP by GStreamer, HLS by ffmpeg. Tests only."""

from __future__ import annotations

import contextlib
import functools
import http.server
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

from tests.devices import free_port, listens, running, wait_until

SIMULATORS = Path(__file__).parent / "simulators"
SYSTEM_PYTHON = "/usr/bin/python3"


@contextlib.contextmanager
def phone(*words: str) -> Iterator[str]:
    """Run the phone's app on loopback; give its address without a path."""
    port = free_port()
    command = [sys.executable, str(SIMULATORS / "phone.py"), "127.0.0.1", str(port), *words]
    with running(*command) as process:
        wait_until(lambda: listens(port), process)
        yield f"http://127.0.0.1:{port}"


@contextlib.contextmanager
def rtsp_camera(*password: str) -> Iterator[str]:
    """Run the RTSP server; give its address as `127.0.0.1:PORT/live`."""
    port = free_port()
    script = str(SIMULATORS / "rtsp_server.py")
    with running(SYSTEM_PYTHON, script, str(port), *password) as process:
        wait_until(lambda: listens(port), process)
        yield f"127.0.0.1:{port}/live"


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextlib.contextmanager
def hls_camera(seconds: int = 2) -> Iterator[str]:
    """Let ffmpeg write a live playlist with segments of `seconds`, and serve it."""
    with tempfile.TemporaryDirectory(prefix="saijian-test-") as folder:
        playlist = Path(folder) / "live.m3u8"
        command = ["ffmpeg", "-nostdin", "-v", "fatal", "-re", "-f", "lavfi"]
        command += ["-i", "testsrc2=s=640x360:r=15", "-c:v", "libx264", "-preset", "ultrafast"]
        command += ["-g", str(15 * seconds), "-f", "hls", "-hls_time", str(seconds)]
        command += ["-hls_flags", "delete_segments", str(playlist)]
        handler = functools.partial(_Quiet, directory=folder)
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            with running(*command) as process:
                wait_until(lambda: _has_three_segments(playlist), process)
                yield f"http://127.0.0.1:{server.server_address[1]}/live.m3u8"
        finally:
            server.shutdown()
            server.server_close()
            thread.join()


def _has_three_segments(playlist: Path) -> bool:
    try:
        return playlist.read_text().count(".ts") >= 3
    except OSError:
        return False
