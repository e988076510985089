"""Templates and the few files that a page needs; each file is named by its content, so that it can be kept for ever."""

from __future__ import annotations

import datetime as dt
import hashlib
from functools import cache
from importlib.resources import files
from typing import Any

import jinja2

from detente import __version__
from detente.outlook.charts import CHART_STYLE, PALETTE
from detente.outlook.html import PAGE_STYLE
from detente.outlook.score_charts import SCORE_STYLE
from detente.outlook.typefaces import TYPEFACES, read_typeface, typeface_style
from detente.outlook.words import (
    format_band,
    format_change,
    format_day,
    format_number,
    format_probability,
    short_name,
)
from detente.web.answer import Answer, make_answer

_FOREVER = (("Cache-Control", "public, max-age=31536000, immutable"),)
_FILES = {
    "site.js": "text/javascript; charset=utf-8",
    "icon.svg": "image/svg+xml",
}


@cache
def static_files() -> dict[str, Answer]:
    """Every file of the site by its name, ready to be sent; nothing else can be asked for."""
    folder = files("detente.web").joinpath("static")
    found = {
        name: make_answer(folder.joinpath(name).read_bytes(), media, headers=_FOREVER) for name, media in _FILES.items()
    }
    faces = {name: make_answer(read_typeface(name), "font/woff2", headers=_FOREVER) for name in TYPEFACES}
    fonts = typeface_style({name: _name(name, face) for name, face in faces.items()})
    own = folder.joinpath("site.css").read_text("utf-8")
    style = fonts + PALETTE + CHART_STYLE + SCORE_STYLE + PAGE_STYLE + own
    return found | faces | {"site.css": make_answer(style, "text/css; charset=utf-8", headers=_FOREVER)}


@cache
def static_address(name: str) -> str:
    """The address of a file, with the beginning of its digest."""
    return _name(name, static_files()[name])


def _name(name: str, file: Answer) -> str:
    return f"/static/{name}?{hashlib.sha256(file.body).hexdigest()[:10]}"


def render(template: str, **values: Any) -> str:  # noqa: ANN401 - whatever a template shows
    """A template filled in; every value is escaped unless it was made safe by us."""
    return _templates().get_template(template).render(version=__version__, **values)


def _change(value: float | None, decimals: int = 1) -> str:
    return "–" if value is None else format_change(value, decimals)


@cache
def _templates() -> jinja2.Environment:
    made = jinja2.Environment(
        loader=jinja2.PackageLoader("detente.web"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals["static"] = static_address
    made.filters |= {
        "day": lambda text: format_day(dt.date.fromisoformat(str(text)[:10])),
        "percent": lambda value: "–" if value is None else format_probability(value),
        "band": lambda row: format_band(row["low"], row["high"]),
        "number": format_number,
        "change": _change,
        "short": short_name,
    }
    return made
