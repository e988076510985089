"""How addresses are described in the OpenAPI document: parameters, errors, media types."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import Path, Query

PairName = Annotated[
    str, Path(pattern="^[A-Z]{3}-[A-Z]{3}$", description="Two ISO 3166 alpha-3 codes, as in USA-RUS.", max_length=7)
]
DayName = Annotated[
    str,
    Path(
        pattern=r"^(latest|\d{4}-\d{2}-\d{2})$",
        description="The day at whose end to read, or `latest`.",
        examples=["2018-07-20", "latest"],
    ),
]
AsOf = Annotated[str | None, Query(pattern=r"^\d{4}-\d{2}-\d{2}$", description="Read as known at the end of this day.")]
State = Annotated[str | None, Query(pattern="^[A-Z]{3}$", description="A state, ISO 3166 alpha-3.")]
Day = Annotated[str | None, Query(pattern=r"^\d{4}-\d{2}-\d{2}$")]
Limit = Annotated[int, Query(ge=1, le=1000)]
Offset = Annotated[int, Query(ge=0, le=10_000_000)]
Format = Literal["json", "csv", "parquet"]

_ERROR = {
    "type": "object",
    "required": ["error", "asked", "found", "next_step"],
    "properties": {name: {"type": "string"} for name in ("error", "asked", "found", "next_step")},
    "additionalProperties": False,
}
_OF_ERRORS = {
    400: "The request cannot be understood.",
    404: "No such pair, day or series, or nothing was known by then.",
    413: "The body is too large.",
    414: "The address is too long.",
    422: "A value is not of the kind that is taken.",
    503: "The data cannot be read now.",
}


def responses(*media: str) -> dict[int | str, dict[str, Any]]:
    """The answers of an address: its media types, not changed, and the errors in their one shape."""
    schema = {"type": "object"}
    content = {kind: {"schema": schema if kind == "application/json" else {"type": "string"}} for kind in media}
    error = {"application/json": {"schema": _ERROR}}
    return {
        200: {"description": "The answer.", "content": content},
        304: {"description": "Not changed since the ETag."},
        **{status: {"description": said, "content": error} for status, said in _OF_ERRORS.items()},
    }
