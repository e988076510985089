"""The ledger as a table, and which of its forecasts were made before the fact."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import polars as pl

from detente.domain.tables import ISSUED, OUTCOMES, check_table
from detente.errors import StoreError

if TYPE_CHECKING:
    from detente.store import Chain

#: Public, versioned name of the rule that tells a forecast from a replay.
LIVE_RULE = "live-v1"
#: Days after its origin by which a forecast must have been written down: data arrive late, by some days.
LIVE_DAYS = 7


def read_issued(ledger: Chain) -> pl.DataFrame:
    """All forecasts of the ledger in order: rows of the table ``issued``.

    Raises:
        StoreError: when a record is not of the form that this version writes.
    """
    try:
        rows = [_row(record) for record in ledger.records() if record["question"]["kind"] == "outlook"]
    except (KeyError, TypeError, ValueError) as error:
        raise StoreError(
            f"The ledger {ledger.path} was to be read.",
            f"A record has another form than this version knows ({error!r}).",
            "Use the version of Détente that wrote it.",
        ) from None
    return check_table(pl.DataFrame(rows, schema=ISSUED.schema), ISSUED)


def is_live(issued_at: dt.datetime, origin: dt.date, data_until: dt.date) -> bool:
    """Whether a forecast was made before the fact (``live-v1``).

    It was written down within seven days of the end of its origin, and the store that it was made from held nothing
    from after the origin. Anything else is a replay.
    """
    return data_until <= origin and issued_at.date() <= origin + dt.timedelta(days=LIVE_DAYS)


def _row(record: Mapping[str, Any]) -> dict[str, Any]:
    question, answer, base = record["question"], record["answer"], record["base_rates"]
    issued_at = dt.datetime.fromisoformat(record["issued_at"])
    origin, until = (dt.date.fromisoformat(day) for day in (question["origin"], record["data_until"]))
    return {
        "id": record["id"],
        "number": record["number"],
        "issued_at": issued_at,
        "record": "live" if is_live(issued_at, origin, until) else "replay",
        "provider": question["provider"],
        "pair": question["pair"],
        "origin": origin,
        "horizon_weeks": question["horizon_weeks"],
        "closes": dt.date.fromisoformat(question["closes"]),
        "rule": question["rule"],
        "model": answer["model"],
        **{f"p_{name}": answer["probabilities"][name] for name in OUTCOMES},
        **{f"base_{name}": base[name] for name in OUTCOMES},
        "usual_news": None,  # a record of a rule that divided no news out has none
        **record["figures"],
        "data_version": record["data_version"],
        "data_until": until,
    }
