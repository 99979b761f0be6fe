"""What makes a frozen folder a bundle, on both systems: licences, the list of files, the weight."""

from __future__ import annotations

from pathlib import Path

from digests import check_list, write_list
from notices import collect
from weigh import check_weight, table, weigh


def finish(bundle: Path, sources: Path, packages: Path) -> dict[str, int]:
    """Add `licenses/` and `files.sha256`; return the bytes of each part.

    `sources` is the sources.json that build.spec left, `packages` the site-packages that it was
    frozen from. Programs must have been signed before. Raises NoticeError, TooHeavyError.
    """
    notices = collect(sources, packages, bundle)
    count = write_list(bundle)
    check_list(bundle)
    parts = weigh(bundle)
    print(
        f"     {len(notices)} 份许可 / licences, {count} 个文件 / files\n\n{table(parts)}\n",
        flush=True,
    )
    check_weight(parts)
    return parts
