"""The server as a program sees it: the official client talks to the real process, over standard input and output."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from detente import scorecard
from detente.answers import DETAILS, LARGEST_RESULT, count_tokens
from detente.domain.tables import OUTCOMES
from detente.sample import sample_store_path
from detente.world import open_world

pytestmark = pytest.mark.xdist_group("mcp")  # what takes long to start is started once

mcp = pytest.importorskip("mcp", reason="the extra `mcp` is not installed")

US = {"a": "USA", "b": "Russia"}
SINCE = "2018-09-01"
INPK = {"a": "India", "b": "PAK"}
BASIC: dict[str, dict[str, str]] = {
    "resolve_country": {"name": "Türkiye"},
    "pair_status": US,
    "pair_series": US,
    "pair_events": US,
    "explain_change": US,
    "assessments": US,
    "forecast": INPK,
    "scorecard": {},
}
HOSTILE: tuple[tuple[str, dict[str, Any]], ...] = (
    ("resolve_country", {"name": "Atlantis"}),
    ("resolve_country", {"name": "x" * 1_000_000}),
    ("resolve_country", {"name": ""}),
    ("resolve_country", {}),
    ("pair_status", {"a": "USA'; drop table events; --", "b": "RUS"}),
    ("pair_status", {"a": "USA", "b": "usa"}),
    ("pair_status", US | {"as_of": "2017-12-31"}),
    ("pair_status", US | {"as_of": "2031-01-01"}),
    ("pair_status", US | {"as_of": "99999999-99-99"}),
    ("pair_status", US | {"as_of": "yesterday"}),
    ("pair_status", US | {"detail": "everything"}),
    ("pair_status", US | {"limit": 10}),
    ("pair_status", {"a": ["USA"], "b": {"iso3": "RUS"}}),
    ("pair_series", US | {"since": "2019-02-01", "until": "2018-02-01"}),
    ("pair_series", US | {"direction": "../../etc/passwd"}),
    ("pair_events", US | {"cursor": "2019-03-25.0000000000.2019-03-25.999999999"}),
    ("pair_events", US | {"cursor": "9" * 150}),
    ("pair_events", US | {"kind": "' or 1=1"}),
    ("pair_events", US | {"since": "0000-00-00"}),
    ("explain_change", US | {"measure": "\u202elove"}),
    ("explain_change", US | {"measure": "love"}),
    ("assessments", {"a": "USA"}),
    ("forecast", US | {"horizon": "-3w"}),
    ("forecast", US | {"horizon": 10**30}),
    ("forecast", US | {"scenario": "Russia frobnicates"}),
    ("forecast", US | {"scenario": "\x00\x1b[31m"}),
    ("scorecard", {"a": "USA", "b": "RUS", "as_of": "1066-10-14"}),
    ("drop_everything", {}),
)
#: What the ledger holds: a forecast that waits for data of a provider who is not in the sample.
FORECAST: dict[str, Any] = {
    "id": "0123456789abcdef",
    "question": {
        "kind": "outlook",
        "rule": "outcome-v1",
        "provider": "made-up",
        "pair": "DEU-FRA",
        "origin": "2018-07-20",
        "horizon_weeks": 4,
        "closes": "2018-08-17",
    },
    "answer": {"model": "made-up-v1", "probabilities": dict.fromkeys(OUTCOMES, 1 / 3)},
    "base_rates": {"model": "made-up-v1"} | dict.fromkeys(OUTCOMES, 1 / 3),
    "figures": {"scale": 1.0, "reference": 0.1, "spread": 0.5},
    "data_version": "0" * 64,
    "data_until": "2018-08-17",
}


class Talk:
    """What was said between one client and one server."""

    def __init__(self) -> None:
        self.tools: list[Any] = []
        self.instructions: str | None = None
        self.results: dict[str, Any] = {}

    async def hold(self, env: dict[str, str], log: Any) -> None:
        """Start the server, ask everything, and let it end."""
        from mcp.client.stdio import StdioServerParameters, stdio_client

        command = ["-W", "error", "-m", "detente", "mcp"]
        server = StdioServerParameters(command=sys.executable, args=command, env=env)
        async with mcp.Client(stdio_client(server, errlog=log)) as client:
            self.instructions = client.instructions
            self.tools = (await client.list_tools()).tools
            for name, words in BASIC.items():
                for detail in DETAILS:
                    self.results[f"{name} {detail}"] = await client.call_tool(name, words | {"detail": detail})
            scenario = INPK | {"scenario": "Pakistan expels diplomats", "detail": "brief"}
            self.results["scenario"] = await client.call_tool("forecast", scenario)
            for place, (name, words) in enumerate(HOSTILE):
                self.results[f"hostile {place}"] = await client.call_tool(name, words)
            self.results["then"] = await client.call_tool("pair_status", INPK | {"as_of": "2019-02-10"})
            await self._turn_pages(client)

    async def _turn_pages(self, client: Any) -> None:
        """All events of a pair, page by page."""
        cursor, place = "", 0
        while cursor is not None:
            words = INPK | {"as_of": "2019-02-10", "since": SINCE, "detail": "full", "cursor": cursor}
            self.results[f"page {place}"] = found = await client.call_tool("pair_events", words)
            cursor, place = found.structured_content["page"]["next"], place + 1


def _digests(*folders: Path) -> dict[str, str]:
    files = [file for folder in folders for file in sorted(folder.rglob("*")) if file.is_file()]
    return {str(file): hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


@pytest.fixture(scope="module")
def talk(tmp_path_factory: pytest.TempPathFactory) -> Talk:
    """One conversation on the sample; the files that it could have touched are compared before and after."""
    folder = tmp_path_factory.mktemp("mcp")
    scorecard.open_ledger(folder / "ledger").append([FORECAST])
    watched = (sample_store_path(), folder / "ledger")
    before, had = _digests(*watched), set(folder.iterdir())
    env = dict(os.environ) | {"DETENTE_STORE": str(folder / "none"), "DETENTE_LEDGER": str(folder / "ledger")}
    held = Talk()
    with (folder / "log.txt").open("w+") as log:
        asyncio.run(held.hold(env, log))
        log.seek(0)
        said = log.read()
    assert "Traceback" not in said, said
    assert _digests(*watched) == before, "something was written"
    assert set(folder.iterdir()) - had == {folder / "log.txt"}
    return held


def _good(result: Any) -> dict[str, Any]:
    """The structured answer of a call that succeeded; its text form says the same."""
    assert not result.is_error, result.content
    assert json.loads(result.content[0].text) == result.structured_content
    return dict(result.structured_content)


def test_there_are_eight_tools_that_only_read_and_cost_little(talk: Talk) -> None:
    """Eight tools, marked read-only, each with detail and as_of; their descriptions and schemas are short."""
    assert [tool.name for tool in talk.tools] == list(BASIC)
    for tool in talk.tools:
        assert tool.annotations.read_only_hint
        assert not tool.annotations.open_world_hint
        assert {"as_of", "detail"} <= set(tool.input_schema["properties"])
    plain = [tool.model_dump(mode="json", by_alias=True, exclude_none=True) for tool in talk.tools]
    assert len(json.dumps(plain, ensure_ascii=False, separators=(",", ":"))) < 3 * 2_500
    assert talk.instructions
    assert "pair_status" in talk.instructions


@pytest.mark.parametrize("name", BASIC)
def test_each_tool_answers_with_each_detail(talk: Talk, name: str) -> None:
    """Every tool gives an answer with sources, versions and its day; more detail is never less."""
    sizes = []
    for detail in DETAILS:
        found = _good(talk.results[f"{name} {detail}"])
        assert found["as_of"] == "2019-03-25"
        assert found["sources"][-1 if name == "resolve_country" else 0]["citation"].startswith("Boschee")
        assert found["versions"]["rules"] or name == "pair_events"
        sizes.append(count_tokens(found))
    assert sizes == sorted(sizes)


def test_no_result_is_too_long(talk: Talk) -> None:
    """Text and structure of any result, errors too, are together below the limit, at three characters a token."""
    for name, result in talk.results.items():
        wire = result.model_dump_json(by_alias=True, exclude_none=True)
        assert len(wire) <= 3 * LARGEST_RESULT, name
        assert count_tokens(result.structured_content) + count_tokens(result.content[0].text) <= LARGEST_RESULT, name


@pytest.mark.parametrize("place", range(len(HOSTILE)))
def test_hostile_arguments_give_the_structured_error(talk: Talk, place: int) -> None:
    """Whatever is asked, the error says what was asked, what was found and what to do next, in few words."""
    result = talk.results[f"hostile {place}"]
    assert result.is_error, HOSTILE[place]
    error = result.structured_content
    assert set(error) == {"error", "asked", "found", "next_step"}
    assert error["error"] in {"CodebookError", "ConfigError", "CutoffError", "QuestionError"}, error
    assert error["asked"]
    assert error["next_step"]
    assert len(json.dumps(error)) < 2_500


def test_pages_cover_all_events_once(talk: Talk) -> None:
    """The pages together are the events that the store knew on that day, each once."""
    pages = [_good(result) for name, result in talk.results.items() if name.startswith("page ")]
    assert len(pages) > 3
    got = Counter[tuple[Any, ...]]()
    for page in pages:
        names = {name: place for place, name in enumerate(page["columns"])}
        keys = ("occurred", "actor", "event_type", "n", "intensity", "provider_code", "actor_role", "recipient_role")
        got.update(tuple(row[names[key]] if key in names else None for key in keys) for row in page["rows"])
    events = open_world(sample_store_path(), as_of="2019-02-10").pair("IND", "PAK").events(since=SINCE)
    rows = events.select(
        "occurred", "actor", "event_type", "n", "intensity_milli", "provider_code", "actor_role", "recipient_role"
    )
    assert got == Counter((str(row[0]), *row[1:4], row[4] / 1000, *row[5:]) for row in rows.iter_rows())


def test_an_earlier_day_is_another_answer(talk: Talk) -> None:
    """As of a day before the crisis, nothing of it is known: no event, no reason, no week after that day."""
    then, now = _good(talk.results["then"]), _good(talk.results["forecast full"])
    assert then["as_of"] == "2019-02-10"
    assert now["as_of"] == "2019-03-25"
    assert then["outlook"]["origin"] == "2019-02-10"
    told = json.dumps(then)
    assert not any(day in told for day in ("2019-02-14", "2019-02-26", "2019-02-27", "Balakot", "Pulwama"))


def test_the_record_is_told_and_not_added_to(talk: Talk) -> None:
    """The scorecard tells what the ledger holds; a forecast that was asked for is not among it, and says so."""
    card = _good(talk.results["scorecard normal"])
    assert card["records"]["replay"]["counts"] == {"resolved": 0, "void": 0, "open": 1, "repeated": 0}
    assert card["ledger"]["records_by_then"] == 1
    assert "not written down" in _good(talk.results["scenario"])["record"]["this_answer"].lower()
