"""The addresses for programs: every page as JSON, every series as CSV or Parquet, feeds, and what embeds a chart."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from detente import replies
from detente.errors import ConfigError
from detente.outlook import guide_lines
from detente.outlook.detail import plain_rows
from detente.relations import REGISTRY
from detente.web import feeds, names
from detente.web.answer import CSV, PARQUET, RSS, Answer, Counter, make_answer, make_json
from detente.web.schemas import AsOf, Day, DayName, Format, Limit, Offset, PairName, State, responses

if TYPE_CHECKING:
    import polars as pl

_JSON = responses("application/json")
_TABLE = responses("application/json", "text/csv", "application/vnd.apache.parquet")
_RSS = responses("application/rss+xml")


def make_api(counter: Counter) -> APIRouter:
    """The addresses for programs, served over one counter."""
    router = APIRouter(default_response_class=Response)
    _add_world(router, counter)
    _add_pairs(router, counter)
    _add_series(router, counter)
    _add_feeds(router, counter)
    return router


def _add_world(router: APIRouter, counter: Counter) -> None:
    desk = counter.desk

    @router.get("/index.json", responses=_JSON, summary="The world: freshness, watch lists, one state's relations")
    async def index(request: Request, state: State = None, as_of: AsOf = None) -> Response:
        return await counter.serve(request, lambda: make_json(world_reply(desk, state, as_of)))

    @router.get("/search.json", responses=_JSON, summary="Pairs by any usual spelling")
    async def search(request: Request, q: Annotated[str, Query(max_length=200)] = "") -> Response:
        return await counter.serve(request, lambda: make_json(replies.find_pairs(desk.world(), q)))

    @router.get("/scoreboard.json", responses=_JSON, summary="The record: backtest, ledger, assessors")
    async def scoreboard(request: Request) -> Response:
        return await counter.serve(request, lambda: make_json(replies.record_reply(desk)))

    @router.get("/data.json", responses=_JSON, summary="Coverage, gaps, ledgers and licences")
    async def data(request: Request) -> Response:
        return await counter.serve(request, lambda: make_json(replies.holdings_reply(desk)))

    @router.get("/about.json", responses=_JSON, summary="The measures and how each is read")
    async def about(request: Request) -> Response:
        return await counter.serve(request, lambda: make_json(about_reply()))


def _add_pairs(router: APIRouter, counter: Counter) -> None:
    desk = counter.desk

    def brief(pair: str, day: str | None) -> Answer:
        found = desk.brief(names.read_pair(pair), names.read_day(day))
        return make_json(found.as_dict() | {"links": _links(pair, day)})

    @router.get("/pair/{pair}.json", responses=_JSON, summary="The brief of a pair, as of the last day held")
    async def latest(request: Request, pair: PairName) -> Response:
        return await counter.serve(request, lambda: brief(pair, None), is_brief=True)

    @router.get("/pair/{pair}/events.json", responses=_JSON, summary="The events behind a week or a span of days")
    async def events(
        request: Request,
        pair: PairName,
        week: Day = None,
        since: Day = None,
        until: Day = None,
        as_of: AsOf = None,
        limit: Limit = replies.PAGE_ROWS,
        offset: Offset = 0,
    ) -> Response:
        return await counter.serve(
            request,
            lambda: make_json(
                find_events(desk, pair, week=week, since=since, until=until, as_of=as_of, limit=limit, offset=offset)
            ),
        )

    @router.get("/pair/{pair}/{day}.json", responses=_JSON, summary="The brief of a pair as of a day")
    async def dated(request: Request, pair: PairName, day: DayName) -> Response:
        return await counter.serve(request, lambda: brief(pair, day), is_brief=True)


def _add_series(router: APIRouter, counter: Counter) -> None:
    desk = counter.desk

    def of_pair(pair: str, day: str | None, series: str, ending: Format) -> Answer:
        chosen, world = names.read_pair(pair), desk.world(names.read_day(day))
        frame = replies.find_pair_series(world.pair(chosen.a, chosen.b), series)
        return _table(frame, ending, {"pair": pair, "series": series, "as_of": str(world.as_of)}, f"{pair}-{series}")

    def of_world(series: str, ending: Format, as_of: str | None) -> Answer:
        world = desk.world(names.read_day(as_of))
        frame = replies.find_world_series(world, series)
        return _table(frame, ending, {"series": series, "as_of": str(world.as_of)}, series)

    @router.get("/series/{series}.{ending}", responses=_TABLE, summary="A series of all pairs")
    async def world_series(request: Request, series: str, ending: Format, as_of: AsOf = None) -> Response:
        return await counter.serve(request, lambda: of_world(series, ending, as_of))

    @router.get("/pair/{pair}/series/{series}.{ending}", responses=_TABLE, summary="A series of a pair")
    async def pair_series(request: Request, pair: PairName, series: str, ending: Format) -> Response:
        return await counter.serve(request, lambda: of_pair(pair, None, series, ending))

    @router.get("/pair/{pair}/{day}/series/{series}.{ending}", responses=_TABLE, summary="The same as of a day")
    async def dated_series(request: Request, pair: PairName, day: DayName, series: str, ending: Format) -> Response:
        return await counter.serve(request, lambda: of_pair(pair, day, series, ending))


def _add_feeds(router: APIRouter, counter: Counter) -> None:
    desk = counter.desk

    @router.get("/watch.rss", responses=_RSS, summary="Movers, as a feed")
    async def watch(request: Request) -> Response:
        base = base_of(request)
        made: Callable[[], Answer] = lambda: make_answer(  # noqa: E731 - one expression, made later
            feeds.watch_feed(replies.watch_reply(desk.world()), base), RSS
        )
        return await counter.serve(request, made, also=base)

    @router.get("/pair/{pair}.rss", responses=_RSS, summary="A pair's versions, as a feed")
    async def pair_versions(request: Request, pair: PairName) -> Response:
        base = base_of(request)
        made: Callable[[], Answer] = lambda: make_answer(  # noqa: E731
            feeds.pair_feed(desk.brief(names.read_pair(pair)), base), RSS
        )
        return await counter.serve(request, made, also=base, is_brief=True)

    @router.get("/oembed", responses=_JSON, summary="oEmbed: what embeds the chart of a pair's page")
    async def oembed(
        request: Request,
        url: Annotated[str, Query(max_length=500)],
        maxwidth: Annotated[int, Query(ge=200, le=4000)] = 760,
    ) -> Response:
        base = base_of(request)
        return await counter.serve(request, lambda: make_json(_oembed(base, url, maxwidth)), also=base)


def world_reply(desk: replies.Desk, state: str | None, as_of: str | None) -> dict[str, Any]:
    """What the first page shows."""
    world = desk.world(names.read_day(as_of))
    return {
        "freshness": replies.freshness_reply(world),
        "watch": replies.watch_reply(world),
        "map": replies.relations_reply(world, names.read_state(state, replies.DEFAULT_STATE)),
    }


def about_reply() -> dict[str, Any]:
    """Every registered measure with its reading guide."""
    return {
        "measures": [
            {"measure": measure.name, "title": measure.title, "guide": dict(guide_lines(measure))}
            for measure in REGISTRY.values()
        ]
    }


def find_events(
    desk: replies.Desk,
    pair: str,
    *,
    week: str | None,
    since: str | None,
    until: str | None,
    as_of: str | None,
    limit: int,
    offset: int,
) -> dict[str, Any]:
    """The events of a week, or of a span; by default those of the last week held."""
    world = desk.world(names.read_day(as_of))
    first, last = names.read_day(since, what="first day"), names.read_day(until, what="last day")
    if not first and not last:
        end = names.read_day(week, what="last day of the week")
        first, last = replies.week_of(end or world.as_of)
    chosen = names.read_pair(pair)
    span = {"since": first or world.view.first_day, "until": last or world.as_of}
    return replies.events_reply(world, chosen, **span, limit=limit, offset=offset)


def base_of(request: Request) -> str:
    """The site's own address, without a slash at its end."""
    return str(request.base_url).rstrip("/")


def _links(pair: str, day: str | None) -> dict[str, Any]:
    dated = None if day in {None, names.LATEST} else day
    return {
        "page": names.pair_address(pair, dated),
        "feed": names.pair_address(pair, None, ".rss"),
        "events": names.pair_address(pair, None, "/events.json"),
        "series": {
            name: {ending: names.pair_address(pair, dated, f"/series/{name}.{ending}") for ending in ("csv", "parquet")}
            for name in replies.PAIR_SERIES
        },
    }


def _table(frame: pl.DataFrame, ending: Format, about: dict[str, str], name: str) -> Answer:
    saved = (("Content-Disposition", f'attachment; filename="{name}-{about["as_of"]}.{ending}"'),)
    if ending == "csv":
        return make_answer(frame.write_csv(), CSV, headers=saved)
    if ending == "parquet":
        content = io.BytesIO()
        frame.write_parquet(content)
        return make_answer(content.getvalue(), PARQUET, headers=saved)
    return make_json({**about, "rows": plain_rows(frame)})


def _oembed(base: str, url: str, width: int) -> dict[str, Any]:
    path = url.removeprefix(base)
    parts = path.split("?")[0].strip("/").split("/")
    if not path.startswith("/pair/") or len(parts) not in {2, 3}:
        raise ConfigError(
            f"A chart of {url[:200]!r} was asked for.",
            "It is no page of a pair here.",
            "Name a page like /pair/USA-RUS.",
        )
    pair = names.read_pair(parts[1])
    day = names.read_day(parts[2]) if len(parts) == 3 else None
    address = f"{base}/embed{names.pair_address(str(pair), day)}"
    height = 420
    return {
        "version": "1.0",
        "type": "rich",
        "provider_name": "Détente",
        "provider_url": base,
        "title": f"{replies.pair_name(str(pair))}: cooperation and conflict by week",
        "width": width,
        "height": height,
        "cache_age": int(dt.timedelta(hours=1).total_seconds()),
        "html": f'<iframe src="{address}" width="{width}" height="{height}" loading="lazy" '
        'title="Cooperation and conflict by week"></iframe>',
    }
