# SPDX-License-Identifier: GPL-3.0-or-later
"""Derive `resources/wilayah.csv.xz` from the npm package idn-area-data, pinned by version and digest.

    python3 packaging/derive_wilayah.py            fetch, derive, write
    python3 packaging/derive_wilayah.py --check    derive again and compare with the file that is there

The output is a CSV of two columns, `code,name`, sorted by official code, parents before children:

    53,Nusa Tenggara Timur          provinsi
    53.01,Kabupaten Kupang          kabupaten or kota
    53.01.08,Kupang Tengah          kecamatan
    2008,Noelbaki                   desa or kelurahan: four digits, continuing the kecamatan above

Names stay exactly as the package has them. The CSV is a function of the package alone; the compressed bytes depend on
liblzma too, so `--check` compares what is inside. The data is under the ODbL: `resources/wilayah.NOTICE.md`.
"""

from __future__ import annotations

import argparse
import base64
import csv
import hashlib
import io
import lzma
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

PACKAGE = "idn-area-data@4.0.1"
SHA512 = "PhNSIl5T7swVwwWxJOFMtCaeHAF9TUu0HLDf+36EIWZro9j7au83AFIJiBQGL+iRsBDA2OlpJ5fjiqxNYndzOQ=="
COUNTS = {"provinces": 38, "regencies": 514, "districts": 7_285, "villages": 83_762}
TARGET = Path(__file__).parents[1] / "resources" / "wilayah.csv.xz"

# A small dictionary keeps the reader's memory small; pb=0 and lc=4 suit plain text.
_FILTERS: list[dict[str, int]] = [
    {
        "id": lzma.FILTER_LZMA2,
        "preset": 9 | lzma.PRESET_EXTREME,
        "dict_size": 4 << 20,
        "lc": 4,
        "lp": 0,
        "pb": 0,
    }
]


def fetch(folder: Path) -> bytes:
    """The package's tarball; SystemExit if its digest isn't the pinned one."""
    packed = subprocess.run(
        ["npm", "pack", "--silent", PACKAGE], cwd=folder, check=True, capture_output=True, text=True
    )
    content = (folder / packed.stdout.strip().splitlines()[-1]).read_bytes()
    digest = base64.b64encode(hashlib.sha512(content).digest()).decode()
    if digest != SHA512:
        sys.exit(f"{PACKAGE}: digest {digest} is not the pinned one")
    return content


def rows_of(package: bytes, table: str) -> list[tuple[str, str]]:
    """(code, name) of one table; SystemExit if the number of rows isn't the expected one."""
    with tarfile.open(fileobj=io.BytesIO(package), mode="r:gz") as archive:
        member = archive.extractfile(f"package/data/{table}.csv")
        if member is None:
            sys.exit(f"{table}.csv is not a file")
        rows = [(row["code"], row["name"]) for row in csv.DictReader(io.TextIOWrapper(member, "utf-8", newline=""))]
    if len(rows) != COUNTS[table]:
        sys.exit(f"{table}: {len(rows)} rows, expected {COUNTS[table]}")
    return rows


def derive(package: bytes) -> bytes:
    """The CSV, uncompressed; SystemExit if a code is double or has no parent."""
    rows = [row for table in COUNTS for row in rows_of(package, table)]
    codes = {code for code, _ in rows}
    orphans = [code for code in codes if "." in code and code.rpartition(".")[0] not in codes]
    if orphans or len(codes) != len(rows):
        sys.exit(f"codes without a parent: {sorted(orphans)[:5]}; double codes: {len(rows) - len(codes)}")
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("code", "name"))
    for code, name in sorted(rows):
        writer.writerow((code.rpartition(".")[2] if code.count(".") == 3 else code, name))
    return out.getvalue().encode()


def main() -> None:
    parser = argparse.ArgumentParser(description="Derive resources/wilayah.csv.xz")
    parser.add_argument("--check", action="store_true", help="compare with the file that is there, write nothing")
    check: bool = parser.parse_args().check
    with tempfile.TemporaryDirectory() as folder:
        content = derive(fetch(Path(folder)))
    if check:
        same = lzma.decompress(TARGET.read_bytes()) == content
        sys.exit(0 if same else f"{TARGET.name} differs from what {PACKAGE} gives")
    TARGET.write_bytes(lzma.compress(content, format=lzma.FORMAT_XZ, check=lzma.CHECK_CRC64, filters=_FILTERS))
    print(f"{TARGET.name}: {len(content):,} bytes, {TARGET.stat().st_size:,} compressed")


if __name__ == "__main__":
    main()
