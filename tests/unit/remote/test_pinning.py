from __future__ import annotations

import pytest

from client.base.errors import BadInputError, OrganizerError
from client.organizer.certificate import make_certificate
from client.remote.client import OrganizerClient
from client.remote.pinning import fingerprint
from tests.simulators.contest import prepare_contest
from tests.simulators.served import served


@pytest.fixture(scope="module")
def contest(tmp_path_factory):
    return prepare_contest(tmp_path_factory.mktemp("tls"), scheme="https")


@pytest.fixture(scope="module")
def server(contest):
    with served(contest.folder, "--tls", "--port", str(contest.port)) as running:
        yield running


def test_the_certificate_of_the_signed_plan_is_accepted(server, contest):
    organizer = contest.plan.plan.organizer
    client = OrganizerClient(organizer.address, certificate_pem=organizer.certificate_pem)
    assert client.time().address == "127.0.0.1"


def test_another_certificate_is_refused(server):
    other = make_certificate().certificate_pem.decode()
    client = OrganizerClient(server.address, certificate_pem=other)
    with pytest.raises(OrganizerError, match="certificate"):
        client.time()


def test_without_a_pin_a_self_signed_certificate_is_refused(server):
    with pytest.raises(OrganizerError, match="certificate"):
        OrganizerClient(server.address).time()


def test_a_name_that_the_certificate_lacks_does_not_matter_to_a_pin(server, contest):
    pem = contest.plan.plan.organizer.certificate_pem
    client = OrganizerClient(f"https://127.0.0.2:{server.port}", certificate_pem=pem)
    with pytest.raises(OrganizerError, match="no connection"):
        client.time()
    client = OrganizerClient(f"https://localhost:{server.port}", certificate_pem=pem)
    assert client.time().address == "127.0.0.1"


def test_the_pin_is_of_the_first_certificate():
    one, two = (make_certificate().certificate_pem.decode() for _ in range(2))
    assert fingerprint(one + two) == fingerprint(one) != fingerprint(two)


@pytest.mark.parametrize("pem", ["x", "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----"])
def test_what_is_no_certificate_is_refused_at_once(pem):
    with pytest.raises(BadInputError):
        OrganizerClient("https://127.0.0.1:1", certificate_pem=pem)
