"""The licences of everything that is shipped, collected into the bundle: `licenses/`.

What is shipped stands in sources.json, which build.spec left: place and origin of each file. A
file from a package is covered by that package's own texts; libraries inside packages and all else
by components.toml; on Linux what came from the system by its Debian package. What nobody covers
makes the build fail.
"""

from __future__ import annotations

import fnmatch
import re
import shutil
import subprocess
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import Any

from sources import Origin, read_sources

HERE = Path(__file__).resolve().parent
TEXTS = HERE / "licences"
PROJECT_LICENCE = HERE.parents[1] / "LICENSE"
IS_TEXT = re.compile(r"(LICEN[CS]E|COPYING|NOTICE|COPYRIGHT|AUTHORS)", re.IGNORECASE)
IS_NO_TEXT = re.compile(r"\.(pyc?|pyi|xml)$|LicenseRef-Qt-Commercial", re.IGNORECASE)
"""Qt comes to us by the LGPL, not by its commercial terms."""
LIBRARIES_INSIDE = re.compile(r"[^/]+\.libs/", re.IGNORECASE)
"""Where wheels keep libraries of others."""
PYTHON = "Python"
"""Always in: its own modules lie in one archive."""


class NoticeError(Exception):
    """Something is shipped without a licence text; each line names one thing."""


@dataclass(frozen=True)
class Notice:
    """One thing that is shipped, and the texts that cover it by their file names."""

    name: str
    version: str
    licence: str
    texts: dict[str, bytes]


def collect(sources: Path, packages: Path, bundle: Path) -> list[Notice]:
    """Write `licenses/` into `bundle` and return what is in it; NoticeError names what lacks."""
    known = tomllib.loads((HERE / "components.toml").read_text(encoding="utf-8"))
    owners = owners_of(packages)
    origins = read_sources(sources)
    shipped = {name(dist): dist for one in origins if (dist := owner(one, owners)) is not None}
    notices = {key: of_package(dist, known["packages"]) for key, dist in shipped.items()}
    for entry in known["component"]:
        if entry["name"] == PYTHON or any(covers(entry, one) for one in origins):
            notices[entry["name"]] = of_component(entry, notices)
    lost = []
    for one in origins:
        if not is_explained(one, owners, known["component"]):
            found = of_debian(one.path) if one.root == "system" else None
            if found is None:
                lost.append(f"{one.place}: nobody says whose {one.path} is")
            else:
                notices[found.name] = found
    lost += [f"{notice.name}: no licence text" for notice in notices.values() if not notice.texts]
    if lost:
        raise NoticeError("\n".join(sorted(lost)))
    write(notices.values(), bundle / "licenses")
    return list(notices.values())


def is_explained(
    one: Origin, owners: dict[str, Distribution], components: list[dict[str, Any]]
) -> bool:
    """Tell whether a package, a component, Python or we ourselves stand for this file."""
    if one.root in ("project", "python"):
        return True
    inside = LIBRARIES_INSIDE.match(one.place)
    if owner(one, owners) is not None and not inside:
        return True
    return any(covers(entry, one) for entry in components)


# ---- packages ------------------------------------------------------------------------------------


def name(dist: Distribution) -> str:
    """Return the package's name as it is compared."""
    return re.sub(r"[-_.]+", "-", dist.metadata["Name"]).lower()


def owners_of(packages: Path) -> dict[str, Distribution]:
    """Return which package each file below site-packages belongs to, by its path in lower case."""
    return {
        str(file).replace("\\", "/").lower(): dist
        for dist in distributions(path=[str(packages)])
        for file in dist.files or []
    }


def owner(one: Origin, owners: dict[str, Distribution]) -> Distribution | None:
    """Return the package that brought this file."""
    return owners.get(one.path.lower()) if one.root == "packages" else None


def of_package(dist: Distribution, lacking: dict[str, list[str]]) -> Notice:
    """Return a package's notice, with the texts that its wheel lacks."""
    texts = {}
    for file in dist.files or []:
        inside = file.parts[0].endswith(".dist-info") or len(file.parts) <= 2  # noqa: PLR2004
        if inside and IS_TEXT.search(file.name) and not IS_NO_TEXT.search(file.name):
            texts[file.name] = Path(str(dist.locate_file(file))).read_bytes()
    for extra in lacking.get(name(dist), []):
        texts[extra] = text(extra)
    return Notice(name(dist), dist.version, licence_of(dist), texts)


def licence_of(dist: Distribution) -> str:
    """Return the licence's name as the package's metadata has it, where that is a name."""
    metadata = dist.metadata
    if "License-Expression" in metadata:
        return metadata["License-Expression"]
    classes = metadata.get_all("Classifier") or []
    names = [line.rpartition(" :: ")[2] for line in classes if line.startswith("License :: ")]
    stated = metadata["License"].partition("\n")[0] if "License" in metadata else ""
    return ", ".join(names) or stated or "see the text"


# ---- everything else -----------------------------------------------------------------------------


def covers(entry: dict[str, Any], one: Origin) -> bool:
    """Tell whether the component `entry` covers this file."""
    place = one.place.lower()
    return any(fnmatch.fnmatchcase(place, pattern.lower()) for pattern in entry["files"])


def of_component(entry: dict[str, Any], packages: dict[str, Notice]) -> Notice:
    """Return a component's notice; a text may be a file of licences/ or stand in a package's."""
    texts: dict[str, bytes] = {}
    for wanted in entry["texts"]:
        if wanted in packages:
            texts |= packages[wanted].texts
        else:
            texts[wanted] = text(wanted)
    return Notice(entry["name"], "", entry["licence"], texts)


def text(file: str) -> bytes:
    """Return a text of licences/, or the project's own licence."""
    return (PROJECT_LICENCE if file == "LICENSE" else TEXTS / file).read_bytes()


def of_debian(path: str) -> Notice | None:
    """Return the notice of the Debian package that installed `path`, where one did."""
    if shutil.which("dpkg-query") is None:  # no Debian, so it was not one
        return None
    for candidate in (path, str(Path(path).resolve()), path.removeprefix("/usr")):
        answer = subprocess.run(
            ["dpkg-query", "-S", candidate], check=False, capture_output=True, text=True
        ).stdout.partition(": ")[0]
        package = answer.partition(":")[0]
        copyright_file = Path("/usr/share/doc", package, "copyright")
        if package and copyright_file.is_file():
            texts = {"copyright": copyright_file.read_bytes()}
            return Notice(f"debian-{package}", "", "see the text", texts)
    return None


# ---- writing -------------------------------------------------------------------------------------


def write(notices: Iterable[Notice], folder: Path) -> None:
    """Write one folder a thing, and the list of all."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    rows = []
    for notice in sorted(notices, key=lambda notice: notice.name.lower()):
        place = re.sub(r"[^\w.+-]+", "-", notice.name.partition(" (")[0], flags=re.ASCII).strip("-")
        (folder / place).mkdir()
        for file, content in notice.texts.items():
            (folder / place / file).write_bytes(content)
        rows.append(f"{notice.name} {notice.version}".strip() + f" | {notice.licence} | {place}/")
    head = (
        "赛鉴所含的第三方软件及其许可 | Third-party software in SaiJian, its licence, its texts\n\n"
    )
    (folder / "README.txt").write_text(head + "\n".join(rows) + "\n", encoding="utf-8")
