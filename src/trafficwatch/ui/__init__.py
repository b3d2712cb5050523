# SPDX-License-Identifier: GPL-3.0-or-later
"""The Qt desks: pages draw and ask; they hold no session, SQL, crypto or rule.

PySide6 6.12.0 gives back a reference to None that it never took with every call into Qt that returns nothing (measured:
1,000 calls of `setText`, 1,000 references), and some to True and False. Python 3.11 starts with a few thousand of them
and dies at the last one; from 3.12 on they are immortal (PEP 683), so they are here as well (`docs/decisions/0007`).
"""

from __future__ import annotations

import ctypes
import sys

if sys.version_info < (3, 12) and sys.maxsize > 2**32:
    for immortal in (None, True, False, Ellipsis, NotImplemented):
        ctypes.c_ssize_t.from_address(id(immortal)).value += 1 << 40  # a reference count is an object's first field
