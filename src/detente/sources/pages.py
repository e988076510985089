"""One page of the web, as bytes or text, for whoever reads it: no file, no private address, nothing that is no text.

In: an address. Out: what stands there, bounded. Nothing is kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from email.message import Message

from detente.errors import SourceError
from detente.sources.exchange import Broken, Patience
from detente.sources.fetch import Door

#: A news page is far below 1 MB of HTML; ten times that is a mistake or an attack.
LARGEST_BYTES = 10_000_000
KINDS = ("text/html", "application/xhtml+xml", "text/plain")
_PATIENCE = Patience(tries=1, stall_seconds=20.0, most_bytes=LARGEST_BYTES)
_SAVE_IT = "Save the page yourself and name the file, or use -."


@dataclass(frozen=True)
class Page:
    """A page as it came.

    Args:
        content: Its text where the server says in what letters it is written, else its bytes.
        kind: Its content type, one of ``KINDS``.
    """

    content: str | bytes
    kind: str


def fetch_page(url: str, *, allow_private: bool = False, patience: Patience = _PATIENCE) -> Page:
    """Fetch a page, following redirects; each address on the way is checked.

    Args:
        url: Its address, http or https.
        allow_private: Whether this computer and private networks may be asked.
        patience: How long to bear with the server, and how long the page may be.

    Raises:
        ConfigError: when it is no such address.
        SourceError: when nothing usable is there, or it may not be asked.
    """
    door = Door(patience, any_host=True, public_only=not allow_private)
    try:
        with door.ask(url, {"Accept": ", ".join(KINDS)}) as reply:
            if reply.status != 200:
                raise _refused(url, f"The server answers with status {reply.status}.")
            header = Message()
            header["content-type"] = reply.headers.get("content-type", "")
            kind = header.get_content_type()
            if kind not in KINDS or not header["content-type"]:
                raise _refused(url, f"It is {header['content-type'] or 'of no kind that is named'}, no page of text.")
            content = b"".join(reply.pieces)
    except Broken as broken:
        raise _refused(url, f"It could not be had: {broken.reason}.") from None
    return Page(_decoded(content, header.get_content_charset()), kind)


def _decoded(content: bytes, letters: str | None) -> str | bytes:
    """The text where the letters are named and known; else the bytes: the page itself may say."""
    try:
        return content.decode(letters) if letters else content
    except (LookupError, UnicodeDecodeError):
        return content


def _refused(url: str, found: str) -> SourceError:
    return SourceError(f"The page {url[:200]} was to be read.", found, _SAVE_IT)
