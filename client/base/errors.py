"""The tree of errors that a person may see: a title, what to do next, a code, an exit code.

Exit codes: 1 the work could not be done, 2 what was given cannot be used.
"""

from __future__ import annotations

from client.base.text import Language, Text


class SaiJianError(Exception):
    """Root of every error that the window and the command line show to a person."""

    code = "E000"
    exit_code = 1

    def __init__(self, title: Text, advice: Text) -> None:
        """Say what happened (`title`) and what to do now (`advice`)."""
        super().__init__(title.en)
        self.title = title
        self.advice = advice

    def sentence(self, language: Language | None = None) -> str:
        """Return the one line that the window and the command line print."""
        return f"{self.title.say(language)} {self.advice.say(language)} [{self.code}]"


class BadInputError(SaiJianError):
    """What was given cannot be used: a plan, a file, an argument."""

    code = "E100"
    exit_code = 2


class PlanError(BadInputError):
    """The plan is malformed, unsigned or signed by somebody else."""

    code = "E110"


class EvidenceError(BadInputError):
    """A session folder cannot be read as evidence."""

    code = "E120"


class EnrolmentError(BadInputError):
    """The organizer does not know the ticket, or the one-time code was used before."""

    code = "E130"


class DeviceError(SaiJianError):
    """A camera, microphone or screen cannot be opened."""

    code = "E200"


class DeviceHangsError(DeviceError):
    """A driver does not answer; asking it again at once would take as long."""

    code = "E201"


class StorageError(SaiJianError):
    """The disk is full, read-only or gone."""

    code = "E300"


class OrganizerError(SaiJianError):
    """The organizer cannot be reached or answers what nobody can use; trying again may help."""

    code = "E400"


class RefusedError(SaiJianError):
    """The organizer refuses this request; trying again does not help."""

    code = "E410"


class RecorderError(SaiJianError):
    """The recorder process could not be started, or did not answer."""

    code = "E500"


class StateError(SaiJianError):
    """A step was asked for that does not follow from the present state."""

    code = "E600"
