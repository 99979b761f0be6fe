"""A drive that goes away while it is recorded to: a stick pulled out.

The drive is a file system of its own, on a loop device, that is told to shut down: from then on
every call, on files that are open as well, fails as it does without the device (ext4's
`FS_IOC_SHUTDOWN`, what the file-system developers' own tests use).
"""

from __future__ import annotations

import bz2
import subprocess
from pathlib import Path

import pytest

from client.base.files import AppendFile
from client.base.process import own_command
from client.base.trouble import file_trouble
from client.evidence.findings import Verdict
from client.evidence.journal import Line, read_journal
from client.evidence.layout import SessionFolder
from client.evidence.verify import verify
from tests.windows.program import PATIENCE_S, ROOT, SIMULATED

IMAGE = ROOT / "tests" / "assets" / "windows" / "drive.ext4.bz2"
"""An empty ext4 of 120 MB without a journal of its own: `mkfs.ext4 -O ^has_journal -m 0`."""
BLOCK = 4096
PLUG_IN = """
mkdir -p /tmp/stick && mount -o loop {image} /tmp/stick &&
ln -sfn /tmp/stick "$WINEPREFIX/dosdevices/e:"
"""
PULL_OUT = """
perl -e '$how = pack("L", 2); open(F, "+<", "/tmp/stick/pull") or die "$!";
         ioctl(F, 0x8004587D, $how) or die "$!"'
"""
UNPLUG = 'rm -f "$WINEPREFIX/dosdevices/e:"; umount /tmp/stick || umount -l /tmp/stick'


class Stick:
    """Drive E, to be plugged in and pulled out."""

    root = Path("E:\\")

    def __init__(self, folder: Path, wait) -> None:
        """Make the image below `folder`, which lies on Linux as /tmp does."""
        self._image = folder / "stick.img"
        self._wait = wait
        data = bz2.decompress(IMAGE.read_bytes())
        with self._image.open("wb") as file:
            file.truncate(len(data))
            for offset in range(0, len(data), BLOCK):
                block = data[offset : offset + BLOCK]
                if block.strip(b"\\0"):
                    file.seek(offset)
                    file.write(block)

    def plug_in(self) -> None:
        """Make it drive E."""
        self._linux(PLUG_IN.format(image=f"/tmp/{self._image.name}"))  # noqa: S108
        (self.root / "pull").write_bytes(b"")

    def pull_out(self) -> None:
        """Take it away: from now on nothing can be read from it or written to it."""
        self._linux(PULL_OUT)

    def unplug(self) -> None:
        """Let the letter E go, after it was pulled out or not."""
        self._linux(UNPLUG)

    def _linux(self, script: str) -> None:
        said = self._image.with_suffix(".said")
        said.unlink(missing_ok=True)
        words = (
            f"( {script} ) > /tmp/stick.out 2>&1; echo $? >> /tmp/stick.out; mv /tmp/stick.out {{}}"
        )
        subprocess.run(
            ["start", "/unix", "/bin/sh", "-c", words.format(f"/tmp/{said.name}")],  # noqa: S108
            check=False,
            timeout=PATIENCE_S,
        )
        self._wait(said.exists, timeout=30_000)
        assert said.read_text().split()[-1] == "0", said.read_text()


@pytest.fixture
def stick(qtbot):
    stick = Stick(Path("Z:\\tmp"), qtbot.waitUntil)
    stick.plug_in()
    yield stick
    stick.unplug()


def test_a_file_that_grows_tells_which_one_it_was_and_keeps_what_was_synced(stick):
    file = AppendFile(stick.root / "journal.jsonl")
    file.append(b"one\n")
    file.sync()
    stick.pull_out()

    def go_on():
        file.append(b"two\n")
        file.sync()

    with pytest.raises(OSError, match="journal") as failure:
        go_on()
    told = file_trouble(failure.value)
    assert told is not None
    assert "E:\\journal.jsonl" in told.title.zh
    file.close()
    stick.unplug()
    stick.plug_in()
    assert (stick.root / "journal.jsonl").read_bytes().startswith(b"one\n")


@pytest.mark.timeout(300)
def test_a_recording_ends_with_a_sentence_and_what_was_journalled_is_still_good(stick, qtbot):
    out = stick.root / "录像"
    command = own_command("record", "--out", str(out), "--seconds", "200", *SIMULATED)
    folder = SessionFolder(out)
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE) as process:
        try:
            qtbot.waitUntil(lambda: _covered(folder) >= 2, timeout=90_000)
            stick.pull_out()
            _, told = process.communicate(timeout=60)
        finally:
            process.kill()
    said = told.decode("utf-8")
    assert process.returncode == 1, said
    assert "E300" in said, said
    assert "E:\\录像" in said
    assert "Traceback" not in said
    stick.unplug()
    stick.plug_in()
    assert _covered(folder) >= 2
    report = verify(folder.path, None)
    assert report.verdict is Verdict.INCOMPLETE, report.findings
    assert report.seconds > 2


def _covered(folder: SessionFolder) -> int:
    """Return how many lines of the journal cover media."""
    lines = [line for line in read_journal(folder.journal) if isinstance(line, Line)]
    return sum(line.entry.kind == "media" for line in lines)
