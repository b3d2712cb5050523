# SPDX-License-Identifier: GPL-3.0-or-later
"""The sentences people read: complete in both languages, filled by the code that uses them, one word per concept."""

from __future__ import annotations

import ast
import importlib
import json
import pkgutil
import re
from string import Formatter
from typing import TYPE_CHECKING

import pytest

import trafficwatch
from trafficwatch import errors
from trafficwatch.errors import ExpectedError
from trafficwatch.resources import resource
from trafficwatch.texts import LANGUAGES, Language, areas, catalogue, current_language, explain_error, set_language, t

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BANNED: dict[Language, tuple[str, ...]] = {
    "id": ("password", "sidik jari", "insiden", "bukan korban"),
    "en": ("password", "not a victim"),
}
"""Words and verdicts that the glossary or the law forbids: a screening never says that someone isn't a victim."""

GLOSSARY = {
    r"passphrases?": r"frasa sandi",
    r"fingerprints?": r"sidik kunci",
    r"receipts?": r"tanda terima",
    r"referrals?": r"rujukan",
    r"screenings?": r"skrining",
    r"assessments?": r"asesmen",
    r"volunteers?": r"relawan",
    r"vault": r"brankas data",
    r"bundles?": r"paket data|paket",
    r"indicators?": r"indikator",
    r"task force": r"gugus tugas",
}
"""English term -> its one Indonesian rendering; where the one stands, the other stands too."""

Texts = dict[str, dict[Language, str]]


def all_texts() -> Texts:
    return {f"{area}.{key}": texts for area in areas() for key, texts in catalogue(area).items()}


def resource_texts() -> Texts:
    """Every pair of sentences in the JSON files of `resources/`: questions, duties, directory."""

    def pairs(where: str, value: object) -> Iterator[tuple[str, dict[Language, str]]]:
        if isinstance(value, dict) and set(value) == set(LANGUAGES):
            yield where, value
        elif isinstance(value, dict | list):
            for key, item in value.items() if isinstance(value, dict) else enumerate(value):
                yield from pairs(f"{where}.{key}", item)

    files = sorted(resource().rglob("*.json"))
    return {key: both for file in files for key, both in pairs(file.stem, json.loads(file.read_text("utf-8")))}


def placeholders(text: str) -> set[str]:
    """Names in braces; a ValueError for anything but plain `{name}`."""
    names = set()
    for _, name, spec, conversion in Formatter().parse(text):
        if name is not None:
            if not name.isidentifier() or spec or conversion:
                raise ValueError(f"only plain {{name}} placeholders: {text}")
            names.add(name)
    return names


def flaws(texts: Texts, glossary: dict[str, str] = GLOSSARY) -> Iterator[str]:
    """What is wrong with a catalogue, one line each."""
    for key, both in texts.items():
        if tuple(sorted(both)) != tuple(sorted(LANGUAGES)):
            yield f"{key}: languages {sorted(both)}"
            continue
        if any(not text or text != text.strip() for text in both.values()):
            yield f"{key}: empty, or space at the edge"
        if placeholders(both["id"]) != placeholders(both["en"]):
            yield f"{key}: placeholders differ"
        for language, text in both.items():
            yield from (f"{key}: '{word}' in {language}" for word in BANNED[language] if stands_in(word, text))
        for english, indonesian in glossary.items():
            if stands_in(english, both["en"]) != stands_in(indonesian, both["id"]):
                yield f"{key}: '{english}' is '{indonesian}'"


def stands_in(words: str, text: str) -> bool:
    """Whether whole words stand in a text; Indonesian endings count as the word."""
    return (
        re.search(rf"\b(?:{words})(?:nya|mu|ku|lah|kah)?\b", re.sub(r"\{\w*\}", " ", text), re.IGNORECASE) is not None
    )


def test_every_text_is_complete_and_uses_our_words() -> None:
    assert list(flaws(all_texts())) == []


def test_every_resource_is_complete_and_avoids_banned_words() -> None:
    texts = resource_texts()
    assert texts
    assert list(flaws(texts, glossary={})) == []  # the law's own words: a 'receipt' of persons is no receipt


@pytest.mark.parametrize(
    ("indonesian", "english", "flaw"),
    [
        ("Simpan", None, "languages"),
        ("", "Save", "empty"),
        ("Simpan ", "Save", "space"),
        ("{n} orang", "People", "placeholders"),
        ("Ulangi password", "Again", "'password' in id"),
        ("Orang ini bukan korban.", "This person is safe.", "'bukan korban' in id"),
        ("Orang ini aman.", "This person is not a victim.", "'not a victim' in en"),
        ("Cocokkan sidik jarinya.", "Compare.", "'sidik jari' in id"),
        ("Kirim referal", "Send the referral", "'referrals?' is 'rujukan'"),
        ("Kirim rujukannya", "Send the letter", "'referrals?' is 'rujukan'"),
    ],
)
def test_a_flaw_is_seen(indonesian: str, english: str | None, flaw: str) -> None:
    both: dict[Language, str] = {"id": indonesian} if english is None else {"id": indonesian, "en": english}
    [found] = flaws({"area.key": both})
    assert flaw in found


@pytest.mark.parametrize("text", ["{}", "{0}", "{a.b}", "{a!r}", "{a:>5}", "{"])
def test_a_clever_placeholder_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        placeholders(text)


def expected_errors() -> list[type[ExpectedError]]:
    """Every concrete expected error of the program: all modules are imported to find them."""
    for module in pkgutil.walk_packages(trafficwatch.__path__, "trafficwatch."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    bases = {cls for cls in vars(errors).values() if isinstance(cls, type)}
    found, waiting = set[type[ExpectedError]](), [ExpectedError]
    while waiting:
        found |= (children := set(waiting.pop().__subclasses__()))
        waiting += children
    return sorted(
        (cls for cls in found - bases if cls.__module__.startswith("trafficwatch.")), key=lambda cls: cls.__qualname__
    )


def sources() -> list[tuple[Path, ast.Module]]:
    folder = resource().parent / "src/trafficwatch"
    return [(file, ast.parse(file.read_text("utf-8"))) for file in sorted(folder.rglob("*.py"))]


def keywords(call: ast.Call) -> set[str] | None:
    """Names given to a call; None when `**` hides them."""
    names = {keyword.arg for keyword in call.keywords}
    return None if None in names else {name for name in names if name}


def calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            yield name, node


def test_every_expected_error_has_its_own_key() -> None:
    keys = [(cls.catalogue, cls.key) for cls in expected_errors()]
    assert all(area and key for area, key in keys)
    assert len(keys) == len(set(keys))


def sentences(cls: type[ExpectedError]) -> list[str]:
    return [f"{cls.catalogue}.{cls.key}.{part}" for part in ("message", "safe", "todo")]


def wanted_params(cls: type[ExpectedError]) -> set[str]:
    """The placeholders in the sentences of an error."""
    texts = all_texts()
    return set[str]().union(*(placeholders(texts[key]["id"]) for key in sentences(cls) if key in texts))


def unfilled(tree: ast.AST, wanted: dict[str, set[str]]) -> Iterator[str]:
    """Calls in a module that leave out a placeholder of what they name."""
    for name, call in calls(tree):
        given = keywords(call)
        if given is not None and (lacking := wanted.get(name, set()) - given):
            yield f"{call.lineno}: {name} lacks {sorted(lacking)}"


def test_every_expected_error_says_what_is_safe_and_what_to_do() -> None:
    wanted = {key for cls in expected_errors() for key in sentences(cls)}
    there = {key for key in all_texts() if key.startswith("errors_")}
    assert (sorted(wanted - there), sorted(there - wanted)) == ([], [])


def test_every_raised_error_fills_its_sentences() -> None:
    wanted = {cls.__name__: wanted_params(cls) for cls in expected_errors() if "__init__" not in vars(cls)}
    assert [f"{file.name}:{flaw}" for file, tree in sources() for flaw in unfilled(tree, wanted)] == []


def test_an_unfilled_sentence_is_seen() -> None:
    tree = ast.parse("raise TooOld(found=1)\nraise errors.TooOld(found=1, known=2)\nraise TooOld(**all)\nother()")
    assert list(unfilled(tree, {"TooOld": {"found", "known"}})) == ["1: TooOld lacks ['known']"]


def test_every_text_the_program_names_exists_and_is_filled() -> None:
    texts = all_texts()
    wrong = []
    for file, tree in sources():
        for name, call in calls(tree):
            if name == "t" and call.args and isinstance(call.args[0], ast.Constant):
                key, given = str(call.args[0].value), keywords(call)
                if key not in texts or (given is not None and placeholders(texts[key]["id"]) - given):
                    wrong.append(f"{file.name}:{call.lineno}: {key}")
    assert wrong == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_expected_error_is_explained(language: Language) -> None:
    for cls in expected_errors():
        error = cls.__new__(cls)
        error.params = dict.fromkeys(wanted_params(cls), "7")
        assert "{" not in "".join(explain_error(error, language).values())


def test_indonesian_comes_first() -> None:
    assert current_language() == "id"
    set_language("en")
    assert current_language() == "en"


def test_an_unknown_text_is_a_bug() -> None:
    with pytest.raises(KeyError):
        t("errors_store.no_such_text")
