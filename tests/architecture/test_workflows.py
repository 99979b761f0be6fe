"""The workflows: pinned, without rights that they do not need, and calling what exists."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.specifiers import SpecifierSet

ROOT = Path(__file__).resolve().parents[2]
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.y*ml"))
PINNED = re.compile(r"\s*-?\s*uses: (?P<action>[\w-]+/[\w./-]+)@[0-9a-f]{40} # v\d+\.\d+\.\d+")
OWN = re.compile(r"\s*-?\s*uses: \./(?P<path>\.github/workflows/[\w-]+\.yml)")
WRITERS = {("release.yml", "draft"): {"contents": "write"}}
"""The jobs that may write, and what."""


@pytest.fixture(params=WORKFLOWS, ids=lambda path: path.name)
def workflow(request):
    return request.param


def jobs(path):
    return yaml.safe_load(path.read_text(encoding="utf-8"))["jobs"]


def commands(path):
    """Yield every line of every script, with its continuation lines."""
    for job in jobs(path).values():
        for step in job.get("steps", []):
            yield from step.get("run", "").replace("\\\n", " ").splitlines()


def unpinned(text):
    """Return the lines that use something which may change unseen."""
    lines = [line for line in text.splitlines() if re.search(r"(^|[\s-])uses:", line)]
    return [line for line in lines if not (PINNED.fullmatch(line) or OWN.fullmatch(line))]


def missing(line, root=ROOT):
    """Return what a command line names that is not in the project: targets, scripts, options."""
    words = re.findall(r"[\w./-]+", line)
    found = []
    targets = re.findall(
        r"^([a-z-]+):", (root / "Makefile").read_text(encoding="utf-8"), re.MULTILINE
    )
    if "make" in words:
        asked = next(word for word in words[words.index("make") + 1 :] if word[0] != "-")
        found += [f"make {asked}"] * (asked not in targets)
    for script in (word for word in words if word.endswith(".py")):
        if not (root / script).exists():
            found.append(script)
            continue
        source = (root / script).read_text(encoding="utf-8")
        options = [word for word in words[words.index(script) :] if word.startswith("--")]
        found += [f"{script} {option}" for option in options if f'"{option}"' not in source]
    folders = [word for word in words if re.fullmatch(r"tests/\w+", word)]
    return found + [folder for folder in folders if not (root / folder).is_dir()]


def test_there_are_workflows():
    assert {path.name for path in WORKFLOWS} == {"ci.yml", "release.yml"}


def test_every_action_is_pinned_by_commit_and_names_its_version(workflow):
    assert unpinned(workflow.read_text(encoding="utf-8")) == []


def test_one_commit_for_one_action():
    texts = "\n".join(path.read_text(encoding="utf-8") for path in WORKFLOWS)
    used = set(re.findall(r"uses: ([\w-]+/[\w./-]+)@(\w+ # \S+)", texts))
    assert len({action for action, _ in used}) == len(used)


def test_called_workflows_exist_and_may_be_called(workflow):
    called = OWN.findall(workflow.read_text(encoding="utf-8"))
    for path in called:
        document = yaml.safe_load((ROOT / path).read_text(encoding="utf-8"))
        assert "workflow_call" in document[True]  # YAML 1.1 reads `on` as a truth value


def test_nobody_may_write_but_who_makes_the_draft(workflow):
    document = yaml.safe_load(workflow.read_text(encoding="utf-8"))
    assert document["permissions"] == {"contents": "read"}
    asked = {
        name: job["permissions"] for name, job in jobs(workflow).items() if "permissions" in job
    }
    assert asked == {
        job: rights for (file, job), rights in WRITERS.items() if file == workflow.name
    }


def test_secrets_are_only_where_a_tag_was_pushed_and_a_person_agreed(workflow):
    document = yaml.safe_load(workflow.read_text(encoding="utf-8"))
    assert "pull_request_target" not in document[True]
    for job in document["jobs"].values():
        if "secrets." in str(job):
            assert set(document[True]) == {"push"}
            assert set(document[True]["push"]) == {"tags"}
            assert job["environment"] == "release"


def test_everything_ends_in_time_and_keeps_no_credentials(workflow):
    document = yaml.safe_load(workflow.read_text(encoding="utf-8"))
    assert "group" in document["concurrency"]
    for job in jobs(workflow).values():
        assert job.get("timeout-minutes", 90 if "uses" in job else None) <= 90
        for step in job.get("steps", []):
            if step.get("uses", "").startswith("actions/checkout@"):
                assert step["with"]["persist-credentials"] is False


def test_scripts_take_nothing_from_outside_into_their_text(workflow):
    assert [line for line in commands(workflow) if "${{" in line] == []


def test_commands_name_what_exists(workflow):
    lines = list(commands(workflow))
    assert lines
    assert [gap for line in lines for gap in missing(line)] == []


def test_python_is_one_that_the_project_supports(workflow):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    supported = SpecifierSet(project["requires-python"])
    asked = re.findall(r'python(?:-version)?: "?\[?([\d., "]+)', workflow.read_text("utf-8"))
    versions = [version for words in asked for version in re.findall(r"\d+\.\d+", words)]
    assert versions
    assert [version for version in versions if not supported.contains(f"{version}.0")] == []


def test_packages_come_from_the_lock_alone(workflow):
    installing = [line for line in commands(workflow) if "pip install" in line]
    assert [
        ln for ln in installing if "--require-hashes" not in ln and "--no-index" not in ln
    ] == []


# ---- each of these checks can fail ---------------------------------------------------------------
@pytest.mark.parametrize(
    "line",
    [
        "- uses: actions/checkout@v6",
        "- uses: actions/checkout@de0fac2e4500dabe0009e67214ff5f5447ce83dd",
        "- uses: docker://alpine:3",
        "  uses: other/house/.github/workflows/ci.yml@main",
    ],
)
def test_an_action_that_may_change_is_seen(line):
    assert unpinned(line) == [line]


@pytest.mark.parametrize(
    ("line", "gap"),
    [
        ("sudo make no-such-target", "make no-such-target"),
        ("python packaging/none.py --here", "packaging/none.py"),
        ("python packaging/smoke.py --no-such", "packaging/smoke.py --no-such"),
        ("python -m pytest tests/none", "tests/none"),
    ],
)
def test_a_command_that_is_not_there_is_seen(line, gap):
    assert missing(line) == [gap]
