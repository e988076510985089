"""What the forecasts of the ledger said against what came, as a drawing."""

from __future__ import annotations

from typing import Any

_SIZE, _LEFT, _TOP = 220.0, 34.0, 12.0


def draw_record_bins(bins: list[dict[str, Any]]) -> str:
    """One point a bin: what was said against the share that came, its area by the number of probabilities.

    Args:
        bins: Rows of the table ``bins`` of one record.
    """
    most = max(row["forecasts"] for row in bins)
    bottom = _TOP + _SIZE
    said = "; ".join(f"said {row['said']:.2f}, came {row['came']:.2f} of {row['forecasts']}" for row in bins)
    parts = [
        f'<svg class="chart square" viewBox="0 0 {_LEFT + _SIZE + 10:g} {bottom + 32:g}" role="img" '
        'xmlns="http://www.w3.org/2000/svg">',
        f"<title>What was said against what came</title><desc>{said}</desc>",
    ]
    for tick in (0.0, 0.25, 0.5, 0.75, 1.0):
        x, y = _LEFT + tick * _SIZE, bottom - tick * _SIZE
        parts.append(f'<path d="M{x:g} {_TOP}V{bottom}M{_LEFT} {y:g}H{_LEFT + _SIZE}" class="grid"/>')
        parts.append(f'<text x="{x:g}" y="{bottom + 14:g}" text-anchor="middle">{100 * tick:.0f}</text>')
        parts.append(f'<text x="{_LEFT - 5:g}" y="{y + 4:g}" text-anchor="end">{100 * tick:.0f}</text>')
    parts.append(f'<path d="M{_LEFT} {bottom}L{_LEFT + _SIZE} {_TOP}" class="diagonal"/>')
    for row in bins:
        radius = 2.5 + 6.0 * (row["forecasts"] / most) ** 0.5
        parts.append(
            f'<circle cx="{_LEFT + row["said"] * _SIZE:.1f}" cy="{bottom - row["came"] * _SIZE:.1f}" r="{radius:.1f}" '
            f'class="bin"><title>said {row["said"]:.0%}, came {row["came"]:.0%}, {row["forecasts"]}</title></circle>'
        )
    parts.append(f'<text x="{_LEFT + _SIZE:g}" y="{bottom + 28:g}" text-anchor="end">said, %</text></svg>')
    return "".join(parts)
