"""An article as given, a file or a page, to clean text with its sentences, date, outlet and title.

What it refuses: files that are not text, files over ``LARGEST_BYTES``, addresses: pages are fetched by ``sources``.
What it bounds: nesting of a page, length of the text and of its sentences; each bound that was met is named in
``issues``. It never opens the network.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from detente.coding.sentences import Span, find_sentences
from detente.errors import ConfigError, DataError

#: A news page is far below 1 MB of HTML; ten times that is a mistake or an attack.
LARGEST_BYTES = 10_000_000
#: About 30,000 words: no article is longer; the rest is left unread and said so.
LONGEST_TEXT = 200_000
#: Deeper pages are stripped of their tags instead of being parsed as a tree.
DEEPEST_TAGS = 400
_LATIN_SHARE = 0.6
_HTML = re.compile(r"<(?:!doctype\s+html|html|head|body|article|div|p)\b", re.IGNORECASE)
_SCRIPT = re.compile(r"<(script|style|noscript|template)\b[^<>]{0,5000}>.*?(?:</\1\s*>|\Z)", re.IGNORECASE | re.DOTALL)
#: A bracket that opens no tag because another follows: thousands of them make tree builders slow.
_STRAY = re.compile(r"<(?=\s{0,9}<)")
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,20})\b[^<>]{0,5000}>")
_VOID = frozenset(
    ["br", "img", "hr", "meta", "link", "input", "p", "li", "source", "wbr", "area", "base", "col", "td", "tr", "th"]
)
_ISO_DAY = re.compile(r"(?<!\d)(\d{4}-\d{2}-\d{2})(?!\d)")
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_LONG_DAY = re.compile(
    rf"\b(?:(\d{{1,2}})\s+({'|'.join(_MONTHS)})|({'|'.join(_MONTHS)})\s+(\d{{1,2}})),?\s+(\d{{4}})\b"
)
_BYLINE = re.compile(r"^By ([A-Z][\w.'’-]+(?: (?!Updated|Published|Posted)[A-Z][\w.'’-]+){1,3})")


@dataclass(frozen=True)
class Article:
    """A text ready to be read.

    Args:
        text: The text that all places refer to: as given, or as extracted from the page.
        sentences: Its sentences.
        date: The day it was published; None where nothing says.
        date_from: Where the day was read: ``given``, ``page``, ``text`` or ``file name``.
        outlet: Who published it, where the page says.
        title: Its headline.
        author: Who wrote it.
        headlines: Places in ``sentences`` that are headline, standfirst or other lines that are no sentences.
        issues: What was bounded or could not be read.
    """

    text: str
    sentences: tuple[Span, ...]
    date: dt.date | None = None
    date_from: str = ""
    outlet: str | None = None
    title: str | None = None
    author: str | None = None
    headlines: frozenset[int] = frozenset()
    issues: tuple[str, ...] = field(default=())


def load_article(place: str, *, date: dt.date | None = None) -> Article:
    """Read an article from a file.

    Args:
        place: The file's path.
        date: The day of publication, where the caller knows it.

    Raises:
        ConfigError: when it is an address, or no file that can be read.
        DataError: when the file is too large or holds no text.
    """
    check_place(place)
    path = Path(place)
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise _too_large(path.stat().st_size)
        content = path.read_bytes()
    except OSError as error:
        raise ConfigError(f"{place} was to be read.", f"It cannot be: {error.strerror}.", "Name a file.") from None
    return parse_article(content, date=date, name=path.name)


def is_page(place: str) -> bool:
    """Whether a place is the address of a page, which somebody else has to fetch."""
    return urlsplit(place).scheme in ("http", "https")


def check_place(place: str) -> None:
    """Pass a file's path; refuse an address.

    Raises:
        ConfigError: when it is an address, saying which kind.
    """
    parts = urlsplit(place)
    if len(parts.scheme) < 2 or "://" not in place:
        return
    asked = f"{place[:200]} was to be read."
    if not is_page(place):
        raise ConfigError(asked, f"Addresses of the kind {parts.scheme}: are never read.", "Name the file itself.")
    raise ConfigError(asked, "It is an address, no file.", "Fetch the page first, or name a file.")


def parse_article(content: bytes | str, *, date: dt.date | None = None, name: str = "") -> Article:
    """An article from the content of a file: HTML or plain text, told apart by what is in it.

    Args:
        content: What was in the file.
        date: The day of publication, where the caller knows it.
        name: The file's name; an ISO date in it counts where nothing better says the day.

    Raises:
        DataError: when it is too large or is no text.
    """
    text = _decoded(content)
    issues: list[str] = []
    about: dict[str, str | None] = {}
    if _HTML.search(text[:20_000]):
        text, about = _from_page(text, issues)
    if len(text) > LONGEST_TEXT:
        issues.append(f"read to character {LONGEST_TEXT} of {len(text)}")
        text = text[:LONGEST_TEXT]
    if not text.strip():
        raise DataError("An article was to be read.", "It holds no text.", "Give a page or file with sentences.")
    letters = [char for char in text[:20_000] if char.isalpha()]
    if letters and sum(ord(char) < 0x250 for char in letters) < _LATIN_SHARE * len(letters):
        issues.append("not in Latin letters: nothing in it is read")
        return Article(text, (), date, "given" if date else "", issues=tuple(issues))
    day, date_from = _day(date, about.get("date"), text, name)
    sentences = tuple(find_sentences(text))
    headlines = _headlines(text, sentences)
    byline = next((m for i in sorted(headlines) if (m := _BYLINE.match(sentences[i].of(text)))), None)
    return Article(
        text,
        sentences,
        day,
        date_from,
        outlet=about.get("outlet"),
        title=about.get("title") or _title(text, sentences, headlines),
        author=about.get("author") or (byline[1] if byline else None),
        headlines=headlines,
        issues=tuple(issues),
    )


def _decoded(content: bytes | str) -> str:
    if isinstance(content, str):
        content = content.encode("utf-8", "surrogatepass")
    if len(content) > LARGEST_BYTES:
        raise _too_large(len(content))
    head = content[:100_000]
    strange = sum(byte < 9 or 13 < byte < 27 or 27 < byte < 32 for byte in head)
    if b"\0" in head or strange > 0.01 * max(len(head), 1):
        raise DataError("An article was to be read.", "It is not text but a binary file.", "Give HTML or plain text.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", "replace")
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", " ")


def _too_large(size: int) -> DataError:
    return DataError(
        "An article was to be read.",
        f"It has {size / 1e6:.0f} MB; at most {LARGEST_BYTES / 1e6:.0f} MB are read.",
        "Give the article alone.",
    )


def _from_page(page: str, issues: list[str]) -> tuple[str, dict[str, str | None]]:
    """Text and metadata of a page; tags alone are stripped where its tree is too deep or nothing is found."""
    page = _SCRIPT.sub(" ", _STRAY.sub(" ", page))
    if _depth(page) > DEEPEST_TAGS:
        issues.append("tags nested too deep: read without the page's structure")
        return _stripped(page), {}
    try:
        from trafilatura import bare_extraction  # noqa: PLC0415 - heavy; only pages need it
    except ImportError:
        issues.append("the extra `reading` is not installed: read without the page's structure")
        return _stripped(page), {}
    found: Any = bare_extraction(page, with_metadata=True, include_comments=False, include_tables=False)
    if found is None or not found.text:
        issues.append("no article found in the page: all of its text is read")
        return _stripped(page), {}
    return found.text, {
        "title": found.title,
        "date": found.date,
        "outlet": found.sitename or found.hostname,
        "author": found.author,
    }


def _depth(page: str) -> int:
    depth = deepest = 0
    for match in _TAG.finditer(page):
        if match[2].lower() in _VOID:
            continue
        depth = max(depth - 1, 0) if match[1] else depth + 1
        deepest = max(deepest, depth)
    return deepest


def _stripped(page: str) -> str:
    import html  # noqa: PLC0415 - only pages need it

    text = html.unescape(
        _TAG.sub(lambda m: "\n" if m[2].lower() in ("p", "br", "div", "li", "h1", "h2") else " ", page)
    )
    return re.sub(r"[ \t]+", " ", re.sub(r"\n\s*\n+", "\n\n", text)).strip()


def _day(given: dt.date | None, of_page: str | None, text: str, name: str) -> tuple[dt.date | None, str]:
    if given:
        return given, "given"
    if of_page and (day := _iso(of_page)):
        return day, "page"
    head = text[:600]
    if (match := _ISO_DAY.search(head)) and (day := _iso(match[1])):
        return day, "text"
    if match := _LONG_DAY.search(head):
        month = _MONTHS.index(match[2] or match[3]) + 1
        if day := _iso(f"{match[5]}-{month:02d}-{int(match[1] or match[4]):02d}"):
            return day, "text"
    if (match := _ISO_DAY.search(name)) and (day := _iso(match[1])):
        return day, "file name"
    return None, ""


def _iso(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text[:10])
    except ValueError:
        return None


def _headlines(text: str, sentences: tuple[Span, ...]) -> frozenset[int]:
    """Lines before the first full sentence of at least eight words that ends with a full stop."""
    found = set()
    for place, span in enumerate(sentences):
        words = span.of(text)
        if re.search(r"[.!?…][\"”’')]*$", words) and len(words.split()) >= 8:
            break
        found.add(place)
    return frozenset(found) if len(found) < len(sentences) else frozenset()


def _title(text: str, sentences: tuple[Span, ...], headlines: frozenset[int]) -> str | None:
    """The first of the headlines that has four words or more and is no byline."""
    lines = [sentences[place].of(text) for place in sorted(headlines)]
    return next((line for line in lines if len(line.split()) >= 4 and not _BYLINE.match(line)), None)
