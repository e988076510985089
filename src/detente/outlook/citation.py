"""How to cite a brief: BibTeX entries for the brief itself and for its data."""

from __future__ import annotations

from importlib.metadata import version

from detente.outlook.brief import Brief

_SPECIAL = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
}  # fmt: skip


def product_version() -> str:
    """The installed version of Détente."""
    return version("detente")


def build_bibtex(brief: Brief) -> str:
    """Two entries: this brief, with the version and rules that made it, and the data it was made from."""
    rules = ", ".join(brief.rules)
    key = f"{brief.pair.id.lower()}-{brief.as_of}"
    data = {
        "title": str(brief.card.get("title") or brief.provider),
        "publisher": str(brief.card.get("publisher") or ""),
        "note": str(brief.card.get("citation") or ""),
    }
    return "\n".join(
        [
            _entry(
                f"detente-{key}",
                {
                    "title": f"{' – '.join(brief.names)}: outlook as of {brief.as_of}",
                    "author": "Détente",
                    "year": str(brief.as_of.year),
                    "version": product_version(),
                    "note": f"Provider {brief.provider}; {rules}",
                },
            ),
            _entry(f"data-{brief.provider}", data),
        ]
    )


def _entry(key: str, fields: dict[str, str]) -> str:
    body = [f"  {name} = {{{_escape(text)}}}," for name, text in fields.items() if text]
    safe = "".join(char if char.isalnum() or char == "-" else "-" for char in key)
    return "\n".join([f"@misc{{{safe},", *body, "}"])


def _escape(text: str) -> str:
    return "".join(_SPECIAL.get(char, char) for char in " ".join(text.split()))
