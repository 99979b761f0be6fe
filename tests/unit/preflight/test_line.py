"""Delay, bandwidth, address and who answers: verdicts, and the probes against an organizer."""

from __future__ import annotations

import threading
import time
from types import SimpleNamespace

import pytest

from client.contest.plan import Environment, Recording, ScreenSettings
from client.preflight.checks import access, address, bandwidth, delay
from client.preflight.facts.network import AccessFacts, AddressFacts, BandwidthFacts, DelayFacts
from client.preflight.probes import bandwidth as measuring
from client.preflight.probes.access import ask_organizer
from client.preflight.probes.bandwidth import BandwidthRun
from client.preflight.probes.delay import DelayRun, facts_of, resolve_time
from client.preflight.runner import examine, run_checks
from client.preflight.suites.network import network_checks
from client.remote.client import OrganizerClient
from client.remote.transport import Timeouts
from tests.simulators.organizer import FOREVER, Fault, MisbehavingOrganizer

NEED = bandwidth.LineNeed(recordings=2600, up=3250, down=2000, venue=100_000)


@pytest.fixture
def organizer(tmp_path):
    with MisbehavingOrganizer(tmp_path) as organizer:
        yield organizer


@pytest.fixture
def client(organizer):
    return OrganizerClient(organizer.address, timeouts=Timeouts(connect=2, read=0.5, whole=2))


def calm() -> threading.Event:
    event = threading.Event()
    event.set()
    return event


@pytest.mark.parametrize(
    ("up", "down", "verdict"),
    [
        (120_000, 120_000, "pass"),
        (90_000, 120_000, "warn"),
        (3300, 2500, "warn"),
        (3000, 2500, "warn"),
        (2500, 2500, "fail"),
        (120_000, 1500, "warn"),
        (120_000, 900, "fail"),
    ],
)
def test_the_line_is_judged_by_this_computer_s_recordings(up, down, verdict) -> None:
    facts = BandwidthFacts(up_kbps=up, down_kbps=down, waited_seconds=1.0)
    finding = bandwidth.judge(NEED, facts)
    assert finding.verdict == verdict
    assert f"{up / 1000:.1f} Mbps" in finding.evidence.zh
    at_home = bandwidth.judge(NEED._replace(venue=None), facts)
    assert at_home.verdict == ("pass" if up > NEED.up and down > NEED.down else verdict)


def test_the_need_follows_the_plan() -> None:
    plan = SimpleNamespace(recording=Recording(), environment=Environment(), sites=())
    usual = bandwidth.line_need(plan)
    assert usual == bandwidth.line_need(None)
    assert usual.venue is None
    assert usual.up == pytest.approx(usual.recordings * 1.25, abs=1)
    plan.recording = Recording(second_camera=True, screen=ScreenSettings(qp=20))
    plan.environment = Environment(venue_mbps=50, down_kbps=9000)
    plan.sites = ("a venue",)
    more = bandwidth.line_need(plan)
    assert more.recordings == usual.recordings + 1500 + 1000
    assert (more.down, more.venue) == (9000, 50_000)


def figures(median=20.0, jitter=2.0, unanswered=0, repeated=0, resolve=None) -> DelayFacts:
    return DelayFacts(
        sent=50,
        unanswered=unanswered,
        repeated=repeated,
        median_ms=median,
        jitter_ms=jitter,
        longest_ms=median,
        resolve_ms=resolve,
    )


@pytest.mark.parametrize(
    ("facts", "verdict"),
    [
        (figures(), "pass"),
        (figures(median=250), "warn"),
        (figures(median=700), "fail"),
        (figures(jitter=60), "warn"),
        (figures(jitter=160), "fail"),
        (figures(repeated=1), "pass"),
        (figures(repeated=2), "warn"),
        (figures(unanswered=2, repeated=2), "fail"),
        (figures(resolve=30.0), "pass"),
        (figures(resolve=1500.0), "warn"),
    ],
)
def test_delay_jitter_loss_and_names_are_judged_apart(facts, verdict) -> None:
    finding = delay.judge(Environment(), facts)
    assert finding.verdict == verdict
    assert (finding.advice is None) == (verdict == "pass")
    patient = Environment(delay_ms=1000, jitter_ms=500, loss_percent=50)
    assert delay.judge(patient, facts).verdict in {"pass", "warn" if facts.resolve_ms else "pass"}


def test_late_answers_are_loss_and_not_jitter() -> None:
    facts = facts_of([20.0, 22.0, 20.0, 240.0, 20.0, None, 22.0, 20.0, 20.0, 22.0], 5.0)
    assert (facts.sent, facts.unanswered, facts.repeated) == (10, 1, 1)
    assert facts.loss_percent == 20
    assert facts.jitter_ms < 2.1
    assert facts.longest_ms == 240
    with pytest.raises(TimeoutError):
        facts_of([None, None], None)


def test_names_are_timed_and_addresses_have_none() -> None:
    assert resolve_time("10.0.0.1") is None
    assert resolve_time("server.example", lambda *_: time.sleep(0.05)) >= 50


@pytest.mark.parametrize(
    ("action", "answer", "said"),
    [
        ("", "organizer", "应答正常"),
        ("redirect", "redirect", "elsewhere.invalid"),
        ("rubbish", "page", "网页"),
        ("cut", "nobody", "没有应答"),
        ("hang", "nobody", "没有应答"),
    ],
)
def test_who_answers_in_the_organizer_s_place_is_told(
    organizer, client, action, answer, said
) -> None:
    if action:
        organizer.play(Fault(action, times=FOREVER))
    facts = ask_organizer(client, pinned=False)
    organizer.forget_faults()
    assert facts.answer == answer
    finding = access.judge(facts)
    assert finding.verdict == ("fail" if action else "pass")
    assert said in finding.evidence.zh


def test_a_login_that_http_announces_is_told(organizer, client) -> None:
    organizer.play(Fault("error", status=511))
    assert ask_organizer(client, pinned=False).answer == "login"


def test_a_wrong_clock_is_named_where_it_may_be_the_reason() -> None:
    by_authority = access.judge(AccessFacts(answer="certificate", pinned=False))
    pinned = access.judge(AccessFacts(answer="certificate", pinned=True))
    assert "日期和时间" in by_authority.advice.zh
    assert "日期和时间" not in pinned.advice.zh


@pytest.mark.parametrize(
    ("registered", "enrolled", "verdict", "said"),
    [
        ((), "", "pass", "没有登记"),
        ((), "203.0.113.9", "pass", "相同"),
        ((), "198.51.100.1", "warn", "198.51.100.1"),
        (("203.0.113.0/24",), "198.51.100.1", "pass", "在报备的地址内"),
        (("198.51.100.0/24", "203.0.113.9"), "", "pass", "在报备的地址内"),
        (("198.51.100.0/24", "2001:db8::/32"), "203.0.113.9", "warn", "198.51.100.0/24"),
    ],
)
def test_another_address_is_warned_of_with_both(registered, enrolled, verdict, said) -> None:
    known = address.KnownAddresses(registered, enrolled)
    finding = address.judge(known, AddressFacts(seen="203.0.113.9"))
    assert (finding.verdict, said in finding.evidence.zh) == (verdict, True)
    assert "203.0.113.9" in finding.evidence.zh
    assert (finding.advice is None) == (verdict == "pass")


def test_the_address_that_the_organizer_really_sees_is_compared(organizer, client) -> None:
    for ranges, verdict in ((("127.0.0.0/8",), "pass"), (("203.0.113.0/24",), "warn")):
        check = address.address_check(client, address.KnownAddresses(ranges))
        assert examine(check).verdict == verdict
    with organizer.away():
        check = address.address_check(client, address.KnownAddresses(("127.0.0.0/8",)))
        assert examine(check).verdict == "unknown"


def test_requests_without_an_answer_are_counted(organizer, client) -> None:
    organizer.play(Fault("hang", path="/time", times=1, after=2))
    run = DelayRun(client, calm(), seconds=1.5)
    facts = run()
    organizer.forget_faults()
    assert facts.unanswered == 1
    assert facts.sent >= 4
    assert facts.resolve_ms is None


def test_an_organizer_that_is_away_is_unknown_and_not_a_figure(organizer, client) -> None:
    with organizer.away():
        slow, bulk = DelayRun(client, calm(), seconds=1.0), BandwidthRun(client, 1000, calm())
        checks = (delay.delay_check(Environment(), slow), bandwidth.bandwidth_check(NEED, bulk))
        found = [examine(check) for check in checks]
    assert [finding.verdict for finding in found] == ["unknown", "unknown"]
    assert all("组委会" in finding.evidence.zh for finding in found)


def test_without_a_plan_what_needs_an_organizer_is_unknown() -> None:
    found = {o.check.name: o.finding for o in run_checks(network_checks(None))}
    asking = ("organizer-access", "network-delay", "bandwidth", "address")
    assert [found[name].verdict for name in asking] == ["unknown"] * 4
    assert "--plan" in found["bandwidth"].advice.zh


def test_bandwidth_waits_until_the_delay_was_measured(organizer, client) -> None:
    quiet = calm()
    slow, bulk = DelayRun(client, quiet, seconds=1.0), BandwidthRun(client, 1000, quiet)
    checks = (delay.delay_check(Environment(), slow), bandwidth.bandwidth_check(NEED, bulk))
    order = [outcome.check.name for outcome in run_checks(checks)]
    assert order == ["network-delay", "bandwidth"]
    kinds = [seen.path.split("/")[1] for seen in organizer.playbook.requests]
    assert "time" not in kinds[kinds.index("probe") :]


def test_a_stopped_measurement_gives_its_place_up(organizer, client) -> None:
    ahead = measuring.enter_queue(client).turn
    told = []
    run = BandwidthRun(client, 1000, calm())
    check = bandwidth.bandwidth_check(NEED, run)
    found = run_checks([check], lambda _, text: told.append(text.zh))
    thread = threading.Thread(target=lambda: list(found))
    thread.start()
    until = time.monotonic() + 5
    while not told and time.monotonic() < until:
        time.sleep(0.02)
    assert told == ["排队测速，前面还有 1 台电脑。"]
    check.stop()
    thread.join(5)
    assert not thread.is_alive()
    measuring.leave_queue(client, ahead)
    assert measuring.enter_queue(client).position == 0


def test_a_stopped_run_may_be_asked_again(client) -> None:
    run = BandwidthRun(client, 1000, calm())
    run.stop()
    (outcome,) = run_checks([bandwidth.bandwidth_check(NEED._replace(venue=None), run)])
    assert outcome.finding.verdict == "pass"
