from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from client.contest.addresses import is_loopback, is_private_enough, is_within, origin_of
from client.contest.contestant import Ticket, ticket_digest


@pytest.mark.parametrize(
    ("address", "origin"),
    [
        ("http://127.0.0.1:80/", "http://127.0.0.1:80"),
        ("https://Exam.Example.ORG", "https://exam.example.org"),
        ("https://[2001:DB8::1]:8443", "https://[2001:db8::1]:8443"),
        ("https://考试.example:1", "https://考试.example:1"),
    ],
)
def test_an_origin_is_scheme_host_and_port(address, origin):
    assert origin_of(address) == origin


@given(st.text(max_size=40) | st.text(max_size=40).map(lambda text: "https://" + text))
def test_anything_is_an_origin_or_a_value_error(text):
    try:
        origin = origin_of(text)
    except ValueError:
        return
    assert origin_of(origin) == origin


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", True),
        ("127.8.9.1", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("192.168.1.1", False),
        ("localhost.example", False),
        ("127.0.0.1.example", False),
        ("", False),
    ],
)
def test_loopback_is_this_computer_alone(host, expected):
    assert is_loopback(host) == expected
    assert is_private_enough(f"http://[{host}]" if ":" in host else f"http://{host}") == expected
    assert is_private_enough("https://192.0.2.1")


def test_a_ticket_s_digest_belongs_to_one_contest():
    digests = {ticket_digest(c, Ticket(t)) for c in ("a", "b") for t in ("1", "2")}
    assert len(digests) == 4


@pytest.mark.parametrize(
    ("address", "ranges", "inside"),
    [
        ("203.0.113.9", ["203.0.113.0/24"], True),
        ("203.0.113.9", ["203.0.113.9"], True),
        ("203.0.114.9", ["203.0.113.0/24", "198.51.100.1"], False),
        ("2001:db8::1", ["203.0.113.0/24", "2001:db8::/32"], True),
        ("203.0.113.9", [], False),
        ("", ["0.0.0.0/0"], False),
        ("<script>", ["0.0.0.0/0"], False),
        ("203.0.113.9", ["rubbish"], False),
    ],
)
def test_an_address_lies_within_a_network_or_not(address, ranges, inside):
    assert is_within(address, ranges) == inside
