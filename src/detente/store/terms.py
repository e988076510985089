"""Terms of use that were accepted: of whose data, when, and in which words, by their digest."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from detente.errors import StoreError
from detente.store.manifest import write_durably

NAME = "TERMS.json"


@dataclass(frozen=True)
class AcceptedTerms:
    """One acceptance.

    Args:
        provider: Whose terms.
        sha256: Digest of their text.
        accepted_at: When (UTC).
        text: The text itself.
    """

    provider: str
    sha256: str
    accepted_at: str
    text: str


def read_terms(store: Path) -> list[AcceptedTerms]:
    """All acceptances, in order.

    Raises:
        StoreError: when the record is damaged.
    """
    try:
        return [AcceptedTerms(**entry) for entry in json.loads((store / NAME).read_text("utf-8"))]
    except FileNotFoundError:
        return []
    except (OSError, ValueError, TypeError) as error:
        raise StoreError(
            f"The terms accepted in {store} were to be read.",
            f"{NAME} is damaged ({error}).",
            "Remove it, and accept the terms again with `--accept-terms`.",
        ) from None


def accept_terms(store: Path, provider: str, text: str, sha256: str, *, now: dt.datetime) -> None:
    """Note that terms were accepted; the same terms are noted once.

    Raises:
        StoreError: when the store cannot be written.
    """
    from detente.store.writer import only_writer, translated  # noqa: PLC0415 - readers need no writer

    with translated(store), only_writer(store):
        held = read_terms(store)
        if not any((terms.provider, terms.sha256) == (provider, sha256) for terms in held):
            held.append(AcceptedTerms(provider, sha256, now.isoformat(timespec="seconds"), text))
            content = json.dumps([asdict(terms) for terms in held], ensure_ascii=False, indent=1)
            write_durably(store / NAME, (content + "\n").encode())
