"""The result of a verification, as values for programs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from client.base.clock import SECOND_US
from client.evidence.attachments import ForeignReport
from client.evidence.entries import Origin, Pair, Source
from client.evidence.findings import Finding, Verdict
from client.evidence.subject import Subject

Trust = Literal["organizer key given", "self-consistent only"]


@dataclass(frozen=True, slots=True)
class TrackReport:
    """One track file as it lies there."""

    name: str
    seconds: float
    bytes: int
    sha256: str
    decode_errors: int = 0


@dataclass(frozen=True, slots=True)
class DeviceReport:
    """A device that the journal names."""

    source: Source
    name: str
    origin: Origin

    @property
    def simulated(self) -> bool:
        """Tell whether it was our own simulation."""
        return self.origin == "simulated"


@dataclass(frozen=True, slots=True)
class PairReport:
    """What the recorder knew of picture against sound for one pair of devices, as of a second."""

    second: float
    pair: Pair


@dataclass(frozen=True, slots=True)
class AddressReport:
    """An address as the organizer saw it, from the first to the last document that names it."""

    address: str
    first_utc_us: int
    last_utc_us: int


@dataclass(frozen=True)
class Report:
    """All that `verify` says of one session folder."""

    verdict: Verdict
    trust: Trust
    session: str = ""
    findings: tuple[Finding, ...] = ()
    """In the order of the checks; what a verdict rests on is among them."""
    tracks: tuple[TrackReport, ...] = ()
    devices: tuple[DeviceReport, ...] = ()
    pairs: tuple[PairReport, ...] = ()
    addresses: tuple[AddressReport, ...] = ()
    receipts: int = 0
    """Heartbeat receipts that are valid, each counted once."""
    seconds: float = 0.0
    """From the identity step to the end."""
    proved_seconds: float = 0.0
    """Up to here the record is there and signed (gaps apart)."""
    subject: Subject | None = None
    """Which sitting it is; None where there is no journal to say so."""
    foreign: tuple[ForeignReport, ...] = ()
    """Recordings of other programs (外部录像). Never authentic, and no part of the verdict."""

    @property
    def exit_code(self) -> int:
        """Return the exit code that the verdict asks for."""
        return self.verdict.exit_code

    @property
    def client_address(self) -> str:
        """Return the address that the organizer saw last; empty where it saw none."""
        return max(self.addresses, key=lambda a: a.last_utc_us).address if self.addresses else ""

    @property
    def gaps(self) -> tuple[Finding, ...]:
        """Return the stretches without record."""
        return tuple(f for f in self.findings if f.code == "uncovered")

    @property
    def unanchored(self) -> tuple[Finding, ...]:
        """Return the stretches whose time no organizer vouches for."""
        return tuple(f for f in self.findings if f.code == "unanchored")

    def to_json(self) -> dict[str, Any]:
        """Return the report for programs; stretches are seconds since the recording began."""
        return {
            "verdict": self.verdict.name,
            "exit_code": self.verdict.exit_code,
            "trust": self.trust,
            "session": self.session,
            "subject": self.subject.to_json() if self.subject else None,
            "seconds": round(self.seconds, 3),
            "proved_seconds": round(self.proved_seconds, 3),
            "tracks": [
                {
                    "name": track.name,
                    "seconds": round(track.seconds, 3),
                    "bytes": track.bytes,
                    "sha256": track.sha256,
                    "decode_errors": track.decode_errors,
                }
                for track in self.tracks
            ],
            "gaps": [_stretch(finding) for finding in self.gaps],
            "unanchored": [_stretch(finding) for finding in self.unanchored],
            "receipts": self.receipts,
            "client_address": self.client_address,
            "addresses": [
                {
                    "address": seen.address,
                    "first_utc_us": seen.first_utc_us,
                    "last_utc_us": seen.last_utc_us,
                }
                for seen in self.addresses
            ],
            "devices": [
                {
                    "source": device.source,
                    "name": device.name,
                    "origin": device.origin,
                    "simulated": device.simulated,
                }
                for device in self.devices
            ],
            "pairs": [
                {"second": round(known.second, 3), **known.pair.model_dump(exclude={"kind"})}
                for known in self.pairs
            ],
            "foreign": [_foreign(known) for known in self.foreign],
            "findings": [finding.to_json() for finding in self.findings],
        }


def _foreign(known: ForeignReport) -> dict[str, Any]:
    listed = known.attachment.model_dump(exclude={"kind", "session"})
    return {
        **listed,
        "authentic": False,
        "intact": known.is_intact,
        "in_journal": known.in_journal,
        "received_us": known.received_us,
        "refused": known.refused._asdict() if known.refused else None,
    }


def _stretch(finding: Finding) -> dict[str, Any]:
    start, end = finding.seconds or (0.0, 0.0)
    return {
        "source": finding.source,
        "from": round(start, 3),
        "to": round(end, 3),
        "utc_us": list(finding.utc_us) if finding.utc_us else None,
        "cause": finding.cause,
    }


def seconds(micros: int) -> float:
    """Return microseconds as seconds."""
    return micros / SECOND_US
