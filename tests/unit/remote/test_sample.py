"""The sample picture from a real server: the plan's bytes, or none."""

import hashlib
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from client.contest.plan import SamplePicture
from client.remote.sample import fetch_sample
from tests.simulators.session import make_plan

PICTURE = b"\xff\xd8 a picture"


class Answer(BaseHTTPRequestHandler):
    def do_GET(self):
        found = self.path == "/sample.jpg?v=2"
        self.send_response(200 if found else 404)
        self.end_headers()
        self.wfile.write(PICTURE if found else b"")

    def log_message(self, *_):
        pass


@pytest.fixture
def server():
    serving = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=serving.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{serving.server_port}"
    serving.shutdown()
    serving.server_close()


DIGEST = hashlib.sha256(PICTURE).hexdigest()


def plan_with(url, digest=DIGEST):
    return make_plan().model_copy(update={"sample_picture": SamplePicture(url=url, sha256=digest)})


def test_the_plans_picture_is_fetched(server):
    assert fetch_sample(plan_with(f"{server}/sample.jpg?v=2")) == PICTURE


@pytest.mark.parametrize("path", ["/sample.jpg", "/other"])
def test_another_answer_is_none(server, path):
    assert fetch_sample(plan_with(server + path)) is None


def test_other_bytes_than_the_plan_names_are_none(server):
    assert fetch_sample(plan_with(f"{server}/sample.jpg?v=2", "0" * 64)) is None


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/a.jpg", "http://example.invalid/a.jpg"])
def test_nobody_there_is_none(url):
    assert fetch_sample(plan_with(url)) is None


def test_a_plan_without_one_asks_nobody():
    assert fetch_sample(make_plan()) is None
