"""Write `docs/explanation/two-relations-worked-through.md` and its pictures from the bundled sample.

    python scripts/draw_worked_pages.py [FOLDER_OF_DOCS]

Numbers, pictures and most sentences come from the measures as they are now; what is said about the time itself is by
hand, in ``STORIES``, without numbers. A test compares the page with what this would write.
"""

from __future__ import annotations

import sys
import textwrap
from dataclasses import dataclass
from pathlib import Path

import detente
import worked_measures
import worked_parts
from detente.outlook.words import format_day
from detente.sample import sample_store_path
from worked_charts import standalone
from worked_section import pair_name

DOCS = Path(__file__).resolve().parents[1] / "docs"
PAGE = Path("explanation") / "two-relations-worked-through.md"
PICTURES = Path("images") / "worked"
AS_OF = "2019-03-25"


@dataclass(frozen=True)
class Story:
    """What is known of the time, by hand and without numbers.

    Args:
        a: The state named first.
        b: The other.
        opening: What happened in these fifteen months.
        remarks: A remark on a measure, by its section.
    """

    a: str
    b: str
    opening: str
    remarks: dict[str, str]

    @property
    def slug(self) -> str:
        """Beginning of the pictures' names."""
        return f"{self.a}-{self.b}".lower()


STORIES = (
    Story(
        "USA",
        "RUS",
        "Fifteen months of a cold relation: diplomats expelled on both sides after the poisoning in Salisbury (March "
        "2018), sanctions on persons and firms, a summit in Helsinki (July), a naval incident off Kerch that cost the "
        "two presidents a meeting (November), and the American suspension of the treaty on intermediate-range "
        "missiles (February 2019).",
        {
            "level": "Two lines far above zero: the two talk and quarrel at once, which no single number could show.",
            "voices": "In the news of this half-year, courts and investigators are the most hostile American voice: "
            "these are the indictments and trials that followed the election of 2016.",
            "arenas": "Most reports are placed in one of the two countries. Third places are summits, so they hold "
            "cooperation more than conflict: Paris in November, Buenos Aires in December.",
            "reciprocity": "One famous exchange is not a habit: the expulsions stand first among the exchanges below, "
            "and yet over the fifteen months it is not shown that either side's days follow the other's.",
            "provocation": "A day is judged by the quarter before it at least, so the expulsions of March 2018, at the "
            "beginning of the data, are not judged.",
            "consistency": "The words are mixed and the deeds hostile, and for such deeds the words are harsher than "
            "is usual among states.",
            "attention": "Russia slipped on the American agenda when Venezuela rose on it, while the United States "
            "stay the first concern of Russia: the attention is not returned.",
            "shifts": "Crises passed and the level came back each time: nothing that lasted.",
            "network": "Most of the third states that weigh stand between the two, friendlier with one than with the "
            "other.",
        },
    ),
    Story(
        "IND",
        "PAK",
        "A year of shelling along the line of control with few contacts besides, a hopeful moment when a new prime "
        "minister took office in Islamabad (August 2018) and a corridor for pilgrims was agreed on (November), then "
        "the attack at Pulwama and the air strikes of February 2019.",
        {
            "level": "A quiet year and a wall of conflict at the end of it. The scale of the level is logarithmic far "
            "from zero, so the crisis does not erase what came before.",
            "voices": "Soldiers are reported for what they do and ministers for what they say, so the armed forces "
            "look far more hostile. Parliaments are hardly heard at all: there is no gap to give.",
            "arenas": "This is a quarrel of neighbours on their own ground: hardly an event elsewhere.",
            "reciprocity": "Here the answering is shown, in conflict above all, and it is quick.",
            "provocation": "Each state is judged by itself. Between these two, shelling is ordinary, so only the days "
            "of the crisis and the worst days of the summer stand out.",
            "consistency": "Both speak more mildly than they act, and still more harshly than is usual for such deeds.",
            "attention": "Each was the other's first concern in the quarter of the crisis, more so for the smaller "
            "state.",
            "shifts": "The break of February is found three weeks after it, when the weeks behind it had shown that it "
            "lasts: as of an earlier day it is not there.",
            "network": "The two share more friends and foes among third states than they disagree on: their quarrel is "
            "their own.",
        },
    ),
)


SECTIONS = (*worked_parts.SECTIONS, *worked_measures.SECTIONS)
_OPENING = f"""# Two relations worked through

The same measures, side by side, for a relation that talks while it quarrels and for one that came to blows. All of it
is computed from the bundled sample as of {{day}}, by `scripts/draw_worked_pages.py`; the remarks on the time are
by hand. Blue is cooperation and vermilion conflict; bands and whiskers are 90 %; weeks that are not covered are shaded.

Ask for the same yourself, for any pair and any day:

```console
$ detente outlook USA RUS --as-of {AS_OF} --md
$ detente moves IND PAK --as-of 2019-03-05 --top 3
```

```python
import detente

pair = detente.open(as_of="{AS_OF}").pair("USA", "RUS")
print(pair.voices(), pair.voice_gaps())
print(pair.arenas("place"), pair.arena_changes("theme"))
```
"""
_CLOSING = """## What none of this can tell

The events are what news reported and a machine coded; many are miscoded, and reports are not deeds. A branch is heard
when it is quoted. A place is the country that the source found in a report, often simply one of the two. A theme is
read off the event's code. What moved a number is which reports moved it, not why states acted.
"""


def build_page(world: detente.World) -> tuple[str, dict[str, str]]:
    """The page, and its pictures by file name."""
    parts, pictures = [_OPENING.format(day=format_day(world.as_of))], {}
    for story in STORIES:
        view = world.pair(story.a, story.b)
        parts.append(f"## {pair_name(view)}\n\n{_wrapped(story.opening)}\n")
        for section in SECTIONS:
            parts.append(f"### {section.title}: {pair_name(view)}\n")
            parts.append(f"{_wrapped(f'*{section.says}* (`{section.rule}`)')}\n")
            parts += [f"{told if told.startswith('- ') else _wrapped(told)}\n" for told in section.read(view)]
            if remark := story.remarks.get(section.name):
                parts.append(f"{_wrapped(remark)}\n")
            for end, svg in section.draw(view).items():
                if svg:
                    name = f"{story.slug}-{section.name}{end}.svg"
                    pictures[name] = standalone(svg)
                    parts.append(f"![{section.title} of {pair_name(view)}](../{PICTURES.as_posix()}/{name})\n")
    return "\n".join([*parts, _CLOSING]), pictures


def _wrapped(text: str) -> str:
    return textwrap.fill(text, 120, break_long_words=False, break_on_hyphens=False)


def main(docs: Path = DOCS) -> None:
    """Write the page and its pictures."""
    page, pictures = build_page(detente.open(sample_store_path(), as_of=AS_OF))
    (docs / PICTURES).mkdir(parents=True, exist_ok=True)
    (docs / PAGE.parent).mkdir(parents=True, exist_ok=True)
    (docs / PAGE).write_text(page, "utf-8")
    for name, svg in pictures.items():
        (docs / PICTURES / name).write_text(svg, "utf-8")
    print(f"wrote {PAGE} and {len(pictures)} pictures, {sum(map(len, pictures.values())) / 1000:.0f} kB")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
