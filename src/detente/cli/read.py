"""The command that reads an article."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from detente.cli.options import Json, Provider, StoreDir
from detente.cli.shown import console, show_json

if TYPE_CHECKING:
    import datetime as dt

    from rich.text import Text

    from detente.assessors import Data
    from detente.coding.articles import Article
    from detente.coding.assessments import Assessment, Reading


def read(
    place: Annotated[str, typer.Argument(metavar="FILE|URL|-", help="An article, HTML or text; - is stdin.")],
    date: Annotated[
        str | None, typer.Option("--date", metavar="DATE", help="Day of publication, where the file does not say it.")
    ] = None,
    outlet: Annotated[
        str | None, typer.Option("--outlet", metavar="NAME", help="Who published it, where the file does not say it.")
    ] = None,
    allow_private: Annotated[
        bool, typer.Option("--allow-private", help="Fetch the page even from this computer or a private network.")
    ] = False,
    save: Annotated[
        bool, typer.Option("--save", help="Keep what was read as proposals, for `detente review`.")
    ] = False,
    as_json: Json = False,
    store: StoreDir = None,
    provider: Provider = None,
) -> None:
    """Who judges which pair how in an article, each with its sentence; beside it, what the data say."""
    from detente import assessors
    from detente.coding.assessments import read_article
    from detente.coding.reading import as_record
    from detente.domain.periods import parse_day

    day = parse_day(date, what="date of the article") if date else None
    article = _article(place, day, allow_private=allow_private)
    reading = read_article(replace(article, outlet=outlet or article.outlet))
    data = assessors.read_beside(reading, store=store, provider=provider)
    saved = assessors.save_reading(reading, assessors.open_book(), name=place) if save else None
    if as_json:
        kept = {"new": list(saved.saved), "held": list(saved.held)} if saved else None
        show_json({**as_record(reading, name=place), "data": data.as_dict(), "saved": kept})
        return
    for line in _lines(reading):
        console().print(line, highlight=False)
    _show_beside(reading, data)
    if saved:
        new, held = len(saved.saved), len(saved.held)
        said = f"{new} proposals saved, {held} were there already; `detente review` lists them"
        console(stderr=True).print(said, highlight=False)


def _article(place: str, day: dt.date | None, *, allow_private: bool) -> Article:
    from detente.coding.articles import LARGEST_BYTES, is_page, load_article, parse_article

    if place == "-":
        return parse_article(sys.stdin.buffer.read(LARGEST_BYTES + 1), date=day)
    if not is_page(place):
        return load_article(place, date=day)
    from detente.sources.pages import fetch_page

    return parse_article(fetch_page(place, allow_private=allow_private).content, date=day)


def _show_beside(reading: Reading, data: Data) -> None:
    from rich.text import Text

    from detente import assessors

    console().print()
    for line in assessors.beside_lines(data):
        console().print(Text(line))
    if table := assessors.beside_table(reading, data):
        console().print()
        console().print(table)


def _lines(reading: Reading) -> list[Text | str]:
    from rich.markup import escape

    article = reading.article
    dated = f"{article.date} (from the {article.date_from})" if article.date else "no date found; give --date"
    lines: list[Text | str] = [f"[bold]{escape(article.title or 'Untitled')}[/bold]", escape(dated)]
    if told := [name for name in (article.author, article.outlet) if name]:
        lines.append(f"Retold by {escape(', '.join(told))}")
    lines.append(f"About {'-'.join(reading.pair)}" if reading.pair else "About no pair that stands out")
    lines += [f"note: {escape(issue)}" for issue in article.issues]
    count = len(reading.assessments)
    lines.append(f"{count} assessment{'' if count == 1 else 's'} in {len(reading.attributions)} attributions")
    for one in reading.assessments:
        lines += [
            "",
            *(escape(line) for line in _assessment_lines(article.sentences[one.sentence].of(article.text), one)),
        ]
    return lines


def _assessment_lines(sentence: str, one: Assessment) -> list[str]:
    judgement, speaker = one.judgement, one.speaker
    who = speaker.name or speaker.text or "nobody named"
    if speaker.affiliation:
        who += f", {speaker.affiliation}"
    who += "".join(f"; {link.how} {link.outlet}" for link in speaker.via if not link.carried_over)
    what = (
        ("not " if judgement.denied else "") + judgement.direction
        if judgement.direction != "none"
        else "no change named"
    )
    if judgement.low is not None and judgement.high is not None and judgement.estimate:
        what = f"{judgement.direction} {judgement.low:.0%}–{judgement.high:.0%} ({judgement.estimate.text})"
    pair = "-".join(one.pair) if one.pair else "no pair"
    when = f" · {one.horizon.text}" if one.horizon else ""
    lines = [f"{pair} · {what}{when} · {who}"]
    lines += [f"  {part.text}" for part in judgement.conditions]
    if drivers := dict.fromkeys(part.what for part in judgement.drivers):
        lines.append(f"  named: {', '.join(drivers)}")
    return [*lines, f"  “{' '.join(sentence.split())}”"]
