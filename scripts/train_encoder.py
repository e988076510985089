"""Train the encoder of pairs (``encoder-v1``) and write it as one file with whole-number weights.

Needs torch (2.13, CPU), onnx, safetensors and tokenizers; the labelled sets; and a folder with ``model.safetensors``
and ``vocab.txt`` of all-MiniLM-L6-v2 (Apache-2.0), from which it starts. The sets it learns from are others than those
that ``relation`` and ``events`` are scored on: neither PLV nor the Werner gold is seen.

    python scripts/train_encoder.py FOLDER_OF_TEXT_SETS FOLDER_OF_MINILM
"""

from __future__ import annotations

import argparse
import math
import random
import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import torch
from safetensors.torch import load_file
from torch import nn
from torch.nn import functional

from detente.codebook.events import cameo_table
from detente.coding.encoder import Encoder, load_words
from detente.coding.sentences import Span
from encoder_file import write_encoder

MODELS = Path(__file__).resolve().parents[1] / "src" / "detente" / "coding" / "models"
ROOTS = (
    "ACCUSE", "AGREE", "AID", "ASSAULT", "COERCE", "CONSULT", "COOPERATE", "MOBILIZE", "PROTEST", "REJECT", "REQUEST",
    "SANCTION", "SUPPORT", "THREATEN", "YIELD",
)  # fmt: skip
TOGETHER = {"CONCEDE": "YIELD", "RETREAT": "YIELD"}
QUADS = ("verbal conflict", "material conflict", "verbal cooperation", "material cooperation")
SAID = {
    "accuse": 0, "reject": 0, "threaten": 0, "ultimatum": 0, "appeal": 0, "promise": 2, "accept": 2,
    "offer - without conditions": 2,
}  # fmt: skip
DONE = {"cooperative": 3, "escalatory": 1, "deescalatory": 3, "uncooperative": 1}
STORIES, TRIPLES = 3000, 4500
RATE, HEAD_RATE, BATCH, WARM, MASKED = 4e-5, 5e-4, 32, 0.08, 0.3


@dataclass(frozen=True)
class Row:
    """A sentence with a root or a quad, and the places of actors where the set gives them."""

    text: str
    root: int | None = None
    quad: int | None = None
    actor: Span | None = None
    recipient: Span | None = None
    masked: bool = False


def main() -> None:
    """Learn and write."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("folder", type=Path)
    options.add_argument("base", type=Path)
    chosen = options.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    shutil.copy(chosen.base / "vocab.txt", MODELS / "encoder_words.txt")
    rows = read_rows(chosen.folder)
    print(f"{len(rows)} sentences")
    net = Net(chosen.base / "model.safetensors")
    learn(net, rows)
    state = {name: value.detach().numpy() for name, value in net.encoder.state_dict().items()}
    write_encoder(MODELS / "encoder.onnx", state)
    print(f"encoder.onnx: {(MODELS / 'encoder.onnx').stat().st_size / 1e6:.1f} MB")


def read_rows(folder: Path) -> list[Row]:
    """All that is learned from, shuffled."""
    rows = [*un_sentences(folder), *crises(folder), *stories(folder), *triples(folder)]
    random.Random(2).shuffle(rows)  # noqa: S311 - an order, no secret
    return [Row(**{**vars(row), "masked": place % 2 == 1}) if row.actor else row for place, row in enumerate(rows)]


def un_sentences(folder: Path) -> Iterator[Row]:
    """UN sentences with a quad; those on which false alarms are counted are left out."""
    quiet = pl.read_parquet(folder / "labelled" / "un_relevance_sentences.parquet").filter(pl.col("relevant") == 0)
    left_out = set(quiet["sentence"])
    for row in pl.read_parquet(folder / "labelled" / "un_quadclass_sentences.parquet").iter_rows(named=True):
        if row["sentence"] not in left_out and row["quad_name"] in QUADS and len(row["sentence"]) < 450:
            yield Row(row["sentence"], quad=QUADS.index(row["quad_name"]))


def crises(folder: Path) -> Iterator[Row]:
    """Sentences of crisis histories all of whose events are of one quad."""
    found: dict[str, set[int | None]] = {}
    frame = pl.read_parquet(folder / "icbe" / "icbe_v1_1_events_sentences.parquet").filter(pl.col("sentence") != "")
    for row in frame.iter_rows(named=True):
        said = (
            {**SAID, "offer - without conditions": 2}.get(row["sayintkind"]) if row["event_type"] == "speech" else None
        )
        done = DONE.get(row["do_interact_kind"]) if row["event_type"] == "action" else None
        found.setdefault(row["sentence"], set()).add(said if said is not None else done)
    for text, kinds in found.items():
        if len(kinds) == 1 and (quad := kinds.pop()) is not None and len(text) < 350:
            yield Row(text, quad=quad)


def stories(folder: Path) -> list[Row]:
    """First sentences of machine-written stories, by root."""
    rows = []
    for row in pl.read_parquet(folder / "labelled" / "ngec_synthetic_plover.parquet").iter_rows(named=True):
        first = re.split(r"(?<=[.!?])\s", row["text"].strip())[0][:300]
        if len(first) > 40:
            rows.append(Row(first, root=ROOTS.index(TOGETHER.get(row["label"], row["label"]))))
    random.Random(0).shuffle(rows)  # noqa: S311 - an order, no secret
    return rows[:STORIES]


def triples(folder: Path) -> list[Row]:
    """Sentences with two actors and a root that a list of verbs gave; texts of the gold set are left out."""
    types = {row["code"]: row["event_type"] for row in cameo_table().iter_rows(named=True)}
    gold = " ".join(set(pl.read_parquet(folder / "labelled" / "werner_news2022_cameo20_docs.parquet")["text"]))
    rows = []
    for row in pl.read_parquet(folder / "labelled" / "werner_news2022_silver.parquet").iter_rows(named=True):
        kind = types[f"{row['cameo_root']:02d}"]
        places = [row[name] for name in ("src_start", "src_end", "tgt_start", "tgt_end")]
        if kind is None or None in places or min(places) < 0 or len(row["text"]) > 320 or row["text"] in gold:
            continue
        actor, recipient = Span(*places[:2]), Span(*places[2:])
        if actor.start >= recipient.end or recipient.start >= actor.end:
            rows.append(Row(row["text"], ROOTS.index(TOGETHER.get(kind, kind)), None, actor, recipient))
    random.Random(1).shuffle(rows)  # noqa: S311 - an order, no secret
    return rows[:TRIPLES]


class Layer(nn.Module):
    """One layer of attention."""

    def __init__(self, size: int = 384, heads: int = 12, inner: int = 1536) -> None:
        super().__init__()
        self.heads = heads
        self.q, self.k, self.v, self.o = (nn.Linear(size, size) for _ in range(4))
        self.n1, self.n2 = (nn.LayerNorm(size, eps=1e-12) for _ in range(2))
        self.i, self.u, self.drop = nn.Linear(size, inner), nn.Linear(inner, size), nn.Dropout(0.1)

    def forward(self, x: torch.Tensor, hidden: torch.Tensor) -> torch.Tensor:
        """The states after this layer; shape ``(texts, pieces, size)``."""
        count, length, size = x.shape
        q, k, v = (part(x).view(count, length, self.heads, -1).transpose(1, 2) for part in (self.q, self.k, self.v))
        share = (q @ k.transpose(-1, -2) / math.sqrt(size // self.heads) + hidden).softmax(-1)
        mixed = (self.drop(share) @ v).transpose(1, 2).reshape(count, length, size)
        x = self.n1(x + self.drop(self.o(mixed)))
        return self.n2(x + self.drop(self.u(functional.gelu(self.i(x)))))


class Pairs(nn.Module):
    """MiniLM, and the vector of a pair that is taken from it."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.word, self.pos, self.typ = nn.Embedding(30522, 384), nn.Embedding(512, 384), nn.Embedding(2, 384)
        self.n, self.drop = nn.LayerNorm(384, eps=1e-12), nn.Dropout(0.1)
        self.layers = nn.ModuleList(Layer() for _ in range(6))
        self.load_state_dict(renamed(load_file(path)))
        for frozen in (self.word, self.pos):
            frozen.weight.requires_grad = False

    def forward(self, ids: torch.Tensor, mask: torch.Tensor, places: torch.Tensor) -> torch.Tensor:
        """Vectors; shape ``(texts, 1152)``."""
        x = self.drop(self.n(self.word(ids) + self.pos(torch.arange(ids.shape[1])) + self.typ.weight[0]))
        hidden = (1 - mask)[:, None, None, :] * -1e4
        for layer in self.layers:
            x = layer(x, hidden)
        mean = (x * mask[:, :, None]).sum(1) / mask.sum(1, keepdim=True)
        rows = torch.arange(len(ids))
        return torch.cat([mean, x[rows, places[:, 0]], x[rows, places[:, 1]]], 1)


class Net(nn.Module):
    """The encoder with what it learns by: roots and quads."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.encoder, self.drop = Pairs(path), nn.Dropout(0.2)
        self.root = nn.Linear(1152, len(ROOTS))
        nn.Linear(1152, 2)  # drawn and dropped: the weights that are shipped were drawn so
        self.quad = nn.Linear(1152, len(QUADS))


def renamed(held: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """MiniLM's weights under our names."""
    names = {
        "q": "attention.self.query", "k": "attention.self.key", "v": "attention.self.value",
        "o": "attention.output.dense", "n1": "attention.output.LayerNorm", "i": "intermediate.dense",
        "u": "output.dense", "n2": "output.LayerNorm",
    }  # fmt: skip
    ours = {f"{one}.weight": held[f"embeddings.{other}_embeddings.weight"]
            for one, other in (("word", "word"), ("pos", "position"), ("typ", "token_type"))}  # fmt: skip
    for part in ("weight", "bias"):
        ours[f"n.{part}"] = held[f"embeddings.LayerNorm.{part}"]
        for place in range(6):
            ours |= {f"layers.{place}.{one}.{part}": held[f"encoder.layer.{place}.{other}.{part}"]
                     for one, other in names.items()}  # fmt: skip
    return ours


def learn(net: Net, rows: Sequence[Row]) -> None:
    """One pass over the rows, texts of like length together."""
    draw = random.Random(0)  # noqa: S311 - an order, no secret
    cutter = Encoder(None, load_words(MODELS / "encoder_words.txt"))
    torch.manual_seed(0)
    read = []
    for row in rows:
        masked = (True, True) if row.masked else (draw.random() < MASKED, draw.random() < MASKED)
        read.append(cutter.pieces(row.text, row.actor, row.recipient, masked=masked))
    batches = in_batches([len(pieces) for pieces, _ in read], draw)
    heads = [*net.root.parameters(), *net.quad.parameters()]
    body = [one for one in net.encoder.parameters() if one.requires_grad]
    optimizer = torch.optim.AdamW([{"params": body, "lr": RATE}, {"params": heads, "lr": HEAD_RATE}], weight_decay=0.01)
    net.train()
    total = 0.0
    for step, batch in enumerate(batches):
        done = step / len(batches)
        pace = max(min(1.0, done / WARM) * (1 - max(0.0, done - WARM) / (1 - WARM)), 0.01)
        for group, rate in zip(optimizer.param_groups, (RATE, HEAD_RATE), strict=True):
            group["lr"] = rate * pace
        loss = loss_of(net, [read[place] for place in batch], [rows[place] for place in batch])
        loss.backward()
        torch.nn.utils.clip_grad_norm_([*body, *heads], 1.0)
        optimizer.step()
        optimizer.zero_grad()
        total += loss.item()
        if (step + 1) % 50 == 0:
            print(f"{step + 1} of {len(batches)}: mean loss {total / (step + 1):.3f}", flush=True)


def in_batches(lengths: Sequence[int], draw: random.Random) -> list[list[int]]:
    """Places of rows, those of like length together, in an order of chance."""
    order, found = list(range(len(lengths))), []
    draw.shuffle(order)
    for at in range(0, len(order), BATCH * 20):
        part = sorted(order[at : at + BATCH * 20], key=lambda place: lengths[place])
        found += [part[i : i + BATCH] for i in range(0, len(part), BATCH)]
    draw.shuffle(found)
    return found


def loss_of(net: Net, read: Sequence[tuple[list[int], tuple[int, int]]], rows: Sequence[Row]) -> Any:  # noqa: ANN401
    """The loss of a batch: roots (smoothed) and, at 0.7 of the weight, quads."""
    longest = max(len(pieces) for pieces, _ in read)
    ids = torch.tensor([pieces + [0] * (longest - len(pieces)) for pieces, _ in read])
    mask = torch.tensor([[1.0] * len(pieces) + [0.0] * (longest - len(pieces)) for pieces, _ in read])
    vectors = net.drop(net.encoder(ids, mask, torch.tensor([places for _, places in read])))
    total = torch.zeros(())
    for head, name, weight, smoothing in ((net.root, "root", 1.0, 0.05), (net.quad, "quad", 0.7, 0.0)):
        here = [place for place, row in enumerate(rows) if getattr(row, name) is not None]
        if here:
            wanted = torch.tensor([getattr(rows[place], name) for place in here])
            loss = functional.cross_entropy(head(vectors[here]), wanted, reduction="sum", label_smoothing=smoothing)
            total = total + weight * loss / len(rows)
    return total


if __name__ == "__main__":
    main()
