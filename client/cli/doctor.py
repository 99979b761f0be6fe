"""`saijian doctor`: diagnostics, redacted, to read here or to hand to whoever helps."""

from __future__ import annotations

import argparse

from client.attempt.diagnosis.collect import diagnose
from client.attempt.diagnosis.health import findings_of, summary_of, write_archive
from client.base.clock import utc_us
from client.base.text import Text
from client.cli.say import show_json, tell
from client.evidence.layout import sessions_root

HEALTHY, UNWELL = 0, 1


def run(args: argparse.Namespace) -> int:
    """Print the summary, and write the archive where one is wanted; 0 where all is well."""
    diagnosis = diagnose(sessions_root(), utc_us())
    is_well = all(finding.is_well for finding in findings_of(diagnosis))
    if args.json:
        show_json({"healthy": is_well, **diagnosis.facts})
    else:
        print("\n".join(summary_of(diagnosis)))
    if args.zip is not None:
        write_archive(diagnosis, args.zip)
        tell(
            Text(
                f"已写好：{args.zip}。里面没有姓名、号码、密钥和录像内容。",
                f"Written: {args.zip}. No name, number, key or recording is in it.",
            )
        )
    return HEALTHY if is_well else UNWELL
