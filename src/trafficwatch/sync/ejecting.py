# SPDX-License-Identifier: GPL-3.0-or-later
"""Which drives are sticks, and letting go of one: 'may be pulled out' is said only when the system has said so.

Linux: the flags of the kernel for the drive; `udisksctl`, or else `gio`, takes it out of the file system. Windows: the
drive's type; the volume is locked, dismounted and ejected. Where that is not possible nothing is claimed, and a person
is told how to do it by hand. Written files are flushed before (`store.files`).
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

PATIENCE = 30
"""Seconds that the system may take to write out the rest."""
_SYSTEM = Path("/sys/class/block")
_DRIVE_REMOVABLE = 2
_GENERIC_READ_WRITE, _SHARED, _OPEN_EXISTING = 0xC0000000, 3, 3
_LOCK_VOLUME, _DISMOUNT_VOLUME, _EJECT_MEDIA = 0x00090018, 0x00090020, 0x002D4808


def is_removable(mount: Path, device: str, system: Path = _SYSTEM) -> bool:
    """Whether a file system lies on a drive that people pull out; `device` as the system names it (`/dev/sdb1`)."""
    if sys.platform == "win32":
        return _windows().GetDriveTypeW(str(mount)) == _DRIVE_REMOVABLE
    name = Path(device).name
    if not name or not device.startswith("/dev/"):
        return False
    with contextlib.suppress(OSError):
        found = (system / name).resolve(strict=True)
        if "usb" in {part[:3] for part in found.parts}:
            return True
        return any(_reads(place / "removable") == "1" for place in (found, found.parent))
    return False


def eject(mount: Path, device: str) -> bool:
    """Let the system finish with a drive. True only when it has said so; else nothing is known."""
    if sys.platform == "win32":
        return _eject_on_windows(mount)
    if not os.path.ismount(mount):
        return False
    for command in (
        ["udisksctl", "unmount", "--no-user-interaction", "-b", device],
        ["gio", "mount", "-e", str(mount)],
    ):
        if shutil.which(command[0]) and _ran(command) and not os.path.ismount(mount):
            return True
    return False


def _ran(command: list[str]) -> bool:
    with contextlib.suppress(OSError, subprocess.TimeoutExpired):
        done = subprocess.run(command, capture_output=True, timeout=PATIENCE, check=False, stdin=subprocess.DEVNULL)
        return done.returncode == 0
    return False


def _reads(path: Path) -> str:
    with contextlib.suppress(OSError):
        return path.read_text("ascii").strip()
    return ""


def _windows() -> Any:
    import ctypes

    return ctypes.WinDLL("kernel32")  # type: ignore[attr-defined,unused-ignore]  # on Windows alone


def _eject_on_windows(mount: Path) -> bool:
    import ctypes

    kernel, done = _windows(), ctypes.c_ulong()
    kernel.CreateFileW.restype = ctypes.c_void_p
    volume = kernel.CreateFileW(f"\\\\.\\{mount.drive}", _GENERIC_READ_WRITE, _SHARED, None, _OPEN_EXISTING, 0, None)
    if volume in {None, ctypes.c_void_p(-1).value}:
        return False
    try:
        return all(
            kernel.DeviceIoControl(ctypes.c_void_p(volume), order, None, 0, None, 0, ctypes.byref(done), None)
            for order in (_LOCK_VOLUME, _DISMOUNT_VOLUME, _EJECT_MEDIA)
        )
    finally:
        kernel.CloseHandle(ctypes.c_void_p(volume))
