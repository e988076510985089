"""Pages and their twins: each address answers, says what it is, and knows nothing from after its day."""

from __future__ import annotations

import datetime as dt
import io
import re
from typing import Any
from xml.etree import ElementTree as ET

import polars as pl
import pytest
from starlette.testclient import TestClient

from detente.sample import sample_store_path
from detente.world import open_world

pytestmark = pytest.mark.xdist_group("web")  # what takes long to start is started once

PAGES = {
    "/": "/index.json",
    "/pair/USA-RUS": "/pair/USA-RUS.json",
    "/pair/USA-RUS/2018-07-20": "/pair/USA-RUS/2018-07-20.json",
    "/pair/IND-PAK/events?week=2019-02-25": "/pair/IND-PAK/events.json?week=2019-02-25",
    "/scoreboard": "/scoreboard.json",
    "/data": "/data.json",
    "/about": "/about.json",
    "/search?q=Kreml": "/search.json?q=Kreml",
}


@pytest.mark.parametrize("page", PAGES)
def test_every_page_has_a_twin_and_carries_its_own_protection(client: TestClient, page: str) -> None:
    """A page and its JSON answer; neither may run a script or a style from elsewhere, nor be framed."""
    for address, kind in ((page, "text/html"), (PAGES[page], "application/json")):
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert answer.headers["content-type"].startswith(kind)
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "script-src 'self'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
    text = client.get(page).text
    assert not re.search(r"<script(?! src=\"/static/)|<style|\sstyle=|\son\w+=", text)
    assert not re.search(r"(?:src|href)=\"(?:https?:)?//", text)


def test_a_dated_brief_is_what_was_known_on_its_day(client: TestClient) -> None:
    """The address of a day gives the world's own brief of that day, and nothing in it is from after it."""
    found = client.get("/pair/USA-RUS/2018-07-20.json").json()
    own = open_world(sample_store_path(), as_of="2018-07-20").pair("USA", "RUS").outlook().as_dict()
    same = ("headline", "standfirst", "forecasts", "provocations", "status", "what_moved_it", "level", "made_of")
    assert {name: found[name] for name in same} == {name: own[name] for name in same}
    assert found["level"]["weeks"][-1]["week_end"] == "2018-07-20"
    assert max(row["day"] for row in found["chronology"]) <= "2018-07-20"
    detail = found["detail"]
    assert max(max(row["moved"], row["answered"]) for row in detail["exchanges"]) <= "2018-07-20"
    assert {row["as_of"] for row in detail["measures"]} == {"2018-07-20"}
    assert detail["earlier"]["as_of"] == "2018-07-13"
    events = client.get("/pair/USA-RUS/events.json?since=2018-07-01&until=2018-08-30&as_of=2018-07-20").json()
    assert max(row["day"] for row in events["events"]) <= "2018-07-20"


def test_the_order_of_a_pair_is_the_readers(client: TestClient) -> None:
    """RUS-USA and USA-RUS are two addresses of one relation: the state named first leads, the numbers are the same."""
    one, other = (client.get(f"/pair/{pair}.json").json() for pair in ("USA-RUS", "RUS-USA"))
    assert [state["iso3"] for state in other["states"]] == ["RUS", "USA"]
    assert one["forecasts"] == other["forecasts"]


def test_latest_is_the_last_day_held(client: TestClient) -> None:
    """`latest` and no day at all are the same answer."""
    assert client.get("/pair/USA-RUS/latest.json").json()["as_of"] == "2019-03-25"
    assert client.get("/pair/USA-RUS/latest").status_code == 200


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ("/pair/usa-russia", "/pair/USA-RUS"),
        ("/pair/India-Pakistan", "/pair/IND-PAK"),
        ("/pair/USA-RUS?as_of=2018-07-20", "/pair/USA-RUS/2018-07-20"),
        ("/search?q=India%E2%80%93Pakistan", "/pair/IND-PAK"),
        ("/search?q=usa+russia", "/pair/USA-RUS"),
        ("/search?q=the+Kremlin+vs.+Washington", "/pair/RUS-USA"),
        ("/search?q=Guinea-Bissau+Senegal", "/pair/GNB-SEN"),
    ],
)
def test_other_spellings_lead_to_the_one_address(client: TestClient, asked: str, given: str) -> None:
    """Two states in any usual spelling, and a day from a form, are sent on to the address that stays."""
    answer = client.get(asked)
    assert answer.status_code == 303
    assert answer.headers["location"] == given


def test_what_is_held_already_is_not_sent_again(client: TestClient) -> None:
    """An ETag that is still true gives an empty 304; another does not; answers travel compressed."""
    first = client.get("/pair/USA-RUS")
    assert first.headers["content-encoding"] == "gzip"
    assert int(first.headers["content-length"]) < len(first.content) / 3
    again = client.get("/pair/USA-RUS", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get("/pair/USA-RUS", headers={"if-none-match": '"another"'}).status_code == 200
    plain = client.get("/pair/USA-RUS", headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.content == first.content


def test_series_are_the_same_in_every_format(client: TestClient) -> None:
    """CSV, Parquet and JSON of a series hold the same rows; each is named for the pair and the day."""
    base = "/pair/USA-RUS/2018-07-20/series/levels"
    parquet = pl.read_parquet(io.BytesIO(client.get(f"{base}.parquet").content))
    csv = pl.read_csv(io.BytesIO(client.get(f"{base}.csv").content), try_parse_dates=True)
    rows = client.get(f"{base}.json").json()["rows"]
    assert parquet.height == csv.height == len(rows) > 20
    assert csv["n"].to_list() == parquet["n"].to_list() == [row["n"] for row in rows]
    assert parquet["week_end"].max() == dt.date(2018, 7, 20)
    said = client.get(f"{base}.csv").headers["content-disposition"]
    assert said == 'attachment; filename="USA-RUS-levels-2018-07-20.csv"'


def test_every_series_that_is_named_can_be_had(client: TestClient) -> None:
    """All series of a pair and of the world answer; an unknown one says which there are."""
    links = client.get("/pair/USA-RUS.json").json()["links"]["series"]
    for name in links:
        assert client.get(links[name]["csv"]).status_code == 200, name
    for name in ("pairs", "coverage", "watch", "forecasts", "provocations"):
        assert client.get(f"/series/{name}.csv").status_code == 200, name
    lost = client.get("/pair/USA-RUS/series/gossip.csv")
    assert lost.status_code == 404
    assert "levels" in lost.json()["next_step"]


def test_feeds_are_feeds(client: TestClient) -> None:
    """RSS with a title, and items whose addresses answer."""
    for address in ("/watch.rss", "/pair/IND-PAK.rss"):
        root = ET.fromstring(client.get(address).text)  # noqa: S314 - our own text
        items = root.findall("channel/item")
        assert root.get("version") == "2.0"
        assert len(items) > 5
        links = [item.findtext("link") or "" for item in items]
        assert len(set(links)) == len(links)
        assert client.get(links[0].removeprefix("http://testserver")).status_code == 200


def test_a_chart_can_be_embedded_elsewhere_and_nothing_else_can(client: TestClient) -> None:
    """OEmbed names a frame; that page alone may be framed by others."""
    found = client.get("/oembed", params={"url": "http://testserver/pair/USA-RUS/2018-07-20"}).json()
    address = re.search(r'src="http://testserver([^"]+)"', found["html"])
    assert address
    frame = client.get(address[1])
    assert "frame-ancestors *" in frame.headers["content-security-policy"]
    assert 'class="chart"' in frame.text
    assert "2018-07-20" in frame.text
    assert client.get("/oembed", params={"url": "http://elsewhere.example/pair/USA-RUS"}).status_code == 404


def test_an_article_is_read_beside_the_model(client: TestClient) -> None:
    """What an article says comes with its sentence, and the model's answer of the article's day; nothing is kept."""
    pytest.importorskip("pycrfsuite")
    text = (
        "Relations between the United States and Russia are not likely to deteriorate soon, said Ann Lee, an analyst."
    )
    found: dict[str, Any] = client.post("/read.json", data={"text": text, "date": "2018-07-20"}).json()
    one = found["assessments"][0]
    assert (one["pair"], one["direction"], one["speaker"]["name"]) == ("RUS-USA", "deteriorate", "Ann Lee")
    assert found["data"]["as_of"] == "2018-07-20"
    assert 0 < found["data"]["rows"][0]["outlook"]["deteriorate"]["probability"] < 1
    late = client.post("/read.json", data={"text": text, "date": "2017-08-11"}).json()
    assert late["data"]["as_of"] == "2019-03-25"
    assert "not 11 August 2017" in late["data"]["as_of_why"]
    page = client.post("/read", data={"text": "<script>alert(1)</script>"})
    assert "<script>alert" not in page.text


def test_what_the_world_page_says_has_a_band(client: TestClient) -> None:
    """Shares of conflict and listed probabilities lie within their bands; no share of few events is called certain."""
    reply = client.get("/index.json").json()
    shares = [row for row in reply["map"]["relations"] if row["conflict_share"] is not None]
    for row in shares:
        assert row["conflict_share_low"] <= row["conflict_share"] <= row["conflict_share_high"]
        assert row["conflict_share_high"] - row["conflict_share_low"] > 0.01
    assert len(shares) > 50
    for order in ("deteriorate", "improve"):
        for row in reply["watch"]["lists"][order]:
            assert row[f"p_{order}_low"] <= row[f"p_{order}"] <= row[f"p_{order}_high"]
    page = client.get("/").text
    assert "90 % band" in page
    assert "has no band of its own" in page
