# SPDX-License-Identifier: GPL-3.0-or-later
"""A resident's card, a family's sheet and a list in full, with the longest names that are usual. Nobody exists."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from pathlib import Path

from hypothesis import HealthCheck, Phase, settings
from store_tools import VOLUNTEER, trained_store, write

from trafficwatch.models.dates import PartialDate
from trafficwatch.models.forms import ContactRule, FormHead, FormKind, Letterhead
from trafficwatch.models.institution import Institution
from trafficwatch.models.papers import (
    CardForm,
    CardIdentity,
    CardJourney,
    Column,
    FamilyForm,
    Kin,
    ListForm,
    Office,
    Paper,
    Told,
)
from trafficwatch.models.staff import Volunteer
from trafficwatch.registry.relatives import RelativeInput, save_relatives
from trafficwatch.registry.residents import agree_safe_contact, check_document, plan_journey, record_person
from trafficwatch.store.work import Store, Work

QUICK = settings(
    max_examples=8,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)
"""For properties whose every example draws a whole paper; making a failing one smaller would take minutes."""
CODE = "7F3A-09C2"
KOP = Letterhead(("KABUPATEN TELUK SARI", "KECAMATAN WAI LOLONG"), "DESA LEWO RANA", "Nusa Tenggara Timur")
PRINTED = dt.datetime(2026, 11, 21, 14, 5, tzinfo=dt.UTC)
NAME = "Maria Goreti Fransiska Xaveria Bernadeta Ina Wungubelen Lamanepa"
RULE = ContactRule(
    way="Pesan singkat",
    number="0812-0000-4411",
    through="Ibu Maria",
    hours="Pagi sebelum pukul 8",
    code_word="kue",
    never_tell="Pak Yanto dan perekrutnya",
)


def head(kind: FormKind, code: str = CODE) -> FormHead:
    return FormHead(kind, code, "id", KOP, printed_at=PRINTED)


BARE_CARD = CardForm(FormHead(FormKind.CARD, CODE, "id"), identity=CardIdentity(name="Siti"))
FULL_CARD = CardForm(
    head(FormKind.CARD),
    RULE,
    CardIdentity(
        NAME,
        "Mama Ina, Goreti",
        "5301085708900003 (Terlihat di kartu)",
        "5301081203120007",
        "Larantuka, 17 Agustus 1990",
        "Perempuan",
        "Dusun Lewo Kukung, RT 012/RW 004, belakang Kapela Santa Perawan Maria, Desa Lewo Rana",
        "0812-0000-4411 (Ibu Maria); 0813-0000-2209 (sendiri); 0821-0000-7717 (paman di Kupang)",
        "Famili lain",
        "Cerai hidup",
        "Tinggal di sini",
        "WNI",
        "Katolik",
        "SLTP/sederajat",
        "Mengurus rumah tangga",
        "menjahit (2024), bahasa Kanton (2026)",
        "memasak, merawat lansia (baik)",
        "Lamaholot, Indonesia, sedikit Inggris",
        "Yohanes Baptista Kopong Wungubelen, Dusun Lewo Kukung RT 012/RW 004",
    ),
    (
        Kin(
            "Yohanes Baptista Kopong Wungubelen",
            "Ayah atau ibu",
            "0821-0000-7717",
            "lahir 1958, serumah, tahu tentang perjalanan",
        ),
        Kin("Agnes Kelen", "Anak", "", "lahir 3 Mei 2015, tanggungan, TIDAK tahu tentang perjalanan"),
        Kin("Petrus", "Kakak atau adik"),
    ),
    CardJourney(
        "Persiapan",
        "Kowloon Tong, Hong Kong",
        "Kupang, Surabaya, Batam",
        "sepupu Ester",
        "3 Desember 2026",
        "Desember 2028",
        None,
        None,
        "Pekerja rumah tangga, merawat orang tua",
        "Keluarga Chan Tai Man dan Wong Siu Ming",
        "Flat 12B, Waterloo Road 128, Kowloon Tong, Hong Kong, +852 5550 0199",
        "PT Sinar Harapan Bahari Nusantara Sejahtera",
        "Pak Yanto (0853-0000-1188)",
        "HKD 4.990 sebulan",
        "Libur setiap Minggu, asuransi, tiket pulang",
        "Rp 9.000.000 untuk pelatihan dan paspor",
        "Rp 15.000.000, potong gaji tujuh bulan (PT Sinar Harapan)",
        "Membiayai sekolah anak dan memperbaiki rumah",
        "Visa kerja",
        "Ditandatangani tanpa dibaca",
        "Perekrut atau perantara",
        "Belum diketahui",
        None,
        "14 November 2026, Surabaya",
    ),
    (
        "2014–2016, Tawau, Malaysia, Perkebunan, Sudah pulang",
        "2019, Batam, Toko, rumah makan, hotel, atau salon, Batal",
    ),
    (
        Paper("KTP", "5301085708900003, Dukcapil Teluk Sari", "Aslinya", "KK, 12 Mei 2026, Yohana Tukan", "Benar"),
        Paper(
            "Paspor",
            "C 1234567, Kantor Imigrasi Kelas I TPI Kupang, terbit 2 Oktober 2026, berlaku sampai 2 Oktober 2036",
            "Fotonya",
            "KTP, 3 November 2026, Yohana Tukan",
            "Palsu atau tidak cocok",
        ),
        Paper("Surat permintaan tenaga kerja (job order)", "", "Hanya diceritakan", "", "Belum diperiksa"),
        Paper(
            "Perjanjian penempatan", "014/SHB/X/2026", "Salinannya", "daftar P3MI di dinas tenaga kerja", "Meragukan"
        ),
    ),
)

BARE_SHEET = FamilyForm(FormHead(FormKind.FAMILY, CODE, "id"), Told(name="Siti"), days=30)
FULL_SHEET = FamilyForm(
    head(FormKind.FAMILY),
    Told(
        NAME,
        "Kowloon Tong, Hong Kong",
        "Pekerja rumah tangga, merawat orang tua",
        "Keluarga Chan Tai Man dan Wong Siu Ming",
        "Flat 12B, Waterloo Road 128, Kowloon Tong, +852 5550 0199",
        "PT Sinar Harapan Bahari Nusantara Sejahtera",
        "Pak Yanto (0853-0000-1188)",
        "3 Desember 2026",
        "Desember 2028",
    ),
    (
        Office(
            "KP2MI/BP2MI (pelindungan pekerja migran Indonesia)", ("0-800-1000", "+62 21 2924 4800"), "belum diperiksa"
        ),
        Office("KJRI Hong Kong", ("+852 5550 0123",), "diperiksa PPT 2 November 2026"),
        Office("Kementerian Luar Negeri: Peduli WNI dan Safe Travel", ("peduliwni.kemlu.go.id",), "belum diperiksa"),
        Office("UPTD PPA Kabupaten Teluk Sari", ("0380-555-0101",), "diperiksa PPT 2 November 2026"),
        Office(
            "SAPA 129 (Kementerian Pemberdayaan Perempuan dan Perlindungan Anak)",
            ("129", "08111-129-129"),
            "belum diperiksa",
        ),
    ),
    "Yohana Tukan",
    "0813-0000-2209",
    (
        "Paspor",
        "Visa kerja",
        "Perjanjian kerja",
        "Perjanjian penempatan",
        "Tiket",
        "KTP",
        "Kartu keluarga (KK)",
        "Surat izin keluarga",
        "Surat permintaan tenaga kerja (job order)",
    ),
    30,
    tuple(PartialDate(2026 + (month > 12), (month - 1) % 12 + 1, 10) for month in range(12, 18)),
)

COLUMNS = (Column.NAME, Column.BIRTH, Column.ADDRESS, Column.DESTINATION, Column.STAGE)


def listing(count: int) -> ListForm:
    """A list of so many residents, every third with the longest name."""
    rows = tuple(
        (
            NAME if number % 3 == 0 else f"Warga {number}",
            "17 Agustus 1990",
            "Dusun Lewo Kukung, RT 012/RW 004, belakang Kapela" if number % 2 else "Dusun I",
            "Hong Kong" if number % 5 else "",
            "Sudah berangkat" if number % 5 else "",
        )
        for number in range(1, count + 1)
    )
    return ListForm(head(FormKind.LIST, "2026-11-21"), COLUMNS, rows, "yang cocok dengan “Lewo”")


def words_of(part: object) -> list[str]:
    """All texts of a value, in its order."""
    return [value for field in fields(part) if isinstance(value := getattr(part, field.name), str) and value]  # type: ignore[arg-type]


@dataclass(frozen=True)
class Village:
    """A store with a resident who prepares to leave, one who must not be contacted, and one of whom little is known."""

    store: Store
    maria: str
    journey: str
    earlier: str
    hidden: str
    bare: str


@contextmanager
def village(folder: Path) -> Iterator[Village]:
    with trained_store(folder) as store:
        with store.work() as work:
            work.write(Volunteer, VOLUNTEER, name="Yohana Tukan", phone="0813-0000-2209")
            _offices(work)
            maria = record_person(
                work, name=NAME, nik="5301085708900003", nik_status="seen", kk_number="0301081203120007",
                birth_date="1990-08", birth_place="Larantuka", sex="f", address="Dusun Lewo Kukung",
                phones={"0812-0000-4411": "Ibu Maria", "0813": ""}, aliases={"Mama Ina": True}, skills={"menjahit": ""},
                private_note="RAHASIA-SENDIRI",
            ).person.id  # fmt: skip
            earlier = plan_journey(work, maria, stage="returned", destination_country="MY", departure_on="2014").id
            journey = plan_journey(
                work, maria, stage="preparing", destination_country="HK", destination_place="Kowloon",
                departure_on="2026-12-03", sector="domestic_work", employer="Keluarga Chan", check_in_days=14,
                recruiter_name="Pak Yanto", recruiter_phone="0853-0000-1188", transits={"2": "Batam", "1": "Kupang"},
            ).id  # fmt: skip
            check_document(
                work, maria, journey, kind="passport", number="C 1234567", found="doubtful", seen="photo",
                checked_against="KTP",
            )  # fmt: skip
            check_document(work, maria, None, kind="social_security", found="true")
            agree_safe_contact(
                work, maria, way="message", number="0812-0000-4411", code_word="pesanan kue", never_tell="Pak Yanto"
            )
            relatives = [
                {"name": "Agnes Kelen", "relation": "child", "knows_of_journey": False, "depends_on_person": True},
                {"name": "Petrus", "relation": "sibling", "phone": "0821-0000-7717", "knows_of_journey": True},
            ]
            save_relatives(work, maria, [RelativeInput(None, fields) for fields in relatives])
            hidden = record_person(work, name="=HYPERLINK(1)", phones={"0811-0000-9999": ""}, nik="0012").person.id
            agree_safe_contact(work, hidden, do_not_contact=True, never_tell="suaminya")
            save_relatives(work, hidden, [RelativeInput(None, {"name": "Ayah", "phone": "0811-0000-8888"})])
            plan_journey(work, hidden, stage="plan", destination_place="Batam")
            bare = record_person(work, name="Siti").person.id
        yield Village(store, maria, journey, earlier, hidden, bare)


def _offices(work: Work) -> None:
    """Offices near and far; the number of the second has one source, the third is of another district."""
    for name, kind, area, number, sources, confirmed in (
        ("SAPA 129", "national_hotline", None, "phone:129", 9, None),
        ("Nomor sendirian", "national_hotline", None, "phone:1500630", 1, None),
        ("UPTD PPA Alor", "uptd_ppa", "53.05", "phone:0386-1", 3, None),
        ("KP2MI", "migrant_protection", None, "phone:0800-1000", 4, None),
        ("UPTD PPA Kupang", "uptd_ppa", "53.01", "phone:0380-555", 1, "2026-11-02"),
        ("Puskesmas Tarus", "puskesmas", "53.01", "phone:0380-777", 3, None),
    ):
        contacts = {number: {"note": "", "sources": sources}}
        fields = {"kind": kind, "area_code": area, "contacts": contacts, "confirmed_on": confirmed}
        write(work, Institution, None, name=name, **fields)
