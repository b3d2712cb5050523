# SPDX-License-Identifier: GPL-3.0-or-later
"""How Indonesian names are compared: plain words, and one spelling for all that sound the same. Pure.

Until 1947 `u` was written `oe` (Soewandi), until 1972 `j y c kh ny sy` were `dj j tj ch nj sj` (EYD): Soeharto, Djoko,
Tjipto, Achmad, Njoman, Sjahrir. Both still stand on cards, beside letters that come and go (Aisyah, Aisjah, Aisya), and
shortened names (Moh., Abd., St.). `fold` gives the same text for all of them. It also makes equal what differs (Joko
and Yoko): it is for finding, never for saying that two people are one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

_TITLES = (
    "h hj haji hajah hajjah kh kyai kiai ust ustad ustadz ustadzah bp bpk bapak pak ibu bu mama tuan tn ny nyonya nona"
    " nn sdr sdri alm almh almarhum almarhumah dr dra drs ir prof pdt pendeta romo pastor suster"
)
TITLES = frozenset(_TITLES.split())
"""What stands before a name and is not part of it."""

_APOSTROPHES = re.compile("['`\u00b4\u02bb\u02bc\u02be\u02bf\u2018\u2019\u201b]")
_WORDS = re.compile(r"[^\W_]+")
_RULES = tuple(
    (re.compile(pattern), put)
    for pattern, put in (
        (r"(.)\1+", r"\1"),  # Yohannes
        ("oe", "u"),
        ("ie", "i"),
        ("tj", "c"),  # Tjipto
        ("dj|j", "y"),  # Djoko, Joko; Jogjakarta, Yogyakarta
        ("dz|z", "s"),
        ("c?k+", "k"),
        ("^ch(?=[lr])", "k"),  # Christina
        ("ch|kh", "h"),
        ("ph|v", "f"),
        ("q", "k"),
        ("x", "ks"),
        ("(?<=[bdgt])h", ""),  # Budhi, Martha
        ("sh", "sy"),
        ("sy(?=[aeiou])", "s"),  # Syamsul, Sjamsul, Samsul
        ("(?<=[bcdfghklmnprst])y", "i"),  # Maria, Marya; Rizky
        ("iy(?=[aeiou])", "i"),
        ("uw(?=[aeiou])", "u"),  # Suwardi
        ("(?<=[bcdfghklmnprst])w(?=[aeiou])", "u"),
        ("ae", "ai"),
        ("a[yi](?=[bcdfghklmnprst])", "ai"),
        ("aw(?=[bcdfghklmnprst])", "au"),
    )
)
_AT_END = tuple(
    (re.compile(pattern), put)
    for pattern, put in (
        ("(?<=..)h$", ""),  # Fatimah
        ("ay$", "ai"),
    )
)
_SHORT = {
    short: whole
    for whole, others in {
        "muhamad": "moh mohd muh muhd muhamd mohamad mohamed muhamed muhamat mohamat",
        "yohanes": "yohanis yohans yoh",
        "abdul": "abd abdl",
        "siti": "st",
        "agustinus": "agust",
        "fransiskus": "frans",
        "ignasius": "ign",
        "bernardus": "bernadus",
        "yosef": "yosep yusef",
    }.items()
    for short in others.split()
}
"""Shortened names and common forms of one name, as they are after the rules."""


def plain(text: str) -> list[str]:
    """The words of a text in small letters without accents; what is between letters and digits parts words, but for an
    apostrophe (Ma'ruf).
    """
    text = _APOSTROPHES.sub("", text)
    if not text.isascii():
        bare = "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))
        text = unicodedata.normalize("NFC", bare.casefold())
    return _WORDS.findall(text.lower())


@lru_cache(maxsize=20_000)
def fold(word: str) -> str:
    """The one spelling of a whole plain word; folding again changes nothing."""
    before = ""
    while before != word:
        before, word = word, fold_start(word)
        word = _SHORT.get(word, word)
        for pattern, put in _AT_END:
            word = pattern.sub(put, word)
        word = _SHORT.get(word, word)
    return word


def fold_start(word: str) -> str:
    """The one spelling of how a word begins, for one that is still being typed."""
    before = ""
    while before != word:
        before = word
        for pattern, put in _RULES:
            word = pattern.sub(put, word)
    return word


def without_titles(words: Sequence[str]) -> list[str]:
    """The plain words of a name without the titles before it; all of them if there is nothing else."""
    titles = next((place for place, word in enumerate(words) if word not in TITLES), 0)
    return list(words[titles:])
