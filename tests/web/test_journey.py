"""A reader's way through the site in a real browser, and what a reader who cannot see or point needs."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page, Request

pytestmark = pytest.mark.xdist_group("web")  # what takes long to start is started once

ARTICLE = Path(__file__).parents[1] / "assessors" / "article_washington_moscow.txt"
WEEK = "2019-02-25"


def _open(browser: Browser, site: str, **options: object) -> tuple[BrowserContext, Page, list[str]]:
    """A page whose complaints, and requests to anybody else, are written down and refused."""
    context = browser.new_context(viewport={"width": 1240, "height": 900}, **options)  # type: ignore[arg-type]
    page = context.new_page()
    wrong: list[str] = []
    page.on("console", lambda message: wrong.append(message.text) if message.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))

    def fail(request: Request) -> None:
        if request.failure != "net::ERR_ABORTED":  # the browser itself drops what a page left behind still asks for
            wrong.append(f"failed: {request.url}: {request.failure}")

    page.on("requestfailed", fail)

    def meet(route: object) -> None:
        url = route.request.url  # type: ignore[attr-defined]
        if url.startswith((site, "data:")):
            route.continue_()  # type: ignore[attr-defined]
        else:
            wrong.append(f"outside: {url}")
            route.abort()  # type: ignore[attr-defined]

    page.route("**/*", meet)
    return context, page, wrong


def test_a_reader_finds_a_pair_and_goes_down_to_the_events_and_back_in_time(browser: Browser, site: str) -> None:
    """World, typing, pair, week, events, back, as of another day, an article: no complaint, nobody else is asked."""
    context, page, wrong = _open(browser, site)
    page.goto(site)
    assert page.locator("svg.map a").count() > 100
    page.keyboard.press("/")
    page.keyboard.type("India–Pak")
    page.locator("#offers li").first.wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{site}/pair/IND-PAK")
    week = page.locator(f"svg.chart a.week[href*='week={WEEK}']").first
    week.hover()
    assert "Week to 25 February 2019: cooperation" in page.locator(".readout").first.inner_text()
    week.click()
    page.wait_for_url(f"{site}/pair/IND-PAK/events?week={WEEK}")
    assert page.locator("h1").inner_text() == "What was reported from 19 February 2019 to 25 February 2019"
    assert page.locator(".events-table tbody tr").count() > 50
    page.go_back()
    page.wait_for_url(f"{site}/pair/IND-PAK")
    page.fill("#as_of", "2019-02-10")
    page.click("button:has-text('Show')")
    page.wait_for_url(f"{site}/pair/IND-PAK/2019-02-10")
    assert "10 February 2019" in page.locator("article .kicker").inner_text()
    assert "Balakot" not in page.content()
    _read(page, site, ARTICLE)
    assert page.locator(".answers tr.asked").count() >= 1
    assert not wrong
    context.close()


def _read(page: Page, site: str, article: Path) -> None:
    """Paste an article and have it read as of a day of the sample."""
    page.goto(f"{site}/read")
    page.fill("#text", article.read_text("utf-8"))
    page.fill("#date", "2019-02-10")
    page.click("button:has-text('Read it')")
    page.locator(".assessment").first.wait_for()


def test_a_real_article_is_read_beside_the_model(browser: Browser, site: str, reference_data: Path) -> None:
    """The news brief that the project starts from: thirteen judgements found, the model's answer beside them."""
    context, page, wrong = _open(browser, site)
    _read(page, site, reference_data / "text" / "article_us_russia_2017-08-11.txt")
    assert page.locator(".assessment").count() >= 13
    assert page.locator(".answers tr.asked").count() >= 1
    assert not wrong
    context.close()


def test_the_keyboard_goes_from_week_to_week(browser: Browser, site: str) -> None:
    """A chart takes arrow keys, says the week it is at, and Enter opens its events."""
    context, page, wrong = _open(browser, site)
    page.goto(f"{site}/pair/IND-PAK")
    page.locator("svg.chart").first.focus()
    page.keyboard.press("End")
    page.keyboard.press("ArrowLeft")
    assert "Week to 18 March 2019" in page.locator(".readout").first.inner_text()
    page.keyboard.press("Enter")
    page.wait_for_url(f"{site}/pair/IND-PAK/events?week=2019-03-18")
    assert not wrong
    context.close()


DAY = "/pair/IND-PAK/events?since=2019-03-20&until=2019-03-20"


@pytest.mark.parametrize(
    ("scheme", "paths", "rules"),
    [
        ("light", ("/", "/pair/IND-PAK", DAY, "/read", "/scoreboard", "/data"), {"runOnly": ["wcag2a", "wcag2aa"]}),
        ("dark", ("/pair/IND-PAK", "/scoreboard"), {"runOnly": ["color-contrast"]}),
    ],
)
def test_no_page_has_a_serious_accessibility_problem(
    browser: Browser, site: str, scheme: str, paths: tuple[str, ...], rules: dict[str, list[str]]
) -> None:
    """axe-core finds nothing serious or critical on the pages, nor too little contrast in the dark."""
    from axe_playwright_python.sync_playwright import Axe

    context, page, _ = _open(browser, site, color_scheme=scheme)
    for path in paths:
        page.goto(site + path)
        found = Axe().run(page, options=rules).response["violations"]
        serious = [(one["id"], one["nodes"][0]["html"]) for one in found if one["impact"] in {"serious", "critical"}]
        assert not serious, f"{path}: {serious}"
    context.close()


def test_a_phone_shows_all_without_scrolling_sideways(browser: Browser, site: str) -> None:
    """At 390 pixels no page is wider than the screen."""
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    for path in ("/", "/pair/IND-PAK", f"/pair/IND-PAK/events?week={WEEK}", "/read", "/scoreboard", "/data"):
        page.goto(site + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path
    context.close()


def test_without_a_script_all_is_there(browser: Browser, site: str) -> None:
    """Search, weeks and the day work by forms and links alone."""
    context, page, wrong = _open(browser, site, java_script_enabled=False)
    page.goto(site)
    page.fill("#search", "usa russia")
    page.locator("#search").press("Enter")
    page.wait_for_url(f"{site}/pair/USA-RUS")
    hrefs = page.locator("svg.chart a.week").evaluate_all("weeks => weeks.map(week => week.getAttribute('href'))")
    assert len(hrefs) > 100
    assert all(re.fullmatch(r"/pair/USA-RUS/events\?week=\d{4}-\d\d-\d\d", href) for href in hrefs)
    assert not wrong
    context.close()


def test_the_first_page_is_light(browser: Browser, site: str) -> None:
    """All that the first page needs is under 300 kB as it travels."""
    context, page, _ = _open(browser, site)
    sizes: list[int] = []
    page.on("requestfinished", lambda request: sizes.append(request.sizes()["responseBodySize"]))
    page.goto(site, wait_until="networkidle")
    assert len(sizes) >= 4
    assert sum(sizes) < 300_000
    context.close()
