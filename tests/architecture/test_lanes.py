"""Three workers: tests that wait run beside those that compute; each file once, in one worker."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from xdist.scheduler import LoadFileScheduling

from tests.lanes import AT_ONCE, Lanes, scheduler

WAITING = [f"tests/e2e/test_{n}.py::test_{m}" for n in range(6) for m in range(4)]
COMPUTING = [f"tests/unit/test_{n}.py::test_{m}" for n in range(9) for m in range(4)]


class Worker:
    """Runs what it is sent, one test after the other."""

    def __init__(self, name: int) -> None:
        self.gateway = SimpleNamespace(id=f"gw{name}")
        self.todo: list[int] = []
        self.done: list[int] = []
        self.shutting_down = False

    def send_runtest_some(self, indices: list[int]) -> None:
        assert not self.shutting_down
        self.todo += indices

    def shutdown(self) -> None:
        self.shutting_down = True


def dealt(workers: int, tests: list[str], pace: dict[str, int]) -> tuple[list[Worker], list[int]]:
    """Run `tests`, of which those of a folder take `pace` ticks; return how many waited at once."""
    config = SimpleNamespace(
        option=SimpleNamespace(loadscopereorder=False, tx=["popen"] * workers, px=[]),
        getvalue=lambda name: getattr(config.option, name),
    )
    lanes = Lanes(config)
    crew = [Worker(number) for number in range(workers)]
    for worker in crew:
        lanes.add_node(worker)
        lanes.add_node_collection(worker, tests)
    lanes.schedule()
    at_once, tick = [], 0
    while any(len(worker.done) < len(worker.todo) for worker in crew):
        tick += 1
        running = [w for w in crew if len(w.done) < len(w.todo)]
        at_once.append(sum("/e2e/" in tests[w.todo[len(w.done)]] for w in running))
        for worker in running:
            number = worker.todo[len(worker.done)]
            if tick % pace[tests[number].split("/")[1]] == 0:
                worker.done.append(number)
                lanes.mark_test_complete(worker, number)
    assert lanes.tests_finished
    assert all(worker.shutting_down for worker in crew)
    return crew, at_once


@pytest.mark.parametrize("pace", [{"e2e": 9, "unit": 1}, {"e2e": 1, "unit": 5}])
@pytest.mark.parametrize("tests", [WAITING + COMPUTING, COMPUTING + WAITING])
def test_each_test_runs_once_and_never_do_more_wait_than_may(tests, pace) -> None:
    crew, at_once = dealt(3, tests, pace)
    assert sorted(number for worker in crew for number in worker.done) == list(range(len(tests)))
    assert max(at_once) == AT_ONCE
    last = max(tick for tick, count in enumerate(at_once) if count == AT_ONCE)
    assert min(at_once[: last - pace["e2e"]]) == AT_ONCE, "both lanes are used to the end"
    files = [{tests[number].split("::")[0] for number in worker.done} for worker in crew]
    assert sum(map(len, files)) == len(set().union(*files)), "a file stays with one worker"


@pytest.mark.parametrize("tests", [WAITING, COMPUTING])
def test_with_tests_of_one_kind_all_of_them_run(tests) -> None:
    crew, _ = dealt(3, tests, {"e2e": 1, "unit": 1})
    assert sum(len(worker.done) for worker in crew) == len(tests)


@pytest.mark.parametrize(
    ("words", "is_ours"),
    [
        ({"numprocesses": 3, "dist": "loadfile"}, True),
        ({"numprocesses": 2, "dist": "loadfile"}, False),
        ({"numprocesses": 3, "dist": "load"}, False),
    ],
)
def test_two_workers_and_other_orders_are_xdist_s_own(words, is_ours, monkeypatch) -> None:
    monkeypatch.setattr(LoadFileScheduling, "__init__", lambda *_: None)
    config = SimpleNamespace(getoption=lambda name, _: words[name])
    assert isinstance(scheduler(config, None), Lanes) is is_ours
