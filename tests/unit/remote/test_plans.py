from __future__ import annotations

import pytest

from client.base.errors import BadInputError, OrganizerError, PlanError
from client.contest.signed import PublicKey
from client.remote.plans import load_plan_from
from tests.simulators.contest import prepare_contest
from tests.simulators.organizer import Fault, MisbehavingOrganizer
from tests.simulators.served import served


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    with MisbehavingOrganizer(tmp_path_factory.mktemp("organizer")) as organizer:
        yield organizer


@pytest.fixture
def organizer(running):
    yield running
    running.forget_faults()


def test_a_file_and_an_address_give_the_same_plan(organizer):
    contest = organizer.contest
    assert load_plan_from(str(contest.folder.plan)) == contest.plan
    assert load_plan_from(f"{organizer.address}/plan") == contest.plan
    assert load_plan_from(f"{organizer.address}/plan#key={contest.key}") == contest.plan


@pytest.mark.parametrize("fragment", ["#key=" + "ab" * 32, "#key=12", "#x"])
def test_a_key_in_the_address_must_have_signed_the_plan(organizer, fragment):
    with pytest.raises(PlanError):
        load_plan_from(f"{organizer.address}/plan{fragment}")


def test_a_key_that_is_brought_must_have_signed_the_plan(organizer):
    with pytest.raises(PlanError):
        load_plan_from(str(organizer.contest.folder.plan), PublicKey("ab" * 32))


@pytest.mark.parametrize("action", ["redirect", "error", "cut", "rubbish"])
def test_what_is_no_plan_is_an_error_for_a_person(organizer, action):
    organizer.play(Fault(action))
    with pytest.raises((OrganizerError, PlanError)):
        load_plan_from(f"{organizer.address}/plan")


@pytest.mark.parametrize(
    ("source", "error"),
    [
        ("", PlanError),
        ("nothing.json", PlanError),
        ("/", PlanError),
        ("a\0b", PlanError),
        ("http://192.0.2.1/plan", BadInputError),
        ("https://", BadInputError),
        ("https://[::1/plan", BadInputError),
        ("http://127.0.0.1:1/plan", OrganizerError),
    ],
)
def test_bad_sources_are_errors_for_a_person(source, error):
    with pytest.raises(error):
        load_plan_from(source)


def test_a_file_of_any_length_is_read_only_so_far(tmp_path):
    large = tmp_path / "plan.json"
    with large.open("wb") as file:
        file.truncate(5_000_000_000)
    with pytest.raises(PlanError, match="too large"):
        load_plan_from(str(large))


def test_a_self_signed_server_needs_the_key_in_the_address(tmp_path):
    contest = prepare_contest(tmp_path, scheme="https")
    with served(contest.folder, "--tls", "--port", str(contest.port)) as running:
        with pytest.raises(OrganizerError, match="certificate"):
            load_plan_from(f"{running.address}/plan")
        assert load_plan_from(running.announced["plan_url"]) == contest.plan
