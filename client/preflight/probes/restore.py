"""Looks for what restores the drive of the sessions folder, and leaves the marker for next time."""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path

from client.base.clock import boot_id, utc_us
from client.base.errors import StorageError
from client.base.files import free_bytes, private_folder
from client.preflight.facts.restore import OtherDrive, RestoreFacts, Trace
from client.preflight.probes import marker
from client.preflight.probes.places import file_system_of, other_places, place_of, root_of

if sys.platform == "win32":
    from client.preflight.probes.windows import restore as system
else:
    from client.preflight.probes.linux import restore as system


def look_for_restorers(sessions: Path) -> RestoreFacts:
    """Return what is known; then write this run's trace into `sessions` and elsewhere."""
    place = place_of(sessions)
    others = other_places(place)
    files = {
        other: root_of(other) / marker.WITNESS for other in others if system.may_write_into(other)
    }
    facts = RestoreFacts(
        place=place,
        file_system=file_system_of(place),
        services=system.read_services(),
        filters=system.read_filters(),
        programs=system.read_programs(),
        write_filter_is_on=system.is_write_filter_on(),
        boot=boot_id(),
        marker=marker.read_trace(sessions / marker.MARKER, place),
        witnesses=_witnesses(files),
        other_drives=_with_space(others),
    )
    trace = Trace(
        place=place,
        boot=facts.boot,
        run=facts.runs + 1,
        when_us=utc_us(),
        state=facts.survival,
    )
    try:
        if not sessions.exists():
            private_folder(sessions)
        marker.leave(trace, sessions / marker.MARKER, files.values())
    except OSError as error:
        return facts.model_copy(update={"trouble": f"{error}"[:300]})
    system.leave_user_trace(trace.model_dump_json())
    return facts


def _witnesses(files: dict[str, Path]) -> tuple[Trace, ...]:
    found = [marker.read_trace(path, place) for place, path in files.items()]
    user = system.read_user_trace()
    if user is not None:
        found.append(marker.parse(user[1], user[0]))
    return tuple(trace for trace in found if trace is not None)


def _with_space(places: list[str]) -> tuple[OtherDrive, ...]:
    found = []
    for place in places:
        with suppress(OSError, StorageError):
            found.append(OtherDrive(place=place, free_bytes=free_bytes(root_of(place))))
    return tuple(found)
