"""Writes the face detector as an ONNX file that looks like a YOLOv8 export with free sizes.

Weights are kept in fp16 and widened when the file is loaded; sums are float32.
"""

import operator
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from torch import Tensor
from torch.fx import Node, symbolic_trace
from torch.nn import Conv2d, Module
from torch.nn.functional import interpolate, silu

from training.face_network import BASE_SIDE, STRIDES, FaceNetwork
from training.onnx_file import Op, write

METADATA = {
    "description": "Toy world faces: finds cartoon faces. Trained from scratch on drawn scenes.",
    "author": "The Wirebrush authors",
    "license": "Apache-2.0",
    "task": "detect",
    "stride": str(max(STRIDES)),
    "batch": "1",
    "imgsz": "[256, 256]",
    "names": "{0: 'face'}",
}
_OPERATORS: dict[object, str] = {operator.add: "Add", operator.sub: "Sub"}


def write_faces(network: FaceNetwork, file: Path) -> None:
    """Write the network; ``images`` in, ``output0`` ``(batch, 5, places)`` out."""
    graph = _Graph()
    said = _levels(graph, network)
    parts = [_decoded(graph, values, stride) for stride, values in zip(STRIDES, said, strict=True)]
    graph.op("Concat", " ".join(parts), "output0", axis=2)
    file.parent.mkdir(parents=True, exist_ok=True)
    shape = ("batch", 3, "height", "width")
    answer = {"output0": ("batch", 5, "anchors")}
    write(file, graph.ops, {"images": shape}, answer, graph.constants, METADATA)
    print(f"{file} written, {file.stat().st_size / 2**20:.2f} MiB", flush=True)


class _Graph:
    """Nodes and constants, each named by its number."""

    def __init__(self) -> None:
        self.ops: list[Op] = []
        self.constants: dict[str, NDArray[Any]] = {}

    def op(self, kind: str, inputs: str, output: str = "", **attributes: Any) -> str:
        """Add a node and return the name of what it makes."""
        output = output or f"{kind.lower()}{len(self.ops)}"
        self.ops.append(Op(kind, inputs, output, **attributes))
        return output

    def constant(self, values: NDArray[Any]) -> str:
        """Add a constant and return its name."""
        name = f"constant{len(self.constants)}"
        self.constants[name] = values
        return name

    def number(self, value: float) -> str:
        """Add one float32."""
        return self.constant(np.array(value, np.float32))

    def conv(self, layer: object, x: str) -> str:
        """Add a convolution with its weights in fp16."""
        assert isinstance(layer, Conv2d)
        assert layer.bias is not None
        held = [layer.weight.detach().numpy(), layer.bias.detach().numpy()]
        weights = [
            self.op("Cast", self.constant(values.astype(np.float16)), to=1) for values in held
        ]
        return self.op(
            "Conv",
            " ".join([x, *weights]),
            strides=list(layer.stride),
            dilations=list(layer.dilation),
            pads=[int(side) for side in layer.padding] * 2,
        )

    def silu(self, x: str) -> str:
        """Add an activation."""
        return self.op("Mul", f"{x} {self.op('Sigmoid', x)}")

    def doubled(self, x: str) -> str:
        """Add an enlargement to twice the size that repeats values."""
        region = self.constant(np.zeros(0, np.float32))
        scales = self.constant(np.array([1, 1, 2, 2], np.float32))
        return self.op(
            "Resize",
            f"{x} {region} {scales}",
            mode="nearest",
            nearest_mode="floor",
            coordinate_transformation_mode="asymmetric",
        )

    def part(self, x: str, start: int, stop: int) -> str:
        """Add a cut along the channels."""
        limits = [self.constant(np.array([value], np.int64)) for value in (start, stop, 1)]
        return self.op("Slice", " ".join([x, *limits]))


def _levels(graph: _Graph, network: FaceNetwork) -> list[str]:
    """Add what :meth:`FaceNetwork.levels` computes, step by step as it computes it."""
    traced = symbolic_trace(_Levels(network))
    names: dict[Node, str] = {}

    def add(node: Node) -> str:
        inputs = [
            names[x] if isinstance(x, Node) else graph.number(cast(float, x)) for x in node.args
        ]
        if node.op == "call_module":
            return graph.conv(traced.get_submodule(str(node.target)), inputs[0])
        if node.target is silu:
            return graph.silu(inputs[0])
        if node.target is interpolate:
            return graph.doubled(inputs[0])
        return graph.op(_OPERATORS[node.target], " ".join(inputs))

    for node in traced.graph.nodes:
        if node.op == "placeholder":
            names[node] = "images"
        elif node.op == "output":
            return [names[said] for said in node.args[0]]
        else:
            names[node] = add(node)
    raise ValueError("the network has no output")


class _Levels(Module):
    """What is traced: the network without its last arithmetic, which needs sizes."""

    def __init__(self, network: FaceNetwork) -> None:
        super().__init__()
        self.network = network

    def forward(self, pictures: Tensor) -> list[Tensor]:
        """See :meth:`FaceNetwork.levels`."""
        return self.network.levels(pictures)


def _decoded(graph: _Graph, said: str, stride: int) -> str:
    """Add what :meth:`FaceNetwork.forward` makes of a stride."""
    ones = graph.op("Exp", graph.op("Mul", f"{graph.part(said, 0, 1)} {graph.number(0)}"))
    middles = [
        graph.op("Sub", f"{_counted(graph, ones, axis)} {graph.number(0.5)}") for axis in (3, 2)
    ]
    offsets, sides = graph.part(said, 0, 2), graph.part(said, 2, 4)
    centres = graph.op("Add", f"{offsets} {graph.op('Concat', ' '.join(middles), axis=1)}")
    centres = graph.op("Mul", f"{centres} {graph.number(stride)}")
    sides = graph.op("Mul", f"{graph.op('Exp', sides)} {graph.number(BASE_SIDE * stride)}")
    sure = graph.op("Sigmoid", graph.part(said, 4, 5))
    joined = graph.op("Concat", f"{centres} {sides} {sure}", axis=1)
    return graph.op("Reshape", f"{joined} {graph.constant(np.array([0, 5, -1], np.int64))}")


def _counted(graph: _Graph, ones: str, axis: int) -> str:
    """Add counting from 1 along an axis, whatever its length."""
    return graph.op("CumSum", f"{ones} {graph.constant(np.array(axis, np.int64))}")
