# SPDX-License-Identifier: GPL-3.0-or-later
"""The explanation as a volunteer reads it: what it must say, in which order, in both languages."""

from __future__ import annotations

import inspect
import re
from typing import TYPE_CHECKING

import pytest

from trafficwatch.models.screening import (
    Answer,
    By,
    Element,
    Evaluation,
    Finding,
    Form,
    Kind,
    Lookalike,
    Mode,
    Reason,
    Risk,
    State,
    Subject,
    Track,
    Value,
)
from trafficwatch.resources import resource
from trafficwatch.screening import explanation, questionnaires, wire
from trafficwatch.screening.evaluation import evaluate
from trafficwatch.screening.explanation import explain, explain_in_parts
from trafficwatch.texts import LANGUAGES, catalogue

if TYPE_CHECKING:
    from trafficwatch.texts import Language

QUESTIONNAIRE = questionnaires.get("screening@1")
RULES = questionnaires.rules("rules@1")
NEWEST = questionnaires.get("screening@2")
NEWEST_RULES = questionnaires.rules("rules@2")
ADULT, CHILD, UNKNOWN_AGE = Subject(30), Subject(15), Subject()
SAFE = {entry.code: Answer(Value.NO) for entry in QUESTIONNAIRE.entries if entry.risk}


def told(subject: Subject, *codes: str, language: Language = "id", **others: Answer) -> str:
    answers = {code: Answer(Value.YES, note="tetangga, Mei") for code in codes}
    answers |= {code.replace("_", "-"): answer for code, answer in others.items()}
    found = evaluate(QUESTIONNAIRE, RULES, subject, answers)
    return explain(found, QUESTIONNAIRE, RULES, answers, language)


def practice(name: str) -> dict[str, str]:
    explanation: dict[str, str] = wire.answer(resource("practice", f"{name}.json").read_bytes())["explanation"]
    return explanation


def test_a_suspicion_says_what_and_why() -> None:
    text = practice("worked-case")["id"]
    assert text.startswith("Ada dugaan tindak pidana perdagangan orang (TPPO)")
    assert "PROSES (apa yang dilakukan) disebut jelas: ada yang mengajak" in text
    assert "CARA (dengan cara apa) disebut jelas: dibohongi soal pekerjaan" in text
    assert "TUJUAN (untuk apa) disebut jelas: dipaksa bekerja atau dihalangi berhenti. Ada juga tandanya: " in text
    assert "Bentuk eksploitasi yang tampak: kerja paksa atau pelayanan paksa." in text
    assert "setuju atau tidaknya orang itu tidak mengubah hasil ini" in text
    assert "Keadaan yang membuatnya lebih rentan: tinggal dan tidur di tempat kerja" in text
    assert "sampaikan kepada PPT" in text
    assert text.endswith("Ini hasil skrining awal. PPT yang memeriksa dan memastikannya.")


def test_the_same_in_english() -> None:
    text = practice("worked-case")["en"]
    assert text.startswith("There is reason to suspect trafficking in persons (TPPO)")
    assert "it makes no difference whether the person agreed" in text
    assert "forced labour or services" in text
    assert text.endswith("The PPT checks and confirms it.")


def test_bad_conditions_need_a_closer_look() -> None:
    text = practice("maid")["id"]
    assert text.startswith("Perlu pendalaman.")
    assert "dugaan" not in text
    assert "– kondisi kerja yang buruk: mirip karena jam kerja, upah, atau jaminannya buruk" in text
    assert "Baru ada tanda-tanda." in text
    assert "Apakah harus melayani seseorang siang malam" in text


def test_nothing_known_is_no_all_clear() -> None:
    text = practice("everything-unknown")["id"]
    assert text.startswith("Belum cukup keterangan untuk menilai. Itu bukan tanda bahwa semuanya baik-baik saja.")
    assert "tidak berarti “tidak”" in text
    assert "Tingkat risiko belum pasti. Masih ada 11 pertanyaan keselamatan yang belum terjawab" in text


def test_danger_comes_first_and_stops_the_questions() -> None:
    lines = told(ADULT, "T-HELD", "G-04").splitlines()
    assert lines[0] == "Utamakan keselamatan. Tingkat risiko: tinggi, karena sekarang dikurung atau dilarang pergi."
    assert "Bhabinkamtibmas" in lines[2]
    assert "Pertanyaan lain ditunda dahulu. Yang sudah diceritakan tetap boleh dicatat." in lines
    assert not any(line.startswith("Bila orangnya bersedia") for line in lines)
    assert "sedang, karena" in told(ADULT, "T-LEAVE").splitlines()[0]


def test_without_danger_the_risk_stands_before_the_duties() -> None:
    answers = dict(SAFE)
    text = explain(evaluate(QUESTIONNAIRE, RULES, ADULT, answers), QUESTIONNAIRE, RULES, answers, "id")
    assert "Tingkat risiko: rendah, sejauh yang diketahui.\nYang perlu dilakukan:" in text
    assert "pertanyaan keselamatan" not in text


def test_unanswered_dangers_are_counted_for_whom_they_concern() -> None:
    assert "Masih ada 10 pertanyaan keselamatan" in told(ADULT, "G-04")
    assert "Masih ada 11 pertanyaan keselamatan" in told(UNKNOWN_AGE, "G-04")
    no, unknown, declined = map(Answer, (Value.NO, Value.UNKNOWN, Value.DECLINED))
    text = told(ADULT, T_HURT=no, T_HELD=unknown, T_REACH=declined)
    assert "Masih ada 9 pertanyaan keselamatan" in text


def test_open_questions_about_safety_come_before_the_word_low() -> None:
    """Who reads 'risiko: rendah' stops asking; while a danger may still come out, that is said first."""
    for language, low in (("id", "rendah"), ("en", "low")):
        line = next(line for line in told(ADULT, "G-04", language=language).splitlines() if low in line)
        assert line.index("10") < line.index(low)


def test_a_form_known_from_a_single_sign_is_only_pointed_to() -> None:
    hint = "Ada satu tanda ke arah kerja paksa atau pelayanan paksa; bentuknya sendiri belum jelas"
    assert hint in told(ADULT, "L-TUJ-1")
    for more in ("L-TUJ-2", "E-TUJ-LABOUR"):
        text = told(ADULT, "L-TUJ-1", more)
        assert "Bentuk eksploitasi yang tampak: kerja paksa atau pelayanan paksa." in text
        assert hint not in text
    both = told(ADULT, "E-TUJ-LABOUR", "T-ORGAN")
    assert "yang tampak: kerja paksa atau pelayanan paksa." in both
    assert "Ada satu tanda ke arah pengambilan organ tubuh" in both


def test_the_parts_make_the_whole() -> None:
    """A screen gives each part its own place; nothing may get lost on the way."""
    for codes in (("T-HELD", "G-04"), ("E-PRO-RECRUIT", "L-TUJ-1"), ()):
        answers = {code: Answer(Value.YES) for code in codes}
        found = evaluate(QUESTIONNAIRE, RULES, ADULT, answers)
        parts = explain_in_parts(found, QUESTIONNAIRE, RULES, answers, "id")
        assert parts.is_danger == ("T-HELD" in codes)
        whole = explain(found, QUESTIONNAIRE, RULES, answers, "id").splitlines()
        assert [("– " if line.is_item else "") + line.text for line in parts.lines()] == whole
        assert len(whole) == len(parts.action) + len(parts.why) + len(parts.next) + 1


def test_a_child_needs_no_means() -> None:
    text = told(CHILD, "E-PRO-RECRUIT", "E-TUJ-BEG")
    assert "Ada dugaan tindak pidana perdagangan orang (TPPO) terhadap anak" in text
    assert "CARA tidak perlu dibuktikan, dan persetujuan anak tidak dihitung" in text
    assert "kepentingan terbaik anak" in text
    assert "Keterangan yang masih kurang" not in text


def test_an_unknown_age_is_treated_as_a_childs() -> None:
    text = told(UNKNOWN_AGE, "E-PRO-RECRUIT", "E-TUJ-BEG")
    assert "Umurnya saat kejadian belum pasti" in text
    assert "Selama belum pasti, perlakukan sebagai anak." in text
    assert "perlakukan sebagai anak" not in told(UNKNOWN_AGE, "E-PRO-RECRUIT", "E-CAR-THREAT", "E-TUJ-BEG")


def test_contradicting_ages_are_said() -> None:
    assert "Keterangan umurnya bertentangan." in told(ADULT, "T-CHILD")


def test_what_is_missing_is_named() -> None:
    assert "Keterangan yang masih kurang: CARA, TUJUAN." in told(ADULT, "E-PRO-RECRUIT", "G-01")
    assert "Keterangan yang masih kurang: PROSES, CARA, TUJUAN." in told(ADULT)
    assert "Keterangan yang masih kurang: PROSES." in told(CHILD, "E-TUJ-BEG")
    assert "Keterangan yang masih kurang" not in told(ADULT, "E-PRO-RECRUIT", "E-CAR-THREAT", "E-TUJ-BEG")


def test_why_complete_elements_are_no_suspicion_yet() -> None:
    assert "Baru ada tanda-tanda." in told(ADULT, "E-PRO-RECRUIT", "L-CAR-DOC-1", "L-TUJ-1")
    assert "bertumpu pada jawaban yang sama" in told(ADULT, "L-CAR-DEBT-1", "E-TUJ-LABOUR")
    here, there = Answer(Value.YES, event="a"), Answer(Value.YES, event="b")
    apart = told(ADULT, E_PRO_RECRUIT=here, E_CAR_THREAT=there, E_TUJ_LABOUR=there)
    assert "belum jelas apakah terjadi pada perjalanan dan orang yang sama" in apart
    assert "Baru ada tanda-tanda." not in apart
    assert "Baru ada tanda-tanda." not in told(CHILD, E_PRO_RECRUIT=here, L_TUJ_1=there)


def test_consent_is_spoken_of_where_the_law_does_so() -> None:
    """An adult's makes no difference once a means was used; a child's never counts, a means or none."""
    for language, no_matter, never in (
        ("id", "setuju atau tidaknya", "persetujuan anak tidak dihitung"),
        ("en", "no difference whether the person agreed", "a child's consent does not count"),
    ):
        assert no_matter in told(ADULT, "E-CAR-THREAT", language=language)
        assert no_matter not in told(ADULT, "L-CAR-DOC-1", language=language)
        assert no_matter in told(UNKNOWN_AGE, "E-CAR-THREAT", language=language)
        for codes in (("E-CAR-THREAT",), ("E-TUJ-BEG",), ()):
            text = told(CHILD, *codes, language=language)
            assert never in text
            assert no_matter not in text
    assert "Bila saat itu ia masih anak, persetujuannya tidak dihitung" in told(UNKNOWN_AGE, "L-CAR-DOC-1")
    assert "Bila saat itu ia masih anak, persetujuannya" not in told(ADULT, "L-CAR-DOC-1")


def test_an_unknown_age_is_explained_by_both_rules() -> None:
    text = told(UNKNOWN_AGE, "E-PRO-RECRUIT", "L-CAR-DOC-1", "E-TUJ-HAZARD")
    assert "Aturan dewasa: PROSES, CARA, dan TUJUAN harus ada. Aturan anak: cukup PROSES dan TUJUAN" in text
    assert "Bila saat itu ia sudah dewasa, keterangan yang masih kurang: TUJUAN." in text, "counts for a child alone"
    assert "masih anak, keterangan yang masih kurang" not in text
    signs = told(UNKNOWN_AGE, "E-PRO-RECRUIT", "L-CAR-DOC-1", "L-TUJ-1")
    assert "sudah dewasa, keterangan yang masih kurang: cerita yang jelas tentang CARA atau TUJUAN." in signs
    nothing = told(UNKNOWN_AGE, "G-01")
    assert "Bila saat itu ia masih anak, keterangan yang masih kurang: PROSES, TUJUAN." in nothing
    assert "Bila saat itu ia sudah dewasa, keterangan yang masih kurang: PROSES, CARA, TUJUAN." in nothing
    either = told(UNKNOWN_AGE, "E-PRO-RECRUIT", "E-CAR-THREAT", "E-TUJ-BEG")
    assert "Dugaan ini berlaku, baik saat itu ia masih anak maupun sudah dewasa." in either
    assert "yang masih kurang" not in either


def test_a_danger_that_only_the_age_implies_is_not_told_as_a_fact() -> None:
    fact = "umurnya di bawah 18 tahun"
    assert f"tinggi, karena {fact}.\n" in told(UNKNOWN_AGE, "T-CHILD")
    assert f"tinggi, karena {fact} saat kejadian.\n" in told(CHILD, "G-04")
    assert "tinggi, karena mungkin masih di bawah 18 tahun.\n" in told(UNKNOWN_AGE, "E-PRO-RECRUIT", "E-TUJ-BEG")


@pytest.mark.parametrize("level", ["high", "medium"])
def test_dangers_read_as_a_sentence_in_english(level: str) -> None:
    """Most facts are told without a subject: the sentence before them gives it."""
    code = {"high": "T-HELD", "medium": "T-LEAVE"}[level]
    line = told(ADULT, code, language="en").splitlines()[0]
    fact = QUESTIONNAIRE.entry(code).short.en
    assert line == f"Safety first. The risk is {level}. What is known of the person: {fact}."


@pytest.mark.parametrize(
    ("kind", "codes", "law"),
    [
        (Lookalike.SMUGGLING, ("C-CROSS",), "UU 6/2011"),
        (Lookalike.BAD_WORKING_CONDITIONS, ("L-TUJ-1",), "Juknis 2.2"),
        (Lookalike.ILLEGAL_EMPLOYMENT, ("L-CAR-VULN-1",), "Juknis 2.2"),
    ],
)
def test_a_look_alike_is_told_apart(kind: Lookalike, codes: tuple[str, ...], law: str) -> None:
    """Why it looks like it, what would make it trafficking, what to ask, and by which source."""
    for language, parts in (
        ("id", ("mirip", "enjadi TPPO bila", "Tanyakan")),
        ("en", ("looks like", "trafficking", "Ask")),
    ):
        opening = f"– {catalogue('screening')[f'lookalike.{kind}'][language]}: "
        [item] = [line for line in told(ADULT, *codes, language=language).splitlines() if line.startswith(opening)]
        assert all(part in item for part in (*parts, "Juknis 2.2", law)), item
        assert opening not in told(ADULT, *codes, "E-PRO-RECRUIT", "E-CAR-DECEIT", "E-TUJ-BEG", language=language)


def test_a_gate_is_a_situation_and_no_weakness() -> None:
    answers = dict.fromkeys(("C-FISH", "L-CAR-VULN-3"), Answer(Value.YES))
    found = evaluate(NEWEST, NEWEST_RULES, ADULT, answers)
    text = explain(found, NEWEST, NEWEST_RULES, answers, "id")
    assert "Pekerjaan atau keadaannya: bekerja di kapal ikan." in text
    weakness = next(line for line in text.splitlines() if line.startswith("Keadaan yang membuatnya lebih rentan"))
    assert "kapal ikan" not in weakness


def test_who_and_when_is_asked_for_where_no_note_says_it() -> None:
    assert "catat juga siapa" not in told(ADULT, "E-CAR-THREAT")
    assert "catat juga siapa" in told(ADULT, E_CAR_THREAT=Answer(Value.YES))
    assert "catat juga siapa" not in told(ADULT, L_TUJ_1=Answer(Value.YES))


def test_before_departure_prevention_is_named() -> None:
    text = practice("before-departure")["id"]
    assert "Tidak perlu menunggu sampai ada yang dieksploitasi" in text
    assert "Bantu menunda keberangkatan" in text
    assert "lebih rentan" not in text


@pytest.mark.parametrize(
    ("codes", "is_suspected"),
    [
        (("C-BEFORE", "E-PRO-RECRUIT", "E-CAR-FORGE"), False),
        (("C-BEFORE", "E-PRO-RECRUIT", "E-CAR-DECEIT", "E-TUJ-BEG"), True),
        (("T-LEAVE",), False),
    ],
)
def test_an_attempt_stands_beside_every_finding(codes: tuple[str, ...], is_suspected: bool) -> None:
    """Right after the finding, with what to do: to delay it with the family, and to report the offer."""
    answers = {code: Answer(Value.YES) for code in codes}
    found = evaluate(NEWEST, NEWEST_RULES, ADULT, answers)
    parts = explain_in_parts(found, NEWEST, NEWEST_RULES, answers, "id")
    assert parts.why[1].text.startswith("Jalur sebelum berangkat: ")
    assert "(Permen PPPA 2/2024 pasal 1 angka 1; Juknis 1.1)" in parts.why[1].text
    assert any("menunda keberangkatan bersama keluarga" in line.text for line in parts.why) is not is_suspected
    todo = [line.text for line in parts.action]
    assert any("Keluarga memutuskannya bersama." in text for text in todo)
    assert any("Laporkan tawarannya: siapa yang mengajak" in text for text in todo)


def test_what_was_never_an_attempt_is_not_called_one() -> None:
    assert "Jalur sebelum berangkat" not in told(ADULT, "C-BEFORE", "E-PRO-RECRUIT")
    assert "Jalur sebelum berangkat" not in told(ADULT, "E-PRO-RECRUIT", "E-CAR-FORGE")


@pytest.mark.parametrize(
    ("by", "text"),
    [
        (By.PERSON, "."),
        (By.FAMILY, " (kata keluarga)."),
        (By.DOCUMENT, " (ada di surat)."),
        (By.OBSERVED, " (terlihat)."),
    ],
)
def test_where_an_answer_comes_from_is_said(by: By, text: str) -> None:
    assert f"baru tampak dari tanda: keadaan kerja sangat buruk{text}" in told(ADULT, L_TUJ_1=Answer(Value.YES, by))


def test_general_signs_are_listed() -> None:
    assert "Tanda umum: khawatir akan keselamatan keluarganya." in told(ADULT, "G-03")


def test_silence_is_respected() -> None:
    for value in (Value.UNKNOWN, Value.DECLINED):
        assert "Itu kita hormati" in told(ADULT, E_CAR_FORCE=Answer(value))
    assert "Itu kita hormati" not in told(ADULT, E_CAR_FORCE=Answer(Value.NO))


def test_what_is_only_looked_at_is_marked() -> None:
    answers = SAFE | {"G-06": Answer(Value.YES), "E-CAR-FORCE": Answer(Value.DECLINED)}
    found = evaluate(QUESTIONNAIRE, RULES, ADULT, answers)
    observed = [code for code in found.next if QUESTIONNAIRE.entry(code).mode is Mode.OBSERVE]
    assert observed == ["L-CAR-FORCE-1"]
    text = explain(found, QUESTIONNAIRE, RULES, answers, "id")
    assert "luka bakar? (diamati saja, jangan dibacakan)" in text


def test_every_value_of_an_evaluation_has_words_and_every_word_its_use() -> None:
    texts = catalogue("screening")
    wanted = {f"form.{form}" for form in Form} | {f"{key}.{kind}" for key in LOOKALIKE for kind in Lookalike}
    wanted |= {f"duty.{duty.code}" for rules in (RULES, NEWEST_RULES) for duty in rules.duties}
    wanted |= {f"age.{reason}" for reason in (Reason.ONLY_AS_CHILD, Reason.AGE_CONTRADICTS)}
    wanted |= {f"missing.{reason}" for reason in (Reason.NOT_CONNECTED, Reason.SAME_FACTS)}
    wanted |= {f"track.{track}" for track in Track} | {f"by.{by}" for by in By}
    wanted |= {f"{key}.{element}" for key in ("element", "element.name") for element in Element}
    wanted |= {f"{key}.{state}" for key in ("line", "state") for state in State} | {"line.stated_and_signs"}
    wanted |= {f"{key}.{risk}" for key in ("risk", "risk.level") for risk in Risk} | {"risk.low_open"}
    wanted |= {f"finding.{finding}" for finding in Finding if finding is not Finding.SUSPECTED}
    wanted |= {f"finding.short.{finding}" for finding in Finding} | {f"finding.suspected.{track}" for track in Track}
    source = inspect.getsource(explanation)
    rest = {key for key in set(texts) - wanted if not named_in(source, key)}
    assert (wanted - set(texts), rest) == (set(), set())
    for key, words in texts.items():
        assert set(words) == set(LANGUAGES), key
        assert all(text.strip() for text in words.values()), key
        assert len({frozenset(re.findall(r"\{(\w+)\}", text)) for text in words.values()}) == 1, key


LOOKALIKE = ("lookalike", "lookalike.why")


def named_in(source: str, key: str) -> bool:
    """Whether the code names a text, in whole or by its last part."""
    return any(f'"{part}"' in source for part in (key, f"screening.{key}", key.rpartition(".")[2])) or key in CHOSEN


CHOSEN = {"age.child", "age.age_unknown", "consent.adult", "consent.age_unknown", "missing.unknown"}
CHOSEN |= {str(Kind.CONTEXT), str(Kind.GENERAL)}
"""Texts that a value of the evaluation chooses."""


def test_an_evaluation_is_a_value() -> None:
    found = evaluate(QUESTIONNAIRE, RULES, ADULT, {})
    assert isinstance(found, Evaluation)
    assert found == evaluate(QUESTIONNAIRE, RULES, ADULT, {})
