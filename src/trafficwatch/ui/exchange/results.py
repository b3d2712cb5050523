# SPDX-License-Identifier: GPL-3.0-or-later
"""What came of files that were taken in, in words: one entry per file, and one sentence for all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from trafficwatch.errors import ExpectedError
from trafficwatch.models.exchange import BundleKind, Delivery, RecordResult
from trafficwatch.sync.importing import Imported
from trafficwatch.sync.replies import News
from trafficwatch.texts import explain_error, t
from trafficwatch.texts.exchange import kind_words, reason_words, type_words
from trafficwatch.ui.exchange.attention import numbers_words
from trafficwatch.ui.exchange.intake import Outcome, Taken
from trafficwatch.ui.theme.palette import Tone
from trafficwatch.ui.widgets.lines import Line


def refused_words(results: Iterable[RecordResult]) -> list[str]:
    """Refused records by kind and reason, e.g. `2 × Rujukan: …`."""
    counts = Counter((each.type, each.reason) for each in results if each.state is Delivery.REFUSED)
    return [
        t("exchange.refused_line", count=count, type=type_words(kind), reason=reason_words(reason))
        for (kind, reason), count in counts.items()
    ]


def summary(outcome: Outcome) -> tuple[str, str, Tone]:
    """One sentence about all files, more about those passed over, and how well it went."""
    taken = outcome.taken
    failed = len(outcome.files) - len(taken)
    if not outcome.files and not outcome.left:
        passed = t("exchange_desk.result.elsewhere", count=outcome.elsewhere) if outcome.elsewhere else ""
        return t("exchange_desk.result.nothing"), passed, Tone.INFO
    said = [t("exchange_desk.result.taken", count=len(taken))]
    if failed:
        said.append(t("exchange_desk.result.failed", count=failed))
    more = [
        *([t("exchange_desk.result.left", count=outcome.left)] if outcome.left else []),
        *([t("exchange_desk.result.elsewhere", count=outcome.elsewhere)] if outcome.elsewhere else []),
    ]
    tone = Tone.WARN if failed or outcome.left or any(done.refused for done in taken) else Tone.OK
    return " ".join(said), " ".join(more), tone


def lines(outcome: Outcome, names: Mapping[str, str]) -> list[Line]:
    """One entry per file; `names` gives the sender's name for its code."""
    return [_line(file, names) for file in outcome.files]


def _line(file: Taken, names: Mapping[str, str]) -> Line:
    if isinstance(file.came, ExpectedError):
        words = explain_error(file.came)
        more = f"{words['message']} {words['safe']} {words['todo']}"
        return Line(file.path.name, file.path.name, more, Tone.DANGER)
    return _taken(file.path.name, file.came, names)


def _taken(key: str, done: Imported, names: Mapping[str, str]) -> Line:
    name = t(
        "exchange_desk.result.name",
        kind=kind_words(done.kind.value),
        sender=names.get(done.sender, done.sender),
        number=done.number,
    )
    tone = Tone.WARN if done.refused else Tone.INFO if done.again else Tone.OK
    return Line(key, name, " ".join(_said(done)), tone)


def _news(news: News) -> str:
    """What is new, counted."""
    if news.type == "referral":
        return t(f"referral_life.news.{news.status}", count=news.count)
    return t("referral_life.news.other", count=news.count, what=type_words(news.type))


def _said(done: Imported) -> Iterator[str]:
    if done.undone:
        yield t("exchange_desk.result.undone")
    elif done.again:
        yield t("exchange_desk.result.again")
    if done.kind is BundleKind.REPLY:
        yield t("exchange_desk.result.reply")
        if done.news:
            in_order = sorted(done.news, key=lambda each: each.type != "referral")
            yield t("referral_life.news.said", news=", ".join(map(_news, in_order)))
    else:
        yield t("exchange_desk.result.received", count=done.received)
    if done.refused:
        yield t("exchange_desk.result.refused", count=done.refused)
        yield " ".join(refused_words(done.results))
    if done.settled:
        yield t("exchange_desk.result.settled", count=done.settled)
    if done.missing:
        yield t("exchange_desk.result.missing", numbers=numbers_words(done.missing))
