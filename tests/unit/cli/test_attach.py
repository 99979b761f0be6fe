from __future__ import annotations

import pytest

from client.base.errors import SaiJianError
from client.cli import attach
from client.cli.arguments import command_line


def test_a_folder_that_is_no_session_is_left_as_it_is(tmp_path):
    folder, film = tmp_path / "photos", tmp_path / "film.mp4"
    folder.mkdir()
    folder.chmod(0o755)
    film.write_bytes(b"film")
    before = folder.stat().st_mode
    args = command_line("").read(["attach", str(film), "--session", str(folder)])
    with pytest.raises(SaiJianError):
        attach.run(args, host=None)
    assert folder.stat().st_mode == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["film.mp4", "photos"]
