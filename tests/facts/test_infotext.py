"""A1111 parameters: written from graphs, read back, and read from others."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from studio.diffusion.sampling.samplers import SAMPLERS as OUR_SAMPLERS
from studio.diffusion.sampling.schedules import SCHEDULES as OUR_SCHEDULES
from studio.facts import infotext
from studio.facts.infotext import Parameters, made_by, parse, write

EXAMPLE = Path(__file__).parents[2] / "resources/graphs/text_to_image.json"

# What a Forge user's file says, with a quoted value and a prompt of two lines.
FOREIGN = """masterpiece, (red ball:1.2) <lora:toy:0.8>
on a table
Negative prompt: blurry,
low quality
Steps: 25, Sampler: DPM++ 2M SDE, Schedule type: Karras, CFG scale: 7, Seed: 1234567890, \
Size: 832x1216, Model hash: 6ce0161689, Model: v1-5-pruned, Clip skip: 2, \
Lora hashes: "toy: 0123456789ab, b: cdef", Version: f2.0.1"""


def example(**changes: Any) -> str:
    """Return the example graph with changed parameters, written ``node__name``."""
    data = json.loads(EXAMPLE.read_text("utf-8"))
    for place, value in changes.items():
        node, name = place.split("__")
        data["nodes"][node]["params"][name] = value
    return json.dumps(data)


def with_node(text: str, node: str, kind: str, params: dict[str, Any], link: str) -> str:
    data = json.loads(text)
    data["nodes"][node] = {"type": kind, "version": 1, "params": params}
    data["links"].append(link)
    return json.dumps(data)


def settings_of(text: str, item: int = 0, place: int = 0) -> dict[str, str]:
    made = made_by(text, "save", item, place)
    assert made is not None
    return dict(made.settings)


def test_the_checkpoint_is_named_by_its_short_hash_where_that_is_known() -> None:
    digests = {"starter/toyworld.safetensors": "0123456789abcdef" * 4}
    made = made_by(example(), "save", sha256=lambda file: digests[file])
    assert made is not None
    assert "Model hash: 0123456789, Model: toyworld" in write(made)


def test_the_example_graph_tells_how_its_picture_was_made() -> None:
    text = example(prompt__text="a red ball", negative__text="bad, ugly")
    made = made_by(text, "save")
    assert made is not None
    assert write(made) == (
        "a red ball\nNegative prompt: bad, ugly\nSteps: 20, Sampler: DPM++ 2M, "
        "Schedule type: Karras, CFG scale: 2.5, Seed: 12, Size: 128x128, Model: toyworld, "
        "Version: Wirebrush"
    )


def test_each_item_of_a_batch_has_the_next_seed() -> None:
    assert settings_of(example(), place=2)["Seed"] == "14"
    assert settings_of(example(sample__seed=2**64 - 1), place=1)["Seed"] == "0"


def test_a_linked_literal_is_followed() -> None:
    seed = with_node(example(), "s", "logic.seed", {"seed": 42}, "s.value -> sample.seed")
    assert settings_of(seed)["Seed"] == "42"
    text = with_node(example(), "t", "logic.text", {"value": "tree"}, "t.value -> prompt.text")
    made = made_by(text, "save")
    assert made is not None
    assert made.prompt == "tree"


def test_a_list_of_seeds_gives_each_item_its_own() -> None:
    numbers = {"start": 100, "count": 4, "step": 10}
    text = with_node(example(), "r", "logic.range", numbers, "r.values -> sample.seed")
    assert settings_of(text, item=3)["Seed"] == "130"


def relinked(text: str, link: str, *others: str) -> str:
    data = json.loads(text)
    data["links"] = [*(held for held in data["links"] if held != link), *others]
    return json.dumps(data)


def test_pictures_of_a_collected_list_have_the_seeds_of_their_items() -> None:
    numbers = {"start": 100, "count": 3, "step": 10}
    ranged = with_node(example(), "r", "logic.range", numbers, "r.values -> sample.seed")
    text = with_node(ranged, "c", "logic.collect", {}, "c.value -> resize.image")
    text = relinked(text, "decode.image -> resize.image", "decode.image -> c.items")
    assert [settings_of(text, 0, place)["Seed"] for place in range(3)] == ["100", "110", "120"]
    text = text.replace('"batch": 1', '"batch": 2')
    seeds = [settings_of(text, 0, place)["Seed"] for place in range(4)]
    assert seeds == ["100", "101", "110", "111"]
    aside = relinked(text, "decode.image -> c.items", "decode.image -> resize.image")
    assert settings_of(aside.replace("sample.seed", "negative.text"), 0, 3)["Seed"] == "15"
    unknown = relinked(text, "latent.latent -> sample.latent")
    assert "Seed" not in settings_of(unknown, 0, 2)


def test_what_a_switch_does_not_pass_on_made_nothing() -> None:
    data = json.loads(example(sample__seed=1))
    data["nodes"]["other"] = data["nodes"]["sample"] | {"params": {"seed": 2}}
    data["nodes"]["s"] = {"type": "logic.switch", "version": 1, "params": {"choice": 1}}
    data["links"] += ["sample.latent -> s.inputs[0]", "other.latent -> s.inputs[1]"]
    text = relinked(json.dumps(data), "sample.latent -> decode.latent", "s.value -> decode.latent")
    assert settings_of(text)["Seed"] == "2"


def test_image_to_image_says_how_much_was_kept() -> None:
    path = EXAMPLE.with_name("image_to_image.json")
    found = settings_of(path.read_text("utf-8"))
    assert found["Denoising strength"] == "0.8"
    assert found["Size"] == "128x128"
    inside = path.read_text("utf-8").replace('"aspect": "fill"', '"aspect": "fit"')
    assert "Size" not in settings_of(inside)
    assert "Denoising strength" not in settings_of(example())


def test_a_second_pass_says_how_much_was_kept_and_not_the_size_of_the_first() -> None:
    data = json.loads(example(sample__seed=1, sample__denoise=0.5))
    data["nodes"]["first"] = data["nodes"]["sample"] | {"params": {"seed": 2}}
    data["nodes"]["larger"] = {"type": "latent.upscale", "version": 1, "params": {"scale": 1.5}}
    data["links"] += ["latent.latent -> first.latent", "first.latent -> larger.latent"]
    link = "latent.latent -> sample.latent"
    found = settings_of(relinked(json.dumps(data), link, "larger.latent -> sample.latent"))
    assert (found["Seed"], found["Denoising strength"]) == ("1", "0.5")
    assert "Size" not in found


def test_clip_skip_is_said_above_one() -> None:
    assert settings_of(example(prompt__clip_skip=2))["Clip skip"] == "2"
    assert "Clip skip" not in settings_of(example(prompt__clip_skip=1))


def test_a_sampler_inside_a_sub_graph_is_found() -> None:
    data = json.loads(example())
    inner = {key: data["nodes"].pop(key) for key in ("latent", "sample", "decode")}
    within = [
        link for link in data["links"] if link.split(".")[0] in inner and "resize" not in link
    ]
    data["links"] = [link for link in data["links"] if not any(key in link for key in inner)]
    data["links"] += ["load.model -> sub.m", "load.vae -> sub.v", "sub.i -> resize.image"]
    data["links"] += ["prompt.conditioning -> sub.p", "negative.conditioning -> sub.n"]
    data["nodes"]["sub"] = {"type": "graph:g", "version": 1, "params": {}}
    data["layout"] = {}
    data["form"] = []
    data["graphs"] = {"g": {"title": "G", "nodes": inner, "links": within, "inputs": {
        "m": {"name": "m", "type": "DiffusionModel", "to": ["sample.model", "latent.model"]},
        "v": {"name": "v", "type": "Vae", "to": ["decode.vae"]},
        "p": {"name": "p", "type": "Conditioning", "to": ["sample.positive"]},
        "n": {"name": "n", "type": "Conditioning", "to": ["sample.negative"]},
    }, "outputs": {"i": {"name": "i", "type": "Image", "from": "decode.image"}}}}  # fmt: skip
    assert settings_of(json.dumps(data)) == settings_of(example())


def test_without_a_sampler_or_a_readable_graph_there_is_nothing_to_say() -> None:
    folder = EXAMPLE.with_name("folder_batch.json").read_text("utf-8")
    assert made_by(folder, "save") is None
    assert made_by("not a graph", "save") is None
    assert made_by(example(), "unknown") is None


def test_what_others_write_is_read() -> None:
    found = parse(FOREIGN)
    assert found.prompt == "masterpiece, (red ball:1.2) <lora:toy:0.8>\non a table"
    assert found.negative == "blurry,\nlow quality"
    assert found.settings["Sampler"] == "DPM++ 2M SDE"
    assert found.settings["Lora hashes"] == "toy: 0123456789ab, b: cdef"
    assert found.seed == 1234567890
    assert write(found) == FOREIGN


def test_two_settings_are_still_a_prompt() -> None:
    assert parse("a house, Size: big, Colour: red").prompt == "a house, Size: big, Colour: red"


def test_a_prompt_that_looks_like_a_negative_one_is_told_apart() -> None:
    basics = {"Steps": "1", "Sampler": "Euler", "Seed": "2"}
    found = parse(write(Parameters("Negative prompt: x", "", basics)))
    assert (found.prompt, found.negative) == ("Negative prompt : x", "")


PROSE = st.text(st.sampled_from('ab ,:()<>"\\\n\t图\U0001f600'), max_size=40) | st.text(max_size=40)
VALUES = st.text(st.sampled_from('ab1 ,:"\\\n图'), min_size=1, max_size=12).map(str.strip)


@settings(deadline=None)
@given(PROSE, PROSE, VALUES.filter(lambda value: value and value[0] != '"'))
def test_what_is_written_reads_back(prompt: str, negative: str, value: str) -> None:
    basics = {"Steps": "20", "Sampler": "Euler", "Seed": "7", "Extra": value}
    once = parse(write(Parameters(prompt, negative, basics)))
    assert once.settings == basics
    assert parse(write(once)) == once
    assert once.prompt.split() == [
        *prompt.replace("\0", "").replace("Negative prompt:", "Negative prompt :").split()
    ]


def test_all_our_names_have_a_name_of_theirs() -> None:
    assert set(infotext.SAMPLERS) == set(OUR_SAMPLERS)
    assert set(infotext.SCHEDULES) == set(OUR_SCHEDULES)
