# SPDX-License-Identifier: GPL-3.0-or-later
"""The QR code on paper: form kind, case code, short check. Never personal data.

Content: `TW1:<kind>:<case code>:<check>`, for example `TW1:RUJ:KPG-7Q4M:2XBD`. The check is the first 20 bits of
SHA-256 over everything before its colon, in Crockford base32: it shows a misread or mistyped code, it proves nothing.
All characters are in QR's alphanumeric set, which keeps the symbol small. Drawn as one vector path.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import segno

from trafficwatch.models.forms import FormHead, FormKind

if TYPE_CHECKING:
    from reportlab.pdfgen.canvas import Canvas

QUIET = 4  # modules of white around the symbol (ISO/IEC 18004)

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def payload(kind: FormKind, case_code: str) -> str:
    """The text in the code; `case_code` as in `FormHead`, not empty, else ValueError."""
    if not FormHead(kind, case_code, "id").case_code:
        raise ValueError("case code")
    content = f"TW1:{kind.code}:{case_code}"
    return f"{content}:{_check(content)}"


def read(untrusted_text: str) -> tuple[FormKind, str] | None:
    """Kind and case code of a scanned or typed payload; None when it is not ours or its check is wrong."""
    for kind in FormKind:
        case_code = untrusted_text.removeprefix(f"TW1:{kind.code}:")[:-5]
        try:
            if payload(kind, case_code) == untrusted_text:
                return kind, case_code
        except ValueError:
            continue
    return None


def matrix(text: str) -> tuple[bytearray, ...]:
    """Rows of modules (1 is dark) without the quiet zone; error correction M survives a stain or a fold."""
    code = segno.make(text, error="m", micro=False, boost_error=False)
    return tuple(code.matrix)


def draw(canvas: Canvas, text: str, x: float, y: float, size: float) -> None:
    """Draw the code into the square of `size` points whose lower left corner is (x, y), its quiet zone included."""
    rows = matrix(text)
    step = size / (len(rows) + 2 * QUIET)
    path = canvas.beginPath()
    for number, row in enumerate(rows, start=QUIET + 1):
        start: int | None = None
        for column, dark in enumerate([*row, 0]):
            if dark and start is None:
                start = column
            elif not dark and start is not None:
                path.rect(x + (QUIET + start) * step, y + size - number * step, (column - start) * step, step)
                start = None
    canvas.saveState()
    canvas.setFillGray(0)
    canvas.drawPath(path, stroke=0, fill=1)
    canvas.restoreState()


def _check(content: str) -> str:
    bits = int.from_bytes(hashlib.sha256(content.encode("ascii")).digest()[:3], "big") >> 4
    return "".join(_ALPHABET[bits >> shift & 31] for shift in (15, 10, 5, 0))
