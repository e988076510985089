"""A model behind an OpenAI-compatible endpoint, asked one question at a time through the one door.

In: a request as that protocol has it. Out: what the model said and how many tokens it took. The key comes from the
environment alone, is sent to nobody else and stands in no message of ours. What to ask is for ``coding`` to know.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from detente.errors import ConfigError, SourceError
from detente.sources.addresses import scheme_and_host
from detente.sources.exchange import Broken, Patience, wait_asked
from detente.sources.fetch import Door

KEY = "DETENTE_CODER_KEY"
#: An answer of ours is a line; a server that sends more is no such model.
_PATIENCE = Patience(stall_seconds=120.0, most_bytes=1_000_000)
_LONGEST_WAIT = 60.0
_HERE = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True)
class Said:
    """An answer: its text, and the tokens of question and answer where the server counts them."""

    text: str
    tokens_in: int | None
    tokens_out: int | None


@dataclass
class ChatEndpoint:
    """An endpoint of the protocol, local or hosted.

    Args:
        base: Its address up to ``/v1`` or the like.
        patience: How long to bear with it.

    Raises:
        ConfigError: when the key would go over an open line.
    """

    base: str
    patience: Patience = _PATIENCE
    _door: Door = field(init=False, repr=False)
    _key: str | None = field(init=False, repr=False)

    def __post_init__(self) -> None:
        scheme, host = scheme_and_host(self.base)
        self._door, self._key = Door(self.patience), os.environ.get(KEY) or None
        if self._key and scheme != "https" and host not in _HERE:
            raise ConfigError(
                f"The endpoint {self.base} was to be asked.",
                f"The key in {KEY} would go there unencrypted.",
                "Use an https address, or unset the key.",
            )

    def complete(self, request: Mapping[str, Any]) -> Said:
        """Ask once.

        Args:
            request: The body of the request.

        Raises:
            ConfigError: when the endpoint refuses the key, the model or the request: asking again is pointless.
            SourceError: when it cannot be had now, or answers in another form.
        """
        url = f"{self.base.rstrip('/')}/chat/completions"
        headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {self._key}"} if self._key else {})
        try:
            with self._door.ask(url, headers, body=json.dumps(request).encode()) as reply:
                if reply.status != 200:
                    self._door.hold(url, min(wait_asked(reply.headers) or 0.0, _LONGEST_WAIT))
                    raise self._refusal(reply.status, str(request.get("model")))
                content = b"".join(reply.pieces)
        except Broken as broken:
            raise SourceError(self._asked, f"No answer came: {broken.reason}.", "Try again later.") from None
        return self._read(content)

    @property
    def _asked(self) -> str:
        return f"The model at {self.base} was asked."

    def _refusal(self, status: int, model: str) -> ConfigError | SourceError:
        if status in (401, 403):
            return ConfigError(
                self._asked, f"It refuses the key (status {status}).", f"Set {KEY} to one that it knows."
            )
        if status in (400, 404, 405, 413, 422):
            return ConfigError(
                self._asked,
                f"It refuses the request (status {status}).",
                f"Check the endpoint and the model {model!r}.",
            )
        return SourceError(self._asked, f"It answers with status {status}.", "Try again later.")

    def _read(self, content: bytes) -> Said:
        try:
            answer = json.loads(content)
            text = answer["choices"][0]["message"]["content"]
            used = answer.get("usage") or {}
            counts = [used.get(name) for name in ("prompt_tokens", "completion_tokens")]
        except (ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError):
            text = None
        if not isinstance(text, str):
            raise SourceError(self._asked, "The answer is not of the protocol's form.", "Check the endpoint's address.")
        tokens = [count if type(count) is int and count >= 0 else None for count in counts]
        return Said(text, *tokens)
