"""A coder that asks a model: a real server on the loopback address speaks the protocol with recorded answers."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

pytest.importorskip("spacy", reason="the extra `reading` is not installed")
pytest.importorskip("pycrfsuite", reason="the extra `reading` is not installed")

from detente.cli import app
from detente.coding.hosted import MOST_TOKENS, CapError, HostedCoder, Purse, request_for, types_told
from detente.coding.texts import Problem, Task, code_lines
from detente.errors import ConfigError
from detente.sources.chat import KEY, ChatEndpoint

#: What a model once said of these marked texts; anything else is said to be nothing.
RECORDED = {
    "⟦actor: Peru⟧ threatened to cut aid to ⟦recipient: Chile⟧.": ("THREATEN", 0.97),
    "⟦actor: Peru⟧ released ten soldiers of ⟦recipient: Chile⟧.": ("RETREAT", 0.9),
    "⟦actor: Poland⟧ condemned ⟦recipient: Russia⟧ on Monday.": ("ACCUSE", 0.99),
}
TOKENS = {"prompt_tokens": 400, "completion_tokens": 15}
SECRET = "k-never-shown"  # noqa: S105 - made up


class Model(ThreadingHTTPServer):
    """Answers from the record; what stands in ``rude`` is answered first, once each: a status or a body."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Asked)
        self.asked: list[dict[str, Any]] = []
        self.keys: list[str | None] = []
        self.rude: list[int | str] = []

    @property
    def base(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.server_port}/v1"


class Asked(BaseHTTPRequestHandler):
    """One question."""

    server: Model

    def do_POST(self) -> None:
        """Say what was recorded."""
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append(request)
        self.server.keys.append(self.headers.get("Authorization"))
        rude = self.server.rude.pop(0) if self.server.rude else None
        name, value = RECORDED.get(request["messages"][-1]["content"], ("NONE", 1))
        said = f'Sure: {{"event_type": "{name}", "probability": {value}}}'
        whole = json.dumps({"choices": [{"message": {"content": said}}], "usage": TOKENS})
        body = (rude if isinstance(rude, str) else whole).encode()
        self.send_response(rude if isinstance(rude, int) else 200 if self.path == "/v1/chat/completions" else 404)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch) -> Iterator[Model]:
    """The server; no proxy stands between, and the environment holds no key."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.delenv(KEY, raising=False)
    server = Model()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def _coder(model: Model, folder: Path, *, cap: float = 1.0, name: str = "m1") -> HostedCoder:
    return HostedCoder(
        name, model.base, ChatEndpoint(model.base).complete, Purse(cap, 1.0, 2.0), folder, sleep=lambda _: None
    )


def _line(number: int, deed: str) -> tuple[int, str]:
    text = f"Peru {deed} Chile."
    at = text.index("Chile")
    record = {"id": number, "text": text, "actor_span": [0, 4], "recipient_span": [at, at + 5]}
    return number, json.dumps(record)


LINES = [_line(1, "threatened to cut aid to"), _line(2, "released ten soldiers of")]


def test_given_pairs_are_asked_once_and_kept(model: Model, tmp_path: Path) -> None:
    """Types are of our list, the coder is named, costs are counted; a second run asks nothing, another model does."""
    coder = _coder(model, tmp_path)
    rows = list(code_lines(LINES, Task(given_actors=True), coder=coder))
    assert [(row["event_type"], row["quad"]) for row in rows if isinstance(row, dict)] == [
        ("THREATEN", "verbal conflict"),
        ("YIELD", "material cooperation"),
    ]
    assert all(isinstance(row, dict) and row["coder"].startswith("openai:m1 (hosted-v1") for row in rows)
    assert coder.purse.spent == pytest.approx(2 * (400 * 1.0 + 15 * 2.0) / 1e6)
    assert list(code_lines(LINES, Task(given_actors=True), coder=_coder(model, tmp_path))) == rows
    assert len(model.asked) == 2
    list(code_lines(LINES, Task(given_actors=True), coder=_coder(model, tmp_path, name="m2")))
    assert [request["model"] for request in model.asked] == ["m1", "m1", "m2", "m2"]
    assert model.asked[0]["max_tokens"] == MOST_TOKENS


def test_the_cap_is_never_passed(model: Model, tmp_path: Path) -> None:
    """A question that could cost more than is left is not asked; what was coded by then stays."""
    words = "⟦actor: Peru⟧ released ten soldiers of ⟦recipient: Chile⟧."
    size = sum(len(message["content"].encode()) for message in request_for("m1", words, may_be_none=False)["messages"])
    coder = _coder(model, tmp_path, cap=(size + 350) / 1e6)
    rows = code_lines(LINES, Task(given_actors=True), coder=coder)
    assert isinstance(next(rows), dict)
    with pytest.raises(CapError, match="--max-cost"):
        next(rows)
    assert len(model.asked) == 1
    assert coder.purse.spent <= coder.purse.cap


def test_what_a_server_does_wrong_is_said(model: Model, tmp_path: Path) -> None:
    """It is asked again where that may help; an answer of no sense is a problem of its line; a refusal ends the run."""
    model.rude = [503, "no json", 500]
    coder = _coder(model, tmp_path)
    assert "status 500" in _why(coder, LINES[0])
    assert coder.purse.spent > 3 * 400 / 1e6, "what may have been answered counts at its most"
    assert isinstance(next(code_lines(LINES[:1], Task(given_actors=True), coder=coder)), dict)
    unread = json.dumps({"choices": [{"message": {"content": '{"event_type": "WAR", "probability": 1}'}}]})
    model.rude = [unread]
    assert "none that is known" in _why(_coder(model, tmp_path / "b"), LINES[0])
    for status, message in ((401, KEY), (404, "the model 'm1'")):
        model.rude = [status]
        with pytest.raises(ConfigError, match=message):
            _why(_coder(model, tmp_path / "b"), LINES[0])
    model.rude = [503] * 30
    coder = _coder(model, tmp_path / "c")
    with pytest.raises(ConfigError, match="in a row"):
        list(code_lines([_line(number, f"praised {number} times") for number in range(9)], Task(True), coder=coder))


def _why(coder: HostedCoder, line: tuple[int, str]) -> str:
    found = next(code_lines([line], Task(given_actors=True), coder=coder))
    assert isinstance(found, Problem)
    return found.why


def test_the_command_asks_only_where_everything_is_said(
    model: Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Events of raw text come from the model; the key goes out as a header and stands in nothing of ours."""
    monkeypatch.setenv(KEY, SECRET)
    monkeypatch.setenv("DETENTE_CODER_CACHE", str(tmp_path / "cache"))
    source = tmp_path / "in.jsonl"
    source.write_text(json.dumps({"id": "a", "text": "Poland condemned Russia on Monday."}) + "\n", "utf-8")
    options = ["code", str(source), "--coder", "openai:m1", "--endpoint", model.base]
    for words, message in (
        (options, "--max-cost"),
        ([*options, "--price", "1", "--max-cost", "1"], "IN,OUT"),
        ([*options, "--price", "1,1", "--max-cost", "1", "--jobs", "2"], "--jobs"),
        (["code", str(source), "--endpoint", model.base], "--coder"),
        (["code", str(source), "--coder", "other"], "openai:MODEL"),
    ):
        refused = CliRunner().invoke(app, words)
        assert isinstance(refused.exception, ConfigError)
        assert message in str(refused.exception)
    assert not model.asked
    run = CliRunner().invoke(app, [*options, "--price", "0.1,0.4", "--max-cost", "1"])
    row = json.loads(run.stdout)
    assert [(e["actor"], e["recipient"], e["event_type"], e["probability"]) for e in row["events"]] == [
        ("POL", "RUS", "ACCUSE", 0.99)
    ]
    assert "2 questions to m1" in run.stderr
    assert model.keys == [f"Bearer {SECRET}"] * 2
    kept = "".join(path.read_text("utf-8") for path in (tmp_path / "cache").rglob("*.json"))
    assert SECRET not in run.output + kept
    with pytest.raises(ConfigError, match="unencrypted") as open_line:
        ChatEndpoint("http://models.example/v1")
    assert SECRET not in str(open_line.value)


def test_what_is_asked_names_every_type() -> None:
    """The 15 types with their meanings stand in the question, and that nothing may happen where that may be."""
    told = request_for("m", "words", may_be_none=True)["messages"][0]["content"]
    assert len(types_told()) == 15
    assert all(f"{name}: " in told for name in [*types_told(), "NONE"])
    assert "NONE" not in request_for("m", "words", may_be_none=False)["messages"][0]["content"]
