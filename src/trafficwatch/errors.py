# SPDX-License-Identifier: GPL-3.0-or-later
"""Expected errors: the world failed, not the program.

An `ExpectedError` carries a key and parameters, never a sentence: `texts` turns them into what happened
(`<catalogue>.<key>.message`), what is safe (`.safe`) and what to do (`.todo`). Parameters never hold anything personal:
only counts, dates, versions, file names that the user chose, codes. Every other exception is a bug.

    ExpectedError
    +-- StoreError       the store or its vault can't be opened or written
    +-- InputError       what was typed or given is not possible
    +-- ConsentError     a rule of consent, duty or training forbids it
    +-- BundleError      a bundle or an enrolment file is refused
    +-- FileError        a file or disk outside the store failed
    +-- NetworkError     the way to the other desk over the network failed

A concrete error is a subclass with its own key; code matches types, never texts.
"""

from __future__ import annotations

from typing import ClassVar


class ExpectedError(Exception):
    """Base of all errors that a user can do something about; `key` names its texts."""

    key: ClassVar[str] = ""
    catalogue: ClassVar[str] = ""

    def __init__(self, **params: str | int) -> None:
        super().__init__(self.key)
        self.params = params

    def __str__(self) -> str:
        return self.key


class StoreError(ExpectedError):
    """The store or its vault can't be opened or written."""

    catalogue = "errors_store"


class InputError(ExpectedError):
    """What was typed or given is not possible."""

    catalogue = "errors_input"


class ConsentError(ExpectedError):
    """A rule of consent, duty or training forbids it."""

    catalogue = "errors_consent"


class BundleError(ExpectedError):
    """A bundle or an enrolment file is refused."""

    catalogue = "errors_bundle"


class FileError(ExpectedError):
    """A file or a disk outside the store failed."""

    catalogue = "errors_file"


class NetworkError(ExpectedError):
    """The way to the other desk over the network failed."""

    catalogue = "errors_network"


def named(key: str, params: dict[str, str | int]) -> ExpectedError:
    """The expected error with this key, as another process reported it; KeyError for an unknown key (a bug)."""
    return {cls.key: cls for cls in _subclasses(ExpectedError) if cls.key}[key](**params)


def _subclasses(cls: type[ExpectedError]) -> list[type[ExpectedError]]:
    return [cls, *(found for child in cls.__subclasses__() for found in _subclasses(child))]
