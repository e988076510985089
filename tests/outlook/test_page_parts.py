"""The further parts of a page: links where a site has pages for them, and each part only where there is something."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from html.parser import HTMLParser

import polars as pl
import pytest

from detente.domain.tables import ASSESSED, EXCHANGES, MEASURES
from detente.outlook import Brief, render_html
from detente.outlook.ahead import Ahead, draw_ahead
from detente.outlook.detail import Detail, Earlier, Stake
from detente.outlook.html import Links, render_article

DAY = dt.date(2018, 4, 20)
LINKS = Links(
    week=lambda end: f"/events?week={end}",
    day=lambda one: f"/events?day={one}",
    version=lambda other: f"/then/{other}",
    series=lambda name, ending: f"/{name}.{ending}",
)
ANSWERS = (("improve", 0.28, 0.2, 0.36), ("hold", 0.45, 0.38, 0.53), ("deteriorate", 0.27, 0.2, 0.35))


def _exchange() -> dict[str, object]:
    return {
        "pair": "RUS-USA", "kind": "conflict", "actor": "USA", "recipient": "RUS", "moved": DAY - dt.timedelta(days=9),
        "answered": DAY - dt.timedelta(days=6), "lag_days": 3, "move_types": "COERCE", "answer_types": "SANCTION",
        "move_intensity": -87.0, "answer_intensity": -30.0, "move_once_in": 448.0, "answer_once_in": 64.0,
        "is_same_quad": True, "weight": 300.0, "move_event": "Envoys <b>sent</b> home", "answer_event": None,
    }  # fmt: skip


def _assessed() -> dict[str, object]:
    return {
        "id": "x1", "assessor": "Ann <i>Lee</i>", "affiliation": "An Institute", "provider": "made-up",
        "pair": "RUS-USA", "origin": DAY - dt.timedelta(days=100), "horizon_weeks": 13, "horizon_assumed": False,
        "closes": DAY - dt.timedelta(days=9), "direction": "deteriorate", "p_low": 0.2, "p_high": 0.45, "p": 0.325,
        "saved_in_time": True, "standing": "resolved", "outcome": "hold", "change": 0.1, "came": False, "on_side": True,
        "brier": 0.106, "model": "made-up-v1", "model_p": 0.3, "model_brier": 0.09, "base_p": 0.33, "base_brier": 0.1,
        "quote": "They are not likely to get worse.",
    }  # fmt: skip


def _shift() -> dict[str, object]:
    day = DAY - dt.timedelta(days=70)
    return {
        "measure": "shifts-v1", "pair": "RUS-USA", "as_of": DAY, "quantity": "level_shift", "value": -1.2, "low": -1.6,
        "high": -0.8, "item": str(day), "since": day - dt.timedelta(days=14), "until": day + dt.timedelta(days=7),
        "n": 100,
    }  # fmt: skip


def _frame(row: dict[str, object], schema: pl.Schema) -> pl.DataFrame:
    return pl.DataFrame([row], schema_overrides=schema).select(
        pl.col(name) if name in row else pl.lit(None, kind).alias(name) for name, kind in schema.items()
    )


@pytest.fixture
def full(brief: Brief) -> Brief:
    """A brief with all of its further parts."""
    detail = Detail(
        exchanges=_frame(_exchange(), EXCHANGES.schema),
        measures=_frame(_shift(), MEASURES.schema),
        assessed=_frame(_assessed(), ASSESSED.schema),
        stake=Stake(0.2, 0.8, {"deteriorate": 0.3, "hold": 0.4, "improve": 0.3}),
        earlier=Earlier(DAY - dt.timedelta(days=7), {"deteriorate": 0.31, "hold": 0.4, "improve": 0.29}, -0.4),
        is_there=True,
    )
    return replace(brief, detail=detail)


def test_every_part_is_told_and_escaped(full: Brief) -> None:
    """Exchanges, the assessor beside the model and what came, the earlier version; names of others stay text."""
    text = render_html(full)
    for wanted in ("Exchanges", "→ 3 d", "once in 448 days", "What others said", "An Institute", "0.11", "hold"):
        assert wanted in text
    assert "deteriorate 31&nbsp;% → 27&nbsp;%" in text
    assert "worse from here" in text
    assert "<b>sent</b>" not in text
    assert "<i>Lee</i>" not in text
    assert text.count("31&nbsp;% a week before") == 1


def test_a_page_of_its_own_leads_nowhere_and_an_article_of_the_site_leads_everywhere(full: Brief) -> None:
    """One renderer: without links no address at all; with them each week, day and version has its own."""
    assert "href" not in render_html(full)
    article = render_article(full, LINKS)
    weeks = set(re.findall(r'href="/events\?week=([\d-]+)"', article))
    assert weeks == {str(day) for day in full.levels["week_end"]}
    assert 'href="/then/2018-04-13"' in article
    assert f'href="/events?day={DAY - dt.timedelta(days=9)}"' in article


def test_a_linked_chart_says_each_week(full: Brief) -> None:
    """Each week of the chart says its numbers, and a gap that it is one."""
    gap = full.levels.with_columns(
        pl.when(pl.int_range(pl.len()) == 5).then(None).otherwise(pl.col("balance")).alias("balance")
    )
    article = render_article(replace(full, levels=gap), LINKS)
    assert "Week to 20 April 2018: cooperation" in article
    assert "too few days covered" in article


def test_without_further_parts_there_is_no_heading_for_them(brief: Brief) -> None:
    """What was not asked for is not promised."""
    text = render_html(brief)
    for heading in ("Exchanges", "What others said", "Since the last version", "The character of the relation"):
        assert f">{heading}" not in text


def test_outcomes_stand_where_they_lie(brief: Brief) -> None:
    """Improve above, hold within half a spread, deteriorate below; quantiles are drawn as a fan where there are any."""
    weeks = [DAY + dt.timedelta(days=7 * ahead) for ahead in (1, 7, 13)]
    fan = [(day, (-1.0, -0.4, 0.1, 0.5, 1.1)) for day in weeks]
    plain, fanned = (draw_ahead(brief.levels, DAY, Ahead(13, 0.2, 0.8, ANSWERS, rows), title="t") for rows in ((), fan))
    zones = re.findall(r'<rect x="[\d.]+" y="([\d.]+)" width="[\d.]+" height="([\d.]+)" class="zone (\w+)"', plain)
    assert [name for _, _, name in zones] == ["improve", "hold", "deteriorate"]
    tops = [float(top) for top, _, _ in zones]
    assert tops == sorted(tops)
    assert all(float(height) > 0 for _, height, _ in zones)
    assert 'class="fan"' not in plain
    assert fanned.count('class="fan"') == 2
    assert draw_ahead(brief.levels.clear(), DAY, Ahead(13, 0.2, 0.8, ANSWERS), title="t") == ""


def test_every_element_of_an_article_is_closed(full: Brief) -> None:
    """The article can be put into any page."""
    open_ones: list[str] = []

    class Page(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            del attrs
            if tag != "br":
                open_ones.append(tag)

        def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            """Nothing is left open."""

        def handle_endtag(self, tag: str) -> None:
            assert open_ones.pop() == tag

    Page().feed(render_article(full, LINKS))
    assert not open_ones
