"""The two typefaces of a page: Source Serif 4 and Source Sans 3, Latin letters, under the SIL Open Font License.

They travel with the package, so that a page looks the same everywhere and asks nobody for them.
"""

from __future__ import annotations

import base64
from functools import cache
from importlib.resources import files

#: File, and the name by which pages call it.
TYPEFACES = {"serif.woff2": "Source Serif 4", "sans.woff2": "Source Sans 3"}
_FACE = (
    '@font-face{{font-family:"{name}";font-weight:200 900;font-style:normal;font-display:swap;'
    'src:url("{address}") format("woff2")}}\n'
)


@cache
def read_typeface(file: str) -> bytes:
    """The content of a typeface's file."""
    return files("detente.outlook").joinpath("fonts", file).read_bytes()


def typeface_style(addresses: dict[str, str]) -> str:
    """The style that names both typefaces.

    Args:
        addresses: Where each file is.
    """
    return "".join(_FACE.format(name=name, address=addresses[file]) for file, name in TYPEFACES.items())


@cache
def embedded_typefaces() -> str:
    """The style that holds both typefaces itself, for a page that must stand alone."""
    coded = {file: base64.b64encode(read_typeface(file)).decode("ascii") for file in TYPEFACES}
    return typeface_style({file: f"data:font/woff2;base64,{text}" for file, text in coded.items()})
