"""The brief as one self-contained page, and as an article of the site: one renderer for both.

No script, no request, readable in print, dark, light and on a phone.
"""

from __future__ import annotations

from html import escape

from detente.outlook import further, sections
from detente.outlook.brief import Brief
from detente.outlook.charts import CHART_STYLE, PALETTE
from detente.outlook.citation import build_bibtex, product_version
from detente.outlook.page_style import PAGE_STYLE
from detente.outlook.report import note_lines
from detente.outlook.sections import Links
from detente.outlook.tags import heading, plain_text
from detente.outlook.typefaces import embedded_typefaces
from detente.outlook.words import format_day

__all__ = ["PAGE_STYLE", "Links", "render_article", "render_html"]


def render_html(brief: Brief) -> str:
    """The whole brief as one HTML document; every text of others is escaped."""
    head = f"{' – '.join(brief.names)}, {format_day(brief.as_of)}"
    parts = [
        '<!doctype html><html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width,initial-scale=1">',
        f"<title>{escape(head)} · Détente</title>",
        f"<style>{embedded_typefaces()}{PALETTE}{CHART_STYLE}{PAGE_STYLE}</style></head><body><main>",
        render_article(brief),
        f"<footer>Made by Détente {product_version()}.</footer></main></body></html>",
    ]
    return "\n".join(parts) + "\n"


def render_article(brief: Brief, links: Links | None = None) -> str:
    """The brief as one article element, for a page of its own or for the site.

    Args:
        brief: The brief.
        links: Where its parts lead; None on a page that leads nowhere.
    """
    names = " – ".join(brief.names)
    parts = [
        "<article>",
        f'<p class="kicker">{escape(names)} · as of {format_day(brief.as_of)} · {escape(brief.provider)}</p>',
        f'<h1>{plain_text(brief.headline)}</h1><p class="standfirst">{plain_text(brief.standfirst)}</p>',
        sections.key_figures(brief),
        sections.level_section(brief, links),
        *sections.outlook_section(brief),
        *further.changed_section(brief, links),
        *sections.moved_section(brief, links),
        *sections.directions_section(brief, links),
        *further.exchanges_section(brief, links),
        *sections.provocations_section(brief),
        *further.voices_section(brief),
        *further.arenas_section(brief),
        *further.measures_section(brief),
        *further.assessments_section(brief),
        *further.drivers_section(brief),
        heading("How it is resolved"),
        f'<p class="rule">{escape(brief.question.resolution)}</p>',
        f"{heading('Notes')}<dl>",
        *(f"<dt>{escape(name)}</dt><dd>{escape(text)}</dd>" for name, text in note_lines(brief)),
        f"</dl>{heading('To cite')}<pre>{escape(build_bibtex(brief))}</pre></article>",
    ]
    return "\n".join(part for part in parts if part)
