"""`saijian`: dispatch only. Every verb imports what it uses, and no more."""

from __future__ import annotations

import argparse
import io
import os
import signal
import sys
from importlib import import_module

os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
"""Else it reads the metadata of every installed package at each start of each process."""
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
"""Else numpy starts threads that nothing here uses: 0.14 s of processor time at each start."""
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
"""Else onnxruntime, which reads print for us, gives this computer a number and reports its use to
its maker."""


FILMS = ("recorder", "record", "tryout", "bench", "microphone", "legible", "photo")
"""Verbs that open devices in their own process."""
HELPERS = ("microphone", "photo", "awake", "legible", "coach")
"""Hidden verbs: processes that end with the one that starts them."""


def main() -> int:
    """Run the verb on the command line, the window without one; return the exit code."""
    arguments = sys.argv[1:]
    code = _dispatch(arguments)
    if arguments[:1] and arguments[0] in FILMS:
        from client.base.process import end_at_once

        end_at_once(code)
    return code


def _dispatch(arguments: list[str]) -> int:
    if arguments[:1] == ["recorder"]:
        from client.recorder.child.main import main as recorder

        return recorder(arguments[1:])
    if arguments[:1] == ["uploader"]:
        from client.upload.process import main as uploader

        return uploader(arguments[1:])
    if arguments[:1] == ["tryout"]:
        from client.recorder.child.tryout import main as tryout

        return tryout(arguments[1:])
    if arguments[:1] and arguments[0] in HELPERS:
        return _help(arguments)
    from client.cli.ending import exit_code_of

    _speak_utf8()
    return exit_code_of(lambda: _run(arguments or ["window"]), as_json="--json" in arguments)


def _help(arguments: list[str]) -> int:
    if arguments[0] == "microphone":
        from client.capture.audio.feeder import main as microphone

        return microphone(arguments[1:])
    if arguments[0] == "photo":
        from client.capture.photo import main as photo

        return photo(arguments[1:])
    if arguments[0] == "coach":
        from client.identity.process import main as coach

        return coach(arguments[1:])
    if arguments[0] == "legible":
        from client.preflight.probes.legible import main as legible

        return legible(arguments[1:])
    from client.recorder.child.vigil import main as awake

    return awake()


def _run(arguments: list[str]) -> int:
    from client.base.build import build_label
    from client.cli.arguments import command_line

    args = command_line(f"SaiJian {build_label()}").read(arguments)
    from client.base.log import log_to_stderr
    from client.base.paths import use_given_paths

    use_given_paths(vars(args))
    log_to_stderr(verbose=bool(os.environ.get("SAIJIAN_VERBOSE")))
    match args.verb:
        case "window":
            from client.wiring import open_window

            return open_window(args.plan, args.session, technician=args.technician)
        case "record":
            return _record(args)
        case "attend" | "rehearse" | "trial":
            return _attend(args)
        case "bench":
            return _bench(args)
        case "attach":
            from client.cli.attach import run as attach
            from client.wiring import RealHost

            return attach(args, RealHost())
        case verb:
            return int(import_module(f"client.cli.{verb}").run(args))


def _record(args: argparse.Namespace) -> int:
    from client.cli.record import StatusLine, prepare
    from client.recorder.child.main import record

    folder = prepare(args)
    code = record(folder, StatusLine(sys.stderr))
    from client.cli.summary import sum_up

    sum_up(folder)
    return code


def _bench(args: argparse.Namespace) -> int:
    _interrupt_by_every_signal()
    from client.cli.bench import show, wanted
    from client.cli.say import tell

    recording, devices, seconds, contest_seconds = wanted(args)
    from client.recorder.child.bench import Order, measure

    order = Order(recording, devices, seconds, contest_seconds, args.folder)
    return show(measure(order, tell), as_json=args.json)


def _attend(args: argparse.Namespace) -> int:
    from client.cli.attend import begin
    from client.cli.attend import run as attend
    from client.cli.rehearse import run as rehearse
    from client.wiring import RealHost, open_trial, show_session

    if args.verb == "trial":
        from client.cli.trial import run as try_out

        return try_out(args, open_trial)
    _interrupt_by_every_signal()
    if args.verb == "rehearse":
        return rehearse(args, RealHost())
    if args.headless:
        return attend(args, RealHost())
    host = RealHost(preview=True)
    return show_session(host, begin(args, host))


def _interrupt_by_every_signal() -> None:
    """Whatever asks this program to end does what Ctrl-C does; `nohup` stays what it is."""
    for name in ("SIGTERM", "SIGHUP", "SIGBREAK"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, signal.default_int_handler)


def _speak_utf8() -> None:
    """Chinese must not end a program whose console or pipe has another code page."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")


if __name__ == "__main__":
    sys.exit(main())
