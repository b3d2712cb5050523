# SPDX-License-Identifier: GPL-3.0-or-later
"""All flips and cuts of a golden bundle as a command: `python tests/labs/flips.py --out report.json`.

Every bit of every byte of `golden/bundles/1.0/everything.twb`, every byte set to 0 and 255, every length and some bytes
more, each as a file that a real PPT desk imports (the opener in this process; every `--apart` one in the child, too).
Whatever is not refused by name, or changes one row of the store, is a finding, and the exit code is 1.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

TESTS = Path(__file__).parents[1]
sys.path[:0] = [path for path in (str(TESTS),) if path not in sys.path]


def damaged(content: bytes) -> Iterator[tuple[str, bytes]]:
    """Every bundle with one flaw, and which."""
    for at in range(len(content)):
        for bit in range(8):
            yield f"bit {bit} of byte {at}", content[:at] + bytes([content[at] ^ 1 << bit]) + content[at + 1 :]
        for value in {0, 255} - {content[at]}:
            yield f"byte {at} is {value}", content[:at] + bytes([value]) + content[at + 1 :]
        yield f"cut to {at}", content[:at]
        yield f"without byte {at}", content[:at] + content[at + 1 :]
    for more in (1, 2, 16, 512, 65_552):
        yield f"{more} zeros more", content + bytes(more)


def main(argv: list[str] | None = None) -> int:
    from labs.fuzz_inputs import GOLDEN
    from labs.fuzz_world import World

    from trafficwatch.models.fields import Side

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--every", type=int, default=1, help="every how many flaws are tried")
    parser.add_argument("--apart", type=int, default=1_000, help="every how many are opened in the child, too; 0 none")
    parser.add_argument("--out", type=Path)
    asked = parser.parse_args(argv)
    content, start = (GOLDEN / "everything.twb").read_bytes(), time.perf_counter()
    keys: Counter[str] = Counter()
    findings, apart = [], 0
    with tempfile.TemporaryDirectory() as folder:
        world = World(Path(folder))
        before = world.dump(Side.PPT)
        for number, (flaw, bad) in enumerate(damaged(content)):
            if number % asked.every:
                continue
            key = world.take(Side.PPT, bad)
            if asked.apart and number % asked.apart == 0:
                apart += 1
                findings += [f"{flaw}: the child says otherwise"] * (world.apart(Side.PPT, bad) != key)
            keys[key] += 1
            findings += [flaw] * (key == "")
        findings += ["the store changed"] * (world.dump(Side.PPT) != before)
        world.check()
        findings += world.findings
        findings += ["the bundle itself is refused"] * (world.take(Side.PPT, content) != "")
        world.close()
    report = {"bytes": len(content), "tried": keys.total(), "refused_as": dict(keys), "apart": apart}
    text = json.dumps({**report, "findings": findings, "seconds": round(time.perf_counter() - start)}, indent=1)
    sys.stdout.write(text + "\n")
    if asked.out:
        asked.out.write_text(text + "\n", "utf-8")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
