"""What a ControlNet is, its header tells: never the name of the file."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import pytest

from studio.core.check import issues
from studio.core.errors import FamilyMismatchError, UnsupportedError
from studio.core.graph import Graph, Link, Node
from studio.core.registry import Registry
from studio.core.spec import Input, NodeSpec, Output
from studio.core.widgets import FileRef, ModelFile
from studio.facts.described import Header, TensorFacts
from studio.facts.families import controls, describe, family_of_file, identify_control

Shapes = dict[str, tuple[int, ...]]

HINTS: Shapes = {"input_hint_block.0.weight": (16, 3, 3, 3)}
CONV: Shapes = {"input_blocks.1.1.proj_in.weight": (320, 320, 1, 1)}
LINEAR: Shapes = {"input_blocks.4.1.proj_in.weight": (640, 640)}
VECTOR: Shapes = {"label_emb.0.0.weight": (1280, 2816)}
ZEROS: Shapes = {f"zero_convs.{k}.0.weight": (320, 320, 1, 1) for k in range(12)}
DIFFUSERS_HINTS: Shapes = {"controlnet_cond_embedding.conv_in.weight": (16, 3, 3, 3)}
DIFFUSERS_LINEAR: Shapes = {"down_blocks.1.attentions.0.proj_in.weight": (640, 640)}
DIFFUSERS_CONV: Shapes = {"down_blocks.0.attentions.0.proj_in.weight": (320, 320, 1, 1)}
DIFFUSERS_VECTOR: Shapes = {"add_embedding.linear_1.weight": (1280, 2816)}
DIFFUSERS_ZEROS: Shapes = {f"controlnet_down_blocks.{k}.weight": (320, 320, 1, 1) for k in range(9)}

FILES: dict[str, tuple[Shapes, str, str, int]] = {
    "bare": (HINTS | CONV | ZEROS, "controlnet", "sd15", 13),
    "xl": (HINTS | LINEAR | VECTOR, "controlnet", "sdxl", 1),
    "diffusers": (DIFFUSERS_HINTS | DIFFUSERS_CONV, "controlnet", "sd15", 1),
    "diffusers_xl": (
        DIFFUSERS_HINTS | DIFFUSERS_LINEAR | DIFFUSERS_VECTOR | DIFFUSERS_ZEROS,
        "controlnet", "sdxl", 10,
    ),
    "small_xl": (DIFFUSERS_HINTS | DIFFUSERS_VECTOR, "controlnet", "sdxl", 1),
    "difference": (HINTS | CONV | {"difference": ()}, "difference", "sd15", 1),
    "lora_xl": (
        HINTS | {"lora_controlnet": (0,), "input_blocks.4.1.proj_in.up": (640, 128),
                 "input_blocks.4.1.proj_in.down": (128, 640), "label_emb.0.0.up": (1280, 128)},
        "control_lora", "sdxl", 1,
    ),
    "lora_sd15": (
        HINTS | {"lora_controlnet": (0,), "input_blocks.1.1.proj_in.up": (320, 64, 1, 1)},
        "control_lora", "sd15", 1,
    ),
    "union": (
        DIFFUSERS_HINTS | DIFFUSERS_LINEAR | DIFFUSERS_VECTOR | {"task_embedding": (6, 320)},
        "union", "sdxl", 1,
    ),
    "adapter": (
        {"adapter.conv_in.weight": (320, 192, 3, 3),
         "adapter.body.0.resnets.0.block1.weight": (320, 320, 3, 3)},
        "t2i_adapter", "sd15", 0,
    ),
    "adapter_xl": (
        {"conv_in.weight": (320, 768, 3, 3), "body.0.block1.weight": (320, 320, 3, 3)},
        "t2i_adapter", "sdxl", 0,
    ),
}  # fmt: skip


def header(shapes: Shapes) -> Header:
    return Header(Path("x"), "safetensors", {n: TensorFacts(s, "F16") for n, s in shapes.items()})


def write(path: Path, shapes: Shapes) -> Path:
    """Write a safetensors file of zeros."""
    told, start = {}, 0
    for name, shape in shapes.items():
        size = 2
        for length in shape:
            size *= length
        told[name] = {"dtype": "F16", "shape": list(shape), "data_offsets": [start, start + size]}
        start += size
    text = json.dumps(told).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + bytes(start))
    return path


@pytest.mark.parametrize("name", FILES)
def test_a_file_tells_how_it_is_built_and_what_it_steers(name: str) -> None:
    shapes, architecture, family, blocks = FILES[name]
    found = controls.describe(header(shapes))
    assert (found.architecture, found.family, found.blocks) == (architecture, family, blocks)


@pytest.mark.parametrize("name", ["bare", "xl", "difference"])
def test_the_prefix_of_the_original_code_changes_nothing(name: str) -> None:
    shapes = FILES[name][0]
    wrapped = header({f"control_model.{part}": shape for part, shape in shapes.items()})
    assert controls.describe(wrapped) == controls.describe(header(shapes))


@pytest.mark.parametrize("name", FILES)
def test_the_family_is_known_without_torch_and_whatever_the_file_is_called(
    name: str, tmp_path: Path
) -> None:
    """T23: keys and shapes decide, never a name."""
    shapes, _, family, _ = FILES[name]
    small = {part: tuple(min(length, 1) for length in shape) for part, shape in shapes.items()}
    small |= {part: shape for part, shape in shapes.items() if "conv_in" in part}
    lying = write(tmp_path / f"{'sd15' if family == 'sdxl' else 'sdxl'}_flux.safetensors", small)
    assert family_of_file(lying) == family


def test_a_union_tells_how_many_kinds_it_knows() -> None:
    assert controls.describe(header(FILES["union"][0])).kinds == 6
    assert controls.describe(header(FILES["xl"][0])).kinds == 0


def test_only_differences_build_on_a_checkpoint() -> None:
    building = {
        name for name, file in FILES.items() if controls.describe(header(file[0])).needs_base
    }
    assert building == {"difference", "lora_xl", "lora_sd15"}


@pytest.mark.parametrize(
    ("shapes", "said"),
    [
        (HINTS | LINEAR, "a ControlNet of a kind or family"),
        ({"lllite_unet_input_blocks_4_1.conditioning1.0.weight": (32, 3, 4, 4)}, "LLLite"),
        (DIFFUSERS_HINTS | {"down_blocks.0.motion_modules.0.x": (1,)}, "SparseCtrl"),
    ],
)
def test_networks_that_are_not_drawn_with_are_named(
    shapes: Shapes, said: str, tmp_path: Path
) -> None:
    path = write(tmp_path / "net.safetensors", {n: (1,) * len(s) for n, s in shapes.items()})
    with pytest.raises(UnsupportedError, match=said):
        identify_control(path)


def test_another_kind_of_file_is_named_with_its_node(tmp_path: Path) -> None:
    path = write(tmp_path / "controlnet.safetensors", {"lora_unet_a.lora_down.weight": (1, 1)})
    with pytest.raises(
        FamilyMismatchError, match=r"it is a LoRA; load it with the node load\.lora"
    ):
        identify_control(path)


def test_a_checkpoint_with_a_network_inside_counts_as_both() -> None:
    unet = {f"model.diffusion_model.{name}": shape for name, shape in CONV.items()}
    both = header(
        unet | {f"control_model.{name}": shape for name, shape in FILES["bare"][0].items()}
    )
    assert describe(both).kind == "checkpoint"
    assert controls.describe(both).blocks == 13


def test_the_check_refuses_families_that_do_not_go_together_and_names_both() -> None:
    from studio.facts.flow import families

    registry = Registry()
    for name, kind in (("load", "DiffusionModel"), ("net", "ControlNet")):
        file = Input("file", "file", widget=ModelFile("checkpoints"))
        out = (Output(kind.lower(), kind),)
        registry.add(NodeSpec(name, 1, name, "Test", "", "", (file,), out, "nowhere:nothing"))
    taken = (Input("model", "DiffusionModel"), Input("controlnet", "ControlNet"))
    made = (Output("model", "DiffusionModel"),)
    registry.add(NodeSpec("apply", 1, "apply", "Test", "", "", taken, made, "nowhere:nothing"))
    nodes = {
        "a": Node("load", params={"file": {"path": "a"}}),
        "b": Node("net", params={"file": {"path": "b"}}),
        "c": Node("apply"),
    }
    links = ("a.diffusionmodel -> c.model", "b.controlnet -> c.controlnet")
    graph = Graph(nodes, tuple(map(Link.parse, links)))

    class Facts:
        def problem(self, ref: FileRef, /) -> None:
            return None

        def misfit(self, ref: FileRef, folder: str, /) -> None:
            return None

        def families(self, graph: Graph, /) -> dict[tuple[str, str], str]:
            of = {"a": "sd15", "b": "sdxl"}
            return families(graph, registry, lambda ref: of[ref.path])

    [found] = [issue for issue in issues(graph, registry, Facts()) if issue.code == "G008"]
    assert "model is sd15, but controlnet is sdxl" in found.text
