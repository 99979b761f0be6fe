"""TLS that trusts exactly one certificate: the one that the signed plan names."""

from __future__ import annotations

import ssl
from typing import Any

from requests.adapters import HTTPAdapter

from client.base.errors import BadInputError
from client.base.text import Text


class PinnedAdapter(HTTPAdapter):
    """Refuses every server whose certificate differs, before the first byte of a request.

    Neither host name, nor dates, nor any authority counts: the pin is stronger than all of them,
    and a contestant's computer whose clock is wrong can still be told so by the organizer.
    """

    def __init__(self, certificate_pem: str) -> None:
        """Pin the first certificate in `certificate_pem`; BadInputError where there is none."""
        self._fingerprint = fingerprint(certificate_pem)
        super().__init__()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 (the library's own)
        """Give every connection the pin."""
        super().init_poolmanager(*args, **kwargs, assert_fingerprint=self._fingerprint)

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:  # noqa: ANN401 (the library's own)
        """Give connections through a proxy the pin, too."""
        return super().proxy_manager_for(proxy, **kwargs, assert_fingerprint=self._fingerprint)


def fingerprint(certificate_pem: str) -> str:
    """Return the SHA-256 of the first certificate's DER form in hex."""
    from cryptography import x509  # slow to load, and most servers have no pinned certificate
    from cryptography.hazmat.primitives import hashes

    try:
        certificate = x509.load_pem_x509_certificate(certificate_pem.encode())
    except ValueError as error:
        raise BadInputError(
            Text("方案中的服务器证书无法识别。", "The plan's server certificate is not one."),
            Text("请联系组委会更正方案。", "Ask the organizer to correct the plan."),
        ) from error
    return certificate.fingerprint(hashes.SHA256()).hex()


def certificate_at(host: str, port: int, seconds: float) -> str:
    """Return the certificate that a server shows, trusted by nobody; OSError where it shows none.

    Good only for bytes that carry a signature of their own, such as a plan whose key is known.
    """
    return ssl.get_server_certificate((host, port), timeout=seconds)
