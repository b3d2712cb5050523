# SPDX-License-Identifier: GPL-3.0-or-later
"""Taking a village's population workbook in, twice: every row accounted for, and the second time nothing changes.

`python benchmarks/workbook.py [--people N] [--share DIRTY] [--folder REAL_DISK] [--refusals]`. The workbook is
synthetic (OpenSID's 43 columns, names that nobody has, dirty rows of twelve kinds) and made in a process of its own, so
that the peak memory is that of the import. Prints counts, refusals by kind with row, column and reason, seconds, and
asserts: created + updated + unchanged + refused = rows; just the dirty rows are refused, each for what is wrong with
it; the second time everything is unchanged or refused as before, and the journal did not grow.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from store_tools import make_store
from workbook_tools import village_rows, write_village

from trafficwatch.registry.workbook.plan import Outcome
from trafficwatch.registry.workbook.take_in import preview, take_in
from trafficwatch.registry.workbook.writing import reason_words, refused_rows
from trafficwatch.store.work import Store


def main() -> None:
    options = _options()
    if options.make:
        write_village(options.make, village_rows(options.people, options.share))
        return
    with tempfile.TemporaryDirectory(dir=options.folder) as name:
        folder = Path(name)
        workbook = folder / "penduduk.xlsx"
        again = ("--people", str(options.people), "--share", str(options.share), "--make", str(workbook))
        subprocess.run([sys.executable, __file__, *again], check=True)
        expected = village_rows(options.people, options.share).refused
        print(f"{workbook.stat().st_size / 1e6:.1f} MB, {options.people} rows, {len(expected)} of them dirty")
        store, _ = make_store(folder / "store")
        print(f"memory before: {_memory():.0f} MB")
        first = _once(store, workbook, expected, show=options.refusals)
        size = _journal(store)
        second = _once(store, workbook, expected, show=False)
        grown = _journal(store)
        store.close()
    wanted = {Outcome.CREATED: 0, Outcome.UPDATED: 0, Outcome.UNCHANGED: first[Outcome.CREATED]}
    assert second == {**wanted, Outcome.REFUSED: first[Outcome.REFUSED]}, second
    assert grown == size
    print(f"the second time changed nothing; peak memory {_memory():.0f} MB")


def _once(store: Store, workbook: Path, expected: set[tuple[int, str, str]], *, show: bool) -> dict[Outcome, int]:
    started, before = time.perf_counter(), _journal(store)
    seen = preview(store, workbook)
    looked = time.perf_counter()
    result = take_in(store, seen)
    ended = time.perf_counter()
    counts = dict(result.counts)
    assert sum(counts.values()) == seen.reading.counted.people, counts
    assert {(one.row, one.column, one.reason) for one in seen.refusals} == expected
    assert len(seen.refusals) == len(expected) == counts[Outcome.REFUSED]
    told = ", ".join(f"{count} {outcome}" for outcome, count in counts.items())
    print(f"{told} | preview {looked - started:.1f} s, taken in {ended - looked:.1f} s, {_memory():.0f} MB")
    print(f"  {len(seen.remarks)} remarks, {len(seen.differs)} differences, {_journal(store) - before} in the journal")
    for (reason, column), count in Counter((one.reason, one.column) for one in seen.refusals).items():
        print(f"  {count:>4} x {reason} in {column}")
    if show:
        for one in seen.refusals:
            print(f"  row {one.row}: {reason_words(one)}")
    content = refused_rows(seen)
    print(f"  file of the refused rows: {len(content) / 1e3:.0f} kB")
    return counts


def _journal(store: Store) -> int:
    with store.work() as work:
        return int(work.connection.exec_driver_sql("SELECT count(*) FROM journal").scalar_one())


def _memory() -> float:
    """The most memory this process had, in MB."""
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_000


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=10_000)
    parser.add_argument("--share", type=float, default=0.03)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--refusals", action="store_true", help="print every refusal")
    parser.add_argument("--make", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    main()
