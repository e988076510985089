"""Make the outlines of the world map: world-atlas geometry, cut at the antimeridian, projected and rounded.

python scripts/draw_world_map.py WORLD_ATLAS_FOLDER CODES_JSON

The first is the unpacked npm package world-atlas 2.0.2 (ISC; made from Natural Earth, which is in the public domain),
the second the file codes.json of the npm package i18n-iso-countries (the numbers of ISO 3166). Its shapes are stitched
across the antimeridian: a planar drawing would smear Russia and Fiji over the whole map, so every ring is unwrapped and
clipped to its side. States too small to have a shape at this scale get a point from the finer one.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

from detente.codebook import states

TARGET = Path(__file__).resolve().parents[1] / "src" / "detente" / "web" / "geometry" / "world.json"
NOTE = (
    "Outlines made by scripts/draw_world_map.py from world-atlas 2.0.2 (npm; ISC licence, copyright 2013-2019 Michael "
    "Bostock), itself made from Natural Earth (public domain). Equal Earth projection. Borders are drawn as the data "
    "have them; no position on any territory is meant."
)
WIDTH, TOP, BOTTOM = 960.0, 83.7, -56.0
#: Shapes without a number in the data, by their names there; the others of these are drawn as land without a state.
UNNUMBERED = {"Kosovo": "XKX"}
SKIPPED = {"Antarctica"}
Point = tuple[float, float]
_A = (1.340264, -0.081106, 0.000893, 0.003796)


def main(folder: str, codes: str) -> None:
    """Write the outlines."""
    numbers = {row[2]: row[1] for row in json.loads(Path(codes).read_text("utf-8"))}
    coarse, fine = (json.loads((Path(folder) / f"countries-{size}m.json").read_text("utf-8")) for size in ("110", "50"))
    present = set(states())
    shapes: dict[str, str] = {}
    land = []
    for _, iso3, rings in _countries(coarse, numbers):
        path = "".join(_path(ring) for ring in rings)
        if iso3 in present:
            shapes[iso3] = path
        else:
            land.append(path)
    small = present - set(shapes)
    points = {iso3: _middle(rings) for _, iso3, rings in _countries(fine, numbers) if iso3 in small}
    top, bottom = _project(0, TOP)[1], _project(0, BOTTOM)[1]
    made = {
        "note": NOTE,
        "width": WIDTH,
        "height": round(bottom - top, 1),
        "shapes": dict(sorted(shapes.items())),
        "land": land,
        "points": dict(sorted(points.items())),
    }
    TARGET.write_text(json.dumps(made, separators=(",", ":")) + "\n", "utf-8")
    print(f"wrote {TARGET.name}: {len(shapes)} shapes, {len(points)} points, {TARGET.stat().st_size:,} bytes")


def _countries(atlas: dict[str, Any], numbers: dict[str, str]) -> Iterator[tuple[str, str | None, list[list[Point]]]]:
    arcs = [_arc(arc, atlas["transform"]) for arc in atlas["arcs"]]
    for shape in atlas["objects"]["countries"]["geometries"]:
        name = shape["properties"]["name"]
        iso3 = UNNUMBERED.get(name) or numbers.get(str(shape.get("id", "")).zfill(3))
        if name in SKIPPED:
            continue
        polygons = [shape["arcs"]] if shape["type"] == "Polygon" else shape["arcs"]
        rings = [part for polygon in polygons for ring in polygon for part in _cut(_join(ring, arcs))]
        yield name, iso3, rings


def _arc(arc: list[list[int]], transform: dict[str, list[float]]) -> list[Point]:
    x = y = 0
    points = []
    for dx, dy in arc:
        x, y = x + dx, y + dy
        points.append(
            (
                x * transform["scale"][0] + transform["translate"][0],
                y * transform["scale"][1] + transform["translate"][1],
            )
        )
    return points


def _join(ring: list[int], arcs: list[list[Point]]) -> list[Point]:
    points: list[Point] = []
    for index in ring:
        arc = arcs[index] if index >= 0 else arcs[~index][::-1]
        points += arc if not points else arc[1:]
    return points


def _cut(ring: list[Point]) -> Iterator[list[Point]]:
    """A ring unwrapped over the antimeridian, then clipped to the map and to its copies one turn away."""
    unwrapped = [ring[0]]
    for lon, lat in ring[1:]:
        turn = round((unwrapped[-1][0] - lon) / 360.0)
        unwrapped.append((lon + 360.0 * turn, lat))
    for turn in (-360.0, 0.0, 360.0):
        part = [(lon + turn, lat) for lon, lat in unwrapped]
        part = _clip(part, -180.0, is_above=True)
        part = _clip(part, 180.0, is_above=False)
        if len(part) > 3:
            yield part


def _clip(ring: list[Point], edge: float, *, is_above: bool) -> list[Point]:
    def inside(point: Point) -> bool:
        return point[0] >= edge if is_above else point[0] <= edge

    found: list[Point] = []
    for before, after in zip([ring[-1], *ring[:-1]] if ring else [], ring, strict=True):
        if inside(before) != inside(after):
            share = (edge - before[0]) / (after[0] - before[0])
            found.append((edge, before[1] + share * (after[1] - before[1])))
        if inside(after):
            found.append(after)
    return found


def _project(lon: float, lat: float) -> Point:
    """Equal Earth (Šavrič, Patterson and Jenny 2019), in units of the drawing from the left and the equator."""
    theta = math.asin(math.sqrt(3) / 2 * math.sin(math.radians(lat)))
    squared = theta * theta
    sixth = squared**3
    x = (
        2
        * math.sqrt(3)
        * math.radians(lon)
        * math.cos(theta)
        / (3 * (_A[0] + 3 * _A[1] * squared + sixth * (7 * _A[2] + 9 * _A[3] * squared)))
    )
    y = theta * (_A[0] + _A[1] * squared + sixth * (_A[2] + _A[3] * squared))
    scale = WIDTH / (2 * 2.7066297)
    return WIDTH / 2 + x * scale, -y * scale


def _place(point: Point) -> tuple[float, float]:
    x, y = _project(*point)
    return round(x, 1), round(y - _project(0, TOP)[1], 1)


def _path(ring: list[Point]) -> str:
    """Relative steps in tenths, those of no length left out."""
    placed = [_place(point) for point in ring]
    kept = [placed[0]] + [after for before, after in pairwise(placed) if after != before]
    if len(kept) < 4:
        return ""
    steps = []
    for before, after in pairwise(kept):
        steps.append(f"{after[0] - before[0]:.1f},{after[1] - before[1]:.1f}".replace(".0", ""))
    return f"M{kept[0][0]:g},{kept[0][1]:g}l{' '.join(steps)}z"


def _middle(rings: list[list[Point]]) -> tuple[float, float]:
    """The middle of the largest ring."""
    ring = max(rings, key=len)
    return _place((sum(lon for lon, _ in ring) / len(ring), sum(lat for _, lat in ring) / len(ring)))


if __name__ == "__main__":
    main(*sys.argv[1:])
