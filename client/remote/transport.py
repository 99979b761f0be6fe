"""One HTTP exchange with one server: bounded in time and size, no redirects, no cookies, no netrc.

This and `pinning.py` are the only files that know the library `requests`.
"""

from __future__ import annotations

import io
import time
from http.cookiejar import DefaultCookiePolicy
from typing import NamedTuple
from urllib.parse import urlsplit

import requests
import urllib3
from requests.utils import get_environ_proxies

import client
from client.base.errors import BadInputError
from client.base.text import Text
from client.contest.addresses import is_loopback, is_private_enough, origin_of
from client.remote.pinning import PinnedAdapter
from client.remote.wire import NoResponse, Outcome, Request, Response

_BLOCK = 16 * 1024


class Timeouts(NamedTuple):
    """Seconds that one exchange may take."""

    connect: float = 8.0
    """To connect, and for each 16 KiB of a body to leave this computer."""
    read: float = 25.0
    """Without a single byte of the answer."""
    whole: float = 60.0
    """Until the answer's body is complete, counted from its beginning."""


class Transport:
    """Speaks to one origin (`scheme://host:port`). May be used from several threads."""

    def __init__(
        self,
        address: str,
        *,
        certificate_pem: str = "",
        timeouts: Timeouts = Timeouts(),  # noqa: B008 (a frozen value)
    ) -> None:
        """Prepare; nothing is connected yet.

        `certificate_pem` pins exactly this certificate. BadInputError where the address is no
        origin, or is plain http to another computer.
        """
        self._origin = _origin(address)
        self._timeouts = timeouts
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        self._session.headers.clear()
        if not is_loopback(urlsplit(self._origin).hostname or ""):
            self._session.proxies = get_environ_proxies(self._origin)
        if certificate_pem:
            self._session.mount("https://", PinnedAdapter(certificate_pem))
            self._session.verify = False  # the pin is what counts: pinning.py

    @property
    def origin(self) -> str:
        """Return `scheme://host:port` without a slash at its end."""
        return self._origin

    def exchange(
        self, request: Request, *, token: str = "", limit: int, read_seconds: float | None = None
    ) -> Outcome:
        """Send one request and read at most `limit` bytes of the answer. Never raises."""
        path = self._path(request.path)
        if path is None:
            return NoResponse("an address outside the organizer's server")
        try:
            return self._send(request, path, token, limit, read_seconds)
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            return NoResponse(_reason(error))
        except ValueError:
            return NoResponse("a request or an answer that is not HTTP")

    def _send(
        self, request: Request, path: str, token: str, limit: int, read_seconds: float | None
    ) -> Outcome:
        timeouts = self._timeouts
        with self._session.request(
            request.method,
            self._origin + path,
            data=io.BytesIO(request.body) if len(request.body) > _BLOCK else request.body,
            headers=_headers(request, token),
            timeout=(timeouts.connect, read_seconds or timeouts.read),
            allow_redirects=False,
            stream=True,
        ) as answer:
            headers = {name.lower(): value for name, value in answer.headers.items()}
            body = _read(answer.raw, limit, time.monotonic() + timeouts.whole)
        if body is None:
            return NoResponse("an answer that is too large or does not end")
        return Response(answer.status_code, headers, body)

    def _path(self, path: str) -> str | None:
        """Return the path on our own server; None for another server's address."""
        if path.startswith(self._origin + "/"):
            return path[len(self._origin) :]
        return path if path.startswith("/") and not path.startswith("//") else None


def _headers(request: Request, token: str) -> dict[str, str]:
    headers = {
        "Accept-Encoding": "identity",
        "User-Agent": f"SaiJian/{client.__version__}",
        **request.headers,
    }
    if token:
        headers["Authorization"] = f"Bearer {token}"
    return headers


def _read(raw: urllib3.response.BaseHTTPResponse, limit: int, until: float) -> bytes | None:
    """Return the body; None where it is larger than `limit` or still dripping at `until`."""
    body = bytearray()
    while block := raw.read1(_BLOCK, decode_content=False):
        body += block
        if len(body) > limit or time.monotonic() > until:
            return None
    return bytes(body)


def _origin(address: str) -> str:
    try:
        origin = origin_of(address)
    except ValueError as error:
        raise bad_address() from error
    if not is_private_enough(origin):
        raise BadInputError(
            Text(
                "组委会地址使用了不加密的 http，已拒绝连接。",
                "The organizer's address is plain http; not connected.",
            ),
            Text("请向组委会索取 https 地址。", "Ask the organizer for an https address."),
        )
    return origin


def bad_address() -> BadInputError:
    """Return the error for what is no address of a server."""
    return BadInputError(
        Text("组委会地址的格式不对。", "The organizer's address is not a web address."),
        Text(
            "它应形如 https://server.example:8443。", "It looks like https://server.example:8443."
        ),
    )


BAD_CERTIFICATE = "a certificate that is not its"
_REASONS: tuple[tuple[tuple[type[Exception], ...], str], ...] = (
    ((requests.exceptions.SSLError, urllib3.exceptions.SSLError), BAD_CERTIFICATE),
    ((requests.ConnectTimeout,), "no connection in time"),
    ((requests.Timeout, urllib3.exceptions.TimeoutError, TimeoutError), "no answer in time"),
    ((requests.exceptions.ProxyError,), "the proxy failed"),
    ((requests.exceptions.ChunkedEncodingError, urllib3.exceptions.ProtocolError), "cut off"),
    ((requests.ConnectionError, ConnectionError), "no connection"),
)


def _reason(error: Exception) -> str:
    """Name the failure without addresses, so that it may be logged and shown."""
    found = (reason for kinds, reason in _REASONS if isinstance(error, kinds))
    return next(found, "a broken exchange")
