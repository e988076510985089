"""The pages for people: each made from the same reply as its JSON twin."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request
from markupsafe import Markup
from starlette.responses import RedirectResponse, Response

from detente import replies
from detente.codebook import state_name, states
from detente.errors import CodebookError
from detente.outlook.charts import draw_level_chart, numbered_events
from detente.outlook.html import render_article
from detente.web import api, names
from detente.web.answer import HTML, Answer, Counter, make_answer, to_response
from detente.web.atlas import draw_world
from detente.web.record import record_parts
from detente.web.render import render, static_files

if TYPE_CHECKING:
    from detente.outlook import Brief

#: A page remembers where it is read from: the as-of form, and what leads to its twins.
_SEE_OTHER = 303


def make_pages(counter: Counter) -> APIRouter:
    """The pages, served over one counter; they are not part of the OpenAPI document."""
    router = APIRouter(include_in_schema=False, default_response_class=Response)
    _add_world(router, counter)
    _add_pairs(router, counter)
    _add_embeds(router, counter)
    _add_rest(router, counter)
    return router


def _add_world(router: APIRouter, counter: Counter) -> None:
    desk = counter.desk

    def page(state: str | None, as_of: str | None) -> Answer:
        reply = api.world_reply(desk, state, as_of)
        return _page("world.html", reply=reply, map=draw_world(reply["map"]), states=_choices(), as_of=as_of)

    @router.get("/")
    async def world(request: Request, state: str | None = None, as_of: str | None = None) -> Response:
        return await counter.serve(request, lambda: page(state, as_of))

    @router.get("/search")
    async def search(request: Request, q: str = "") -> Response:
        if two := replies.read_two(q[:200]):
            return RedirectResponse(names.pair_address("-".join(two)), _SEE_OTHER)
        return await counter.serve(
            request, lambda: _page("search.html", found=replies.find_pairs(desk.world(), q), query=q[:200])
        )


def _add_pairs(router: APIRouter, counter: Counter) -> None:
    desk = counter.desk

    def page(pair: str, day: str | None) -> Answer:
        chosen, dated = names.read_pair(pair), names.read_day(day)
        brief = desk.brief(chosen, dated)
        article = Markup(render_article(brief, names.links_of(pair, dated)))  # noqa: S704 - made and escaped by us
        return _page("pair.html", article=article, **_about(brief, dated, desk))

    def events(pair: str, query: dict[str, str]) -> Answer:
        asked: dict[str, Any] = {name: query.get(name) for name in ("week", "since", "until", "as_of")}
        offset = int(query["offset"]) if query.get("offset", "").isdigit() else 0
        reply = api.find_events(desk, pair, **asked, limit=replies.PAGE_ROWS, offset=min(offset, 10_000_000))
        return _page("events.html", reply=reply, pair=pair, name=replies.pair_name(pair), query=query)

    @router.get("/pair/{pair}/events")
    async def pair_events(request: Request, pair: str) -> Response:
        query = dict(request.query_params)
        return await counter.serve(request, lambda: events(pair, query))

    @router.get("/pair/{pair}")
    async def pair_page(request: Request, pair: str) -> Response:
        if day := request.query_params.get("as_of"):
            return RedirectResponse(names.pair_address(_spelt(pair), day[:10]), _SEE_OTHER)
        if (spelt := _spelt(pair)) != pair:
            return RedirectResponse(names.pair_address(spelt), _SEE_OTHER)
        return await counter.serve(request, lambda: page(pair, None), is_brief=True)

    @router.get("/pair/{pair}/{day}")
    async def dated_page(request: Request, pair: str, day: str) -> Response:
        return await counter.serve(request, lambda: page(pair, day), is_brief=True)


def _add_embeds(router: APIRouter, counter: Counter) -> None:
    desk = counter.desk

    def embed(pair: str, day: str | None) -> Answer:
        brief = desk.brief(names.read_pair(pair), names.read_day(day))
        ends: list[dt.date] = brief.levels["week_end"].to_list()
        events = numbered_events(brief.chronology, ends[0], ends[-1])
        chart = draw_level_chart(brief.levels, events, title=f"{' – '.join(brief.names)}, both directions, weekly")
        return _page("embed.html", chart=Markup(chart), brief=brief, pair=pair)  # noqa: S704 - made by us

    @router.get("/embed/pair/{pair}")
    async def embedded(request: Request, pair: str) -> Response:
        return await counter.serve(request, lambda: embed(pair, None), is_brief=True)

    @router.get("/embed/pair/{pair}/{day}")
    async def embedded_then(request: Request, pair: str, day: str) -> Response:
        return await counter.serve(request, lambda: embed(pair, day), is_brief=True)


def _add_rest(router: APIRouter, counter: Counter) -> None:
    desk = counter.desk

    def scoreboard() -> Answer:
        reply = replies.record_reply(desk)
        return _page("scoreboard.html", reply=reply, **record_parts(reply))

    @router.get("/scoreboard")
    async def scoreboard_page(request: Request) -> Response:
        return await counter.serve(request, scoreboard)

    @router.get("/data")
    async def data_page(request: Request) -> Response:
        return await counter.serve(request, lambda: _page("data.html", reply=replies.holdings_reply(desk)))

    @router.get("/about")
    async def about_page(request: Request) -> Response:
        return await counter.serve(request, lambda: _page("about.html", reply=api.about_reply()))

    @router.get("/static/{name}")
    async def static_file(request: Request, name: str) -> Response:
        if name not in static_files():
            raise CodebookError(f"The file {name[:80]!r} was asked for.", "There is none.", "Start from /.")
        return to_response(request, static_files()[name])


def _about(brief: Brief, day: dt.date | None, desk: replies.Desk) -> dict[str, Any]:
    """What the frame of a pair's page says: its name, its day, the days beside it, its twins."""
    world = desk.world()
    first, last = world.view.first_day, world.as_of
    week = dt.timedelta(days=7)
    before, after = brief.as_of - week, brief.as_of + week
    return {
        "pair": str(brief.pair),
        "name": replies.pair_name(str(brief.pair)),
        "headline": brief.headline,
        "as_of": brief.as_of,
        "day": day,
        "first": first,
        "last": last,
        "before": before if before > first else None,
        "after": after if after <= last else None,
        "series": {name: said for name, (said, _) in replies.PAIR_SERIES.items()},
        "address": names.pair_address(str(brief.pair), day),
    }


def _spelt(pair: str) -> str:
    """The pair as its address spells it, where its path names two states in another spelling."""
    try:
        return str(names.read_pair(pair))
    except CodebookError:
        found = replies.read_two(pair.replace("-", " ") if pair.count("-") > 1 else pair) or replies.read_two(pair)
        return "-".join(found) if found else pair


def _choices() -> list[tuple[str, str]]:
    return sorted(((iso3, state_name(iso3)) for iso3 in states()), key=lambda choice: choice[1])


def _page(template: str, **values: Any) -> Answer:  # noqa: ANN401 - whatever a template shows
    return make_answer(render(template, **values), HTML)
