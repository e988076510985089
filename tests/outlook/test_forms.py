"""The page, the Markdown and the terminal form: complete, safe, and unchanged unless meant."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from rich.console import Console

from detente.domain.tables import COVERAGE
from detente.outlook import Brief, render_html, render_markdown, render_terminal
from detente.outlook.citation import build_bibtex, product_version

Make = Callable[..., Brief]
GOLDEN = Path(__file__).resolve().parents[1] / "golden"
_VOID = {"meta", "br", "path", "rect", "circle"}
_HOSTILE = "<script>alert(1)</script> \" ' & | ` $x$ \\ {"


def _plain(brief: Brief, width: int = 100) -> str:
    console = Console(file=io.StringIO(), width=width, color_system=None, force_terminal=False, legacy_windows=False)
    console.print(render_terminal(brief))
    text = console.file.getvalue()  # type: ignore[attr-defined]
    return "\n".join(line.rstrip() for line in text.splitlines()) + "\n"


class _Page(HTMLParser):
    """Collects what a page holds and complains about elements left open."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.tags: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in _VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID:
            return
        assert self.open.pop() == tag


@pytest.mark.parametrize("which", ["brief", "short_brief"])
@pytest.mark.parametrize(("form", "ending"), [(render_markdown, "md"), (_plain, "txt")])
def test_forms_are_as_they_were(
    which: str, form: Callable[[Brief], str], ending: str, request: pytest.FixtureRequest
) -> None:
    """Text changes only on purpose: DETENTE_UPDATE_GOLDEN=1 writes it anew."""
    text = form(request.getfixturevalue(which)).replace(product_version(), "VERSION")
    path = GOLDEN / f"outlook_{which}.{ending}"
    if os.environ.get("DETENTE_UPDATE_GOLDEN") == "1":
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text("utf-8")


@pytest.mark.parametrize("which", ["brief", "short_brief"])
def test_a_page_is_closed_and_asks_nobody_for_anything(which: str, request: pytest.FixtureRequest) -> None:
    """Every element is closed; there is no script, and no reference to anything outside."""
    text = render_html(request.getfixturevalue(which))
    page = _Page(text)
    assert not page.open
    assert not {"script", "link", "img", "iframe", "object", "base"} & set(page.tags)
    assert not [value for _, name, value in page.attributes if name in {"src", "href", "srcset", "data", "action"}]
    assert not re.search(r"url\((?!\"data:font)|@import", text)
    assert "http" not in text.replace("http://www.w3.org/2000/svg", "")


def test_a_page_escapes_what_others_wrote(make_brief: Make, brief: Brief) -> None:
    """Names, labels and cards cannot become elements, attributes or Markdown."""
    chronology = brief.chronology.with_columns(
        label=brief.chronology["label"] + _HOSTILE, text=brief.chronology["text"] + _HOSTILE
    )
    card = {"title": _HOSTILE, "citation": _HOSTILE, "caveats": [_HOSTILE]}
    hostile = make_brief(chronology=chronology, card=card, provider=_HOSTILE)
    page = _Page(render_html(hostile))
    assert "script" not in page.tags
    assert not page.open
    text, code = render_markdown(hostile).split("```bibtex\n")
    assert "<script>" not in text
    assert not re.search(r"[^\\][`]|&(?! \\\|)", text)
    rows = [line for line in text.splitlines() if line.startswith("| ") and "alert" in line]
    assert rows
    assert all(len(re.findall(r"(?<!\\)\|", line)) == 4 for line in rows)
    assert code.count("\n```\n") == 1
    assert "$x$" not in build_bibtex(hostile)


def test_tables_of_a_page_have_heads(brief: Brief) -> None:
    """Each column and each row says what it is, and each table can be reached by keyboard."""
    page = _Page(render_html(brief))
    scopes = [value for tag, name, value in page.attributes if (tag, name) == ("th", "scope")]
    assert {"col", "row"} == set(scopes)
    assert page.tags.count("table") == sum((tag, name) == ("div", "tabindex") for tag, name, _ in page.attributes)


def test_a_page_has_what_a_referee_needs(brief: Brief) -> None:
    """Rule, coverage, citation, versions and record are on it, in both colour schemes and in print."""
    text = render_html(brief)
    for wanted in ("outcome-v3", "417 of 420 days", "Nobody (2018)", "@misc{detente-rus-usa-2018-04-20", "level-v4"):
        assert wanted in text
    assert brief.track_record in text
    assert "prefers-color-scheme:dark" in text
    assert "@media print" in text


def test_numbers_do_not_part_from_their_signs(brief: Brief) -> None:
    """In the headline of a page the number, its sign and its band stay on one line."""
    assert "(27&nbsp;%; 90&nbsp;% band 20&#8288;–&#8288;35&nbsp;%)" in render_html(brief)


@pytest.mark.parametrize("width", [80, 100])
def test_a_terminal_of_usual_width_shows_every_line(brief: Brief, width: int) -> None:
    """Nothing is cut off, and no escape codes go to a file."""
    text = _plain(brief, width)
    assert max(len(line) for line in text.splitlines()) <= width
    assert "…" not in text
    assert "\x1b" not in text
    for reason in brief.reasons:
        assert f"{abs(reason.contribution):.2f}" in text


@pytest.mark.parametrize("form", [render_html, render_markdown, _plain])
def test_every_form_shows_the_reasons_the_remainder_and_the_sum(brief: Brief, form: Callable[[Brief], str]) -> None:
    """A reader can add the rows up."""
    text = form(brief)
    assert text.count("the rest") == 3
    assert "in all" in text
    assert f"−{abs(brief.explanation.change):.2f}" in text


def test_a_pair_without_known_events_or_weeks_has_a_page(make_brief: Make, brief: Brief) -> None:
    """No chart, no legend, no error."""
    empty = make_brief(
        weeks=0, chronology=brief.chronology.clear(), coverage=COVERAGE.empty(), levels_pair=brief.levels.clear()
    )
    text = render_html(empty)
    assert 'class="chart"' not in text
    assert "No day is covered by 20 April 2018" in text
    assert "Known events" not in render_markdown(empty)


@pytest.mark.parametrize(
    ("age", "said"), [(0, "the last day included"), (1, "not the last day"), (9, "the last 9 days")]
)
def test_stale_data_are_said_to_be_stale(brief: Brief, age: int, said: str) -> None:
    """How old the newest covered day is."""
    import datetime as dt

    stale = replace(brief, freshness=replace(brief.freshness, last_day=brief.as_of - dt.timedelta(days=age)))
    assert said in render_markdown(stale)


def test_a_card_that_says_little_is_not_filled_in(make_brief: Make) -> None:
    """What the provider has not named is said to be missing."""
    text = render_markdown(make_brief(card={"title": None}))
    assert "named no citation" in text
    assert "None" not in text.replace("None.", "")
