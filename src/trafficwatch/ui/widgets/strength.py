# SPDX-License-Identifier: GPL-3.0-or-later
"""How good a new passphrase is. Pure.

Length counts, symbols don't. What people type first is refused: keyboard rows, one thing repeated, their own names, the
example on the screen, and phrases made of nothing but common words and digits. English word lists know none of that.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum

from trafficwatch.texts import LANGUAGES, t

MINIMUM = 12
"""Characters, as the store asks."""
STRONG = 20

_WORDS = """
    rahasia katasandi frasasandi kata sandi frasa kunci password passphrase passwd admin administrator user login
    qwerty qwertyuiop asdf asdfgh asdfghjkl zxcvbn zxcvbnm abc abcd abcde abcdef abcdefgh abcdefghij
    indonesia merdeka garuda pancasila jakarta nusantara ntt kupang
    bismillah alhamdulillah assalamualaikum insyaallah allah tuhan yesus maria amin doa
    sayang sayangku cinta cintaku aku kamu saya kita kami dia love iloveyou you mylove forever
    selamat pagi siang sore malam terima kasih halo hai apa kabar bahagia semangat sukses
    ibu bapak bunda ayah mama papa anak kakak adik keluarga
    desa kelurahan kabupaten laptop komputer relawan petugas tppo trafficwatch gugus tugas latihan
    dan di ke yang ini itu untuk dari dengan
    letmein welcome master monkey dragon football princess sunshine superman batman naruto doraemon
    persib persija arema bonek
"""
_COMMON = frozenset(_WORDS.split())
_LONGEST_FIRST = re.compile("|".join(sorted(_COMMON, key=lambda word: (-len(word), word))))
_ENOUGH = 4


class Weakness(StrEnum):
    """Why a passphrase won't do."""

    SHORT = "short"
    REPEATED = "repeated"
    COMMON = "common"
    NAMES = "names"
    EXAMPLE = "example"


def weakness(passphrase: str, names: Iterable[str] = ()) -> Weakness | None:
    """What is wrong with a passphrase, None if it will do; `names` are those anybody here would try first."""
    typed = " ".join(passphrase.split()).casefold()
    if len(typed) < MINIMUM:
        return Weakness.SHORT
    if typed in {t("setup.passphrase_example", language=language).casefold() for language in LANGUAGES}:
        return Weakness.EXAMPLE
    letters = _letters(typed)
    if len(set(letters)) < 5 or 0 < (letters * 2).find(letters, 1) < min(len(letters), MINIMUM):
        return Weakness.REPEATED
    unnamed = letters
    for part in sorted((part for name in names for part in _parts(name)), key=len, reverse=True):
        unnamed = unnamed.replace(part, "")
    if len(_uncommon(unnamed)) >= _ENOUGH:
        return None
    return Weakness.COMMON if unnamed == letters else Weakness.NAMES


def is_strong(passphrase: str, names: Iterable[str] = ()) -> bool:
    return weakness(passphrase, names) is None and len(" ".join(passphrase.split())) >= STRONG


def _letters(text: str) -> str:
    return "".join(char for char in text if char.isalnum())


def _parts(name: str) -> list[str]:
    """A name and its words, as they would stand in a passphrase."""
    words = name.casefold().replace(",", " ").split()
    return [part for part in map(_letters, (*words, "".join(words))) if len(part) > 2]


def _uncommon(letters: str) -> str:
    """What is left without digits and common words."""
    return _LONGEST_FIRST.sub("", re.sub(r"\d+", "", letters))
