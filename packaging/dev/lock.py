"""Write requirements.lock: one lock for Linux and Windows, Python 3.11 to 3.13, with hashes.

`make lock` keeps the versions that are locked and still fit; `make lock ARGS="--upgrade"` takes the
newest. Addresses of the package index come from this machine's pip settings and never get into the
file.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LOCK = ROOT / "requirements.lock"
HEADER = """\
# Every package of .venv with its digests, for Linux and Windows, Python 3.11 to 3.13.
# Written by `make lock` from pyproject.toml; do not edit. Why: docs/decisions/0007.
"""


def main(arguments: list[str]) -> None:
    """Resolve in a throw-away environment and replace the lock only when all went well."""
    with tempfile.TemporaryDirectory() as scratch:
        tools = Path(scratch) / "tools"
        print("准备 uv... / preparing uv...", flush=True)
        venv.create(tools, with_pip=True)
        python = tools / "bin" / "python"
        subprocess.run([python, "-m", "pip", "install", "--quiet", "uv"], check=True)
        fresh = Path(scratch) / "requirements.lock"
        if LOCK.exists():
            fresh.write_bytes(LOCK.read_bytes())  # uv prefers the versions that it finds there
        print("解析依赖... / resolving...", flush=True)
        command: list[str | Path] = [
            tools / "bin" / "uv",
            "pip",
            "compile",
            "--quiet",
            "--universal",
        ]
        command += ["--python-version", "3.11", "--no-build", "--generate-hashes"]
        command += ["--no-emit-index-url", "--no-emit-find-links", "--no-annotate", "--no-header"]
        command += ["--extra", "dev", "--output-file", fresh, *arguments, "pyproject.toml"]
        subprocess.run(command, check=True, cwd=ROOT, env=uv_settings(python))
        text = HEADER + fresh.read_text(encoding="utf-8")
    if "://" in text or str(ROOT) in text:
        sys.exit("the lock names an address or a path of this machine: not written")
    LOCK.write_text(text, encoding="utf-8")
    count = sum("==" in line and not line.startswith((" ", "#")) for line in text.splitlines())
    print(f"{LOCK.name}: {count} 个软件包 / packages")


def uv_settings(python: Path) -> dict[str, str]:
    """Return the environment in which uv uses the index that pip is set to."""
    settings = dict(os.environ)
    for uv_name, pip_name in (
        ("UV_DEFAULT_INDEX", "global.index-url"),
        ("SSL_CERT_FILE", "global.cert"),
    ):
        value = pip_setting(python, pip_name)
        if value:
            settings.setdefault(uv_name, value)
    return settings


def pip_setting(python: Path, name: str) -> str:
    """Return a value of pip's configuration, from its files or its environment; empty if unset."""
    environment = os.environ.get("PIP_" + name.rpartition(".")[2].replace("-", "_").upper())
    if environment:
        return environment
    answer = subprocess.run(
        [str(python), "-m", "pip", "config", "get", name],
        check=False,  # 1 says that it is not set
        capture_output=True,
        text=True,
    )
    return answer.stdout.strip()


if __name__ == "__main__":
    main(sys.argv[1:])
