"""The encoder's weights to one ONNX file: whole numbers of eight bits with a scale for each column or word.

Weights are widened when the file is loaded, so that all processors compute alike; activations stay as they are.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

LAYERS, HEADS, LONGEST = 6, 12, 128


def write_encoder(path: Path, state: dict[str, Any]) -> None:
    """Write the encoder.

    Args:
        path: Where to.
        state: Its weights as arrays, by the names of ``train_encoder.Pairs``.
    """
    graph = _Graph(state)
    vector = graph.pooled(graph.layers(graph.embedded()))
    shapes = {"ids": [1, "pieces"], "steps": ["pieces"], "places": [2]}
    asked = [helper.make_tensor_value_info(name, TensorProto.INT64, shape) for name, shape in shapes.items()]
    told = [helper.make_tensor_value_info(vector, TensorProto.FLOAT, [1, 1152])]
    whole = helper.make_graph(graph.nodes, "pair_encoder", asked, told, graph.held)
    model = helper.make_model(whole, opset_imports=[helper.make_opsetid("", 18)], producer_name="detente")
    model.ir_version = 9
    onnx.checker.check_model(model)
    onnx.save(model, path)


class _Graph:
    """Nodes and weights, as they are put together."""

    def __init__(self, state: dict[str, Any]) -> None:
        self.state, self.nodes, self.held = state, list[Any](), list[Any]()
        numbers = {"scale": 1 / np.sqrt(384 / HEADS), "root_half": np.sqrt(0.5), "half": 0.5, "one": 1.0}
        for name, value in numbers.items():
            self.hold(name, np.array(value, np.float32))
        self.hold("split", np.array([0, 0, HEADS, 384 // HEADS], np.int64))
        self.hold("merge", np.array([0, 0, 384], np.int64))

    def hold(self, name: str, array: Any) -> str:  # noqa: ANN401 - an array
        self.held.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def put(self, kind: str, given: list[str], name: str, **how: Any) -> str:  # noqa: ANN401 - attributes of a node
        self.nodes.append(helper.make_node(kind, given, [name], name=name, **how))
        return name

    def norm(self, given: str, part: str, name: str) -> str:
        weights = [self.hold(f"{name}_{end}", self.state[f"{part}.{end}"]) for end in ("weight", "bias")]
        return self.put("LayerNormalization", [given, *weights], name, axis=-1, epsilon=1e-12)

    def linear(self, given: str, part: str, name: str) -> str:
        whole, scale = _whole(self.state[f"{part}.weight"].T, axis=0)
        held = [
            self.hold(f"{name}_q", whole),
            self.hold(f"{name}_s", scale.reshape(-1)),
            self.hold(f"{name}_z", np.zeros(scale.size, np.int8)),
        ]
        weights = self.put("DequantizeLinear", held, f"{name}_w", axis=1)
        product = self.put("MatMul", [given, weights], f"{name}_m")
        return self.put("Add", [product, self.hold(f"{name}_b", self.state[f"{part}.bias"])], name)

    def embedded(self) -> str:
        whole, scale = _whole(self.state["word.weight"], axis=1)
        words = self.put("Gather", [self.hold("words_q", whole), "ids"], "words_g")
        words = self.put("Cast", [words], "words_f", to=TensorProto.FLOAT)
        scales = self.put("Gather", [self.hold("words_s", scale), "ids"], "words_t")
        words = self.put("Mul", [words, scales], "words")
        places = self.state["pos.weight"][:LONGEST] + self.state["typ.weight"][0]
        steps = self.put("Gather", [self.hold("steps_held", places.astype(np.float32)), "steps"], "stepped")
        return self.norm(self.put("Add", [words, steps], "both"), "n", "embedded")

    def layers(self, x: str) -> str:
        for place in range(LAYERS):
            part, name = f"layers.{place}.", f"layer{place}_"
            mixed = self.linear(self.attention(x, part, name), f"{part}o", f"{name}o")
            x = self.norm(self.put("Add", [x, mixed], f"{name}a"), f"{part}n1", f"{name}n1")
            inner = self.gelu(self.linear(x, f"{part}i", f"{name}i"), name)
            outer = self.linear(inner, f"{part}u", f"{name}u")
            x = self.norm(self.put("Add", [x, outer], f"{name}b"), f"{part}n2", f"{name}n2")
        return x

    def attention(self, x: str, part: str, name: str) -> str:
        heads = {}
        for which, order in (("q", [0, 2, 1, 3]), ("k", [0, 2, 3, 1]), ("v", [0, 2, 1, 3])):
            made = self.linear(x, f"{part}{which}", f"{name}{which}")
            made = self.put("Reshape", [made, "split"], f"{name}{which}_split")
            heads[which] = self.put("Transpose", [made], f"{name}{which}_turned", perm=order)
        scores = self.put("MatMul", [heads["q"], heads["k"]], f"{name}scores")
        scores = self.put("Mul", [scores, "scale"], f"{name}scaled")
        share = self.put("Softmax", [scores], f"{name}share", axis=-1)
        mixed = self.put("MatMul", [share, heads["v"]], f"{name}mixed")
        mixed = self.put("Transpose", [mixed], f"{name}back", perm=[0, 2, 1, 3])
        return self.put("Reshape", [mixed, "merge"], f"{name}merged")

    def gelu(self, x: str, name: str) -> str:
        part = self.put("Erf", [self.put("Mul", [x, "root_half"], f"{name}g1")], f"{name}g2")
        part = self.put("Mul", [x, self.put("Add", [part, "one"], f"{name}g3")], f"{name}g4")
        return self.put("Mul", [part, "half"], f"{name}g5")

    def pooled(self, x: str) -> str:
        mean = self.put("ReduceMean", [x, self.hold("over", np.array([1], np.int64))], "mean", keepdims=0)
        marks = self.put("Gather", [x, "places"], "marks", axis=1)
        marks = self.put("Reshape", [marks, self.hold("flat", np.array([1, 768], np.int64))], "flat_marks")
        return self.put("Concat", [mean, marks], "vector", axis=1)


def _whole(weights: Any, *, axis: int) -> tuple[Any, Any]:  # noqa: ANN401 - arrays
    """Weights as whole numbers of -127 to 127, and what to multiply them by, for each row or column."""
    scale = np.maximum(np.abs(weights).max(axis=axis, keepdims=True), 1e-8) / 127
    return np.clip(np.round(weights / scale), -127, 127).astype(np.int8), scale.astype(np.float32)
