# SPDX-License-Identifier: GPL-3.0-or-later
"""What all commands share: which store, how the passphrase comes in, how answers and errors go out."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from trafficwatch.errors import ExpectedError
from trafficwatch.texts import explain_error, t

if TYPE_CHECKING:
    from trafficwatch.models.fields import Side
    from trafficwatch.store.work import Store
    from trafficwatch.village.founding import TrainingProof

PASSPHRASE_LIMIT = 4_096


class Desk:
    """The desk that a command works on."""

    def __init__(
        self,
        folder: Path | None,
        passphrase_fd: int | None,
        *,
        as_json: bool,
        practice: bool = False,
        draft_lost: bool = False,
        hidden: bool = False,
        ready_fd: int | None = None,
    ) -> None:
        self._folder = folder
        self._passphrase_fd = passphrase_fd
        self._practice = practice
        self._draft_lost = draft_lost
        self._hidden = hidden
        self._ready_fd = ready_fd
        self.as_json = as_json

    @property
    def folder(self) -> Path:
        """The chosen folder, or the platform's data folder."""
        if self._folder is None:
            from platformdirs import user_data_path

            self._folder = user_data_path("trafficwatch", appauthor=False)
        return self._folder

    @property
    def marks(self) -> Path:
        """Where the high-water marks of this user's stores lie."""
        from platformdirs import user_state_path

        return user_state_path("trafficwatch", appauthor=False) / "marks"

    def passphrase(self, *, new: bool = False) -> str:
        """From the file descriptor if one was given, else typed unseen (a new one twice)."""
        if self._passphrase_fd is not None:
            return first_line(self._passphrase_fd)
        typed: str = click.prompt("Frasa sandi / Passphrase", hide_input=True, confirmation_prompt=new)
        return typed

    @contextmanager
    def open(self) -> Iterator[Store]:
        from trafficwatch.store.unlock import open_store
        from trafficwatch.village.directory import renew_at_opening

        store = open_store(self.folder, self.passphrase(), marks=self.marks)
        try:
            renew_at_opening(store)
            tell_findings(store)
            yield store
        finally:
            store.close()

    def show(self, side: Side) -> NoReturn:
        """Open the window of this desk, and end with it."""
        from platformdirs import user_config_path

        from trafficwatch.app import run

        settings = user_config_path("trafficwatch", appauthor=False) / "settings.json"
        code = run(
            side,
            self.folder,
            practice=self._practice,
            settings_path=settings,
            marks=self.marks,
            draft_lost=self._draft_lost,
            hidden=self._hidden,
            ready_fd=self._ready_fd,
        )
        sys.exit(code)

    def say(self, document: Mapping[str, Any], text: str) -> None:
        """Answer: the document with `--json`, the text otherwise."""
        click.echo(json.dumps(document, ensure_ascii=False, default=str) if self.as_json else text)


def tell_findings(store: Store) -> None:
    """What unlocking found out, on standard error."""
    for finding in store.findings:
        click.echo(t(f"findings.{finding}"), err=True)


def first_line(descriptor: int) -> str:
    """The first line that comes out of a file descriptor, however it arrives; what is wrong is said without it."""
    untrusted_bytes = b""
    try:
        while b"\n" not in untrusted_bytes and len(untrusted_bytes) < PASSPHRASE_LIMIT:
            part = os.read(descriptor, PASSPHRASE_LIMIT)
            if not part:
                break
            untrusted_bytes += part
        return untrusted_bytes.partition(b"\n")[0].rstrip(b"\r").decode()
    except OSError:
        raise click.UsageError(f"nothing can be read from file descriptor {descriptor}") from None
    except UnicodeDecodeError:
        raise click.UsageError("the passphrase is not UTF-8 text") from None


def report_error(error: ExpectedError, *, as_json: bool) -> None:
    """An expected error as three sentences on standard error, or as a document on standard output."""
    sentences = explain_error(error)
    if as_json:
        click.echo(json.dumps({"error": error.key, **sentences}, ensure_ascii=False))
    else:
        click.echo("\n".join(sentences.values()), err=True)


def training_options(command: Callable[..., None]) -> Callable[..., None]:
    """Options that record the first member's training."""
    for option in (
        click.option("--trained-on", help="Day of the TPPO training; without it the register only."),
        click.option("--organiser", help="Who held the training."),
        click.option("--certificate", help="Number of the certificate."),
    ):
        command = option(command)
    return command


def training_proof(trained_on: str | None, organiser: str | None, certificate: str | None) -> TrainingProof | None:
    """The proof of training that the options describe."""
    from trafficwatch.models.dates import PartialDate
    from trafficwatch.models.staff import TrainingKind
    from trafficwatch.village.founding import TrainingProof

    if trained_on is None:
        return None
    day = PartialDate.parse(trained_on).edtf
    return TrainingProof(TrainingKind.TPPO_TRAINING, day, organiser=organiser, certificate=certificate)


pass_desk = click.make_pass_decorator(Desk)
