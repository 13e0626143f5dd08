from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from studio.core.errors import (
    DamagedFileError,
    FamilyMismatchError,
    UnknownFamilyError,
    UnsupportedError,
)
from studio.core.values import DiffusionModel, TextEncoder, Vae
from studio.facts import families
from studio.facts.described import Header
from studio.facts.families import describe, family, identify, identify_vae, same_family
from tests.tools.strip_model import header_of

HEADERS = Path(__file__).parents[1] / "data" / "headers"

CHECKPOINTS = {
    "sd15": ("sd15", "base", "epsilon"),
    "sd15_inpaint": ("sd15", "inpaint", "epsilon"),
    "sd15_ip2p": ("sd15", "ip2p", "epsilon"),
    "sd15_depth": ("sd15", "depth", "epsilon"),
    "sd15_old_clip": ("sd15", "base", "epsilon"),
    "sd15_v": ("sd15", "base", "v"),
    "sd15_modelspec_v": ("sd15", "base", "v"),
    "sd15_unet_only": ("sd15", "base", "epsilon"),
    "folder_sd15": ("sd15", "base", "epsilon"),
    "sdxl": ("sdxl", "base", "epsilon"),
    "sdxl_v_zsnr": ("sdxl", "base", "v_zsnr"),
    "sdxl_tiny": ("sdxl", "base", "epsilon"),
    "sdxl_unet_only": ("sdxl", "base", "epsilon"),
    "sdxl_inpaint": ("sdxl", "inpaint", "epsilon"),
    "folder_sdxl": ("sdxl", "base", "epsilon"),
}
UNSUPPORTED = {
    "playground_25": "Playground 2.5",
    "sdxl_refiner": "refiner",
    "sd2": "Stable Diffusion 2.x",
    "folder_sd2": "Stable Diffusion 2.x",
    "sd3": "Stable Diffusion 3",
    "flux1": "Flux.1",
    "flux2": "Flux.2",
    "chroma": "Chroma",
    "z_image": "Z-Image",
    "wan": "Wan",
}
OTHERS = {
    "controlnet_sd15": ("ControlNet for Stable Diffusion 1.x", "load.controlnet"),
    "controlnet_sdxl": ("ControlNet for Stable Diffusion XL", "load.controlnet"),
    "controlnet_diffusers_sdxl": ("ControlNet for Stable Diffusion XL", "load.controlnet"),
    "lora_sd15": ("LoRA for Stable Diffusion 1.x", "load.lora"),
    "lora_sdxl": ("LoRA for Stable Diffusion XL", "load.lora"),
    "vae": ("a VAE", "load.vae"),
    "motion": ("motion module", "load.motion_module"),
    "embedding": ("textual inversion", "prompt"),
    "embedding_sdxl": ("textual inversion for Stable Diffusion XL", "prompt"),
    "embedding_pt": ("textual inversion", "prompt"),
    "upscaler": ("an upscaler", "load.upscaler"),
    "t2i_sd15": ("T2I-Adapter for Stable Diffusion 1.x", "load.controlnet"),
    "t2i_light_sd15": ("T2I-Adapter for Stable Diffusion 1.x", "load.controlnet"),
    "t2i_sdxl": ("T2I-Adapter for Stable Diffusion XL", "load.controlnet"),
    "ip_adapter_sd15": ("IP-Adapter for Stable Diffusion 1.x", "load.ip_adapter"),
    "ip_adapter_plus_sdxl": ("IP-Adapter for Stable Diffusion XL", "load.ip_adapter"),
    "ip_adapter_face_id": ("IP-Adapter for Stable Diffusion 1.x", "load.ip_adapter"),
    "image_encoder": ("an image encoder", "load.image_encoder"),
}


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let `identify` see a fixture in place of a file of gigabytes."""
    monkeypatch.setattr(families, "read_header", lambda path: header_of(HEADERS / f"{path}.json"))


def test_every_fixture_is_expected_somewhere() -> None:
    known = {*CHECKPOINTS, *UNSUPPORTED, *OTHERS, "unknown"}
    assert {file.stem for file in HEADERS.glob("*.json")} == known


@pytest.mark.usefixtures("opened")
@pytest.mark.parametrize("name", CHECKPOINTS)
def test_a_checkpoint_is_identified_with_evidence(name: str) -> None:
    found = identify(name)
    assert (found.family, found.variant, found.prediction) == CHECKPOINTS[name]
    assert found.evidence
    assert found.kind == "checkpoint"


@pytest.mark.usefixtures("opened")
@pytest.mark.parametrize("name", UNSUPPORTED)
def test_a_known_family_that_is_not_supported_is_named(name: str) -> None:
    with pytest.raises(UnsupportedError, match=UNSUPPORTED[name]):
        identify(name)


@pytest.mark.usefixtures("opened")
@pytest.mark.parametrize("name", OTHERS)
def test_another_kind_of_file_is_named_with_the_node_it_belongs_to(name: str) -> None:
    with pytest.raises(FamilyMismatchError) as raised:
        identify(name)
    what, where = OTHERS[name]
    assert what in raised.value.text
    assert where in raised.value.fix


@pytest.mark.usefixtures("opened")
def test_an_unknown_file_is_described_by_its_ten_most_telling_names() -> None:
    with pytest.raises(UnknownFamilyError) as raised:
        identify("unknown")
    assert raised.value.text.count("strange.") == 10


@pytest.mark.parametrize("name", ["sd15", "sdxl"])
def test_widths_do_not_decide(name: str) -> None:
    header = header_of(HEADERS / f"{name}.json")
    narrow = {
        tensor: replace(facts, shape=tuple(max(1, length // 64) for length in facts.shape))
        for tensor, facts in header.tensors.items()
    }
    assert describe(replace(header, tensors=narrow)).family == name


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("sd15", ("unet", "vae", "text_encoder")),
        ("sdxl", ("unet", "vae", "text_encoder")),
        ("sd15_unet_only", ("unet",)),
        ("vae", ("vae",)),
    ],
)
def test_the_parts_that_are_there_are_listed(name: str, parts: tuple[str, ...]) -> None:
    assert describe(header_of(HEADERS / f"{name}.json")).parts == parts


@pytest.mark.usefixtures("opened")
def test_a_vae_alone_has_no_family_and_one_in_a_checkpoint_has() -> None:
    assert identify_vae("vae").family == ""
    assert identify_vae("sdxl").family == "sdxl"
    with pytest.raises(UnsupportedError, match="holds no VAE"):
        identify_vae("lora_sd15")


def test_a_sidecar_says_that_a_denoiser_predicts_v(tmp_path: Path) -> None:
    header = replace(header_of(HEADERS / "sd15.json"), path=tmp_path / "model.safetensors")
    assert describe(header).prediction == "epsilon"
    (tmp_path / "model.yaml").write_text('model:\n  params:\n    parameterization: "v"\n')
    assert describe(header).prediction == "v"


def test_a_folder_says_its_prediction_in_the_scheduler(tmp_path: Path) -> None:
    (tmp_path / "scheduler").mkdir()
    settings = '{"prediction_type": "v_prediction", "rescale_betas_zero_snr": true}'
    (tmp_path / "scheduler" / "scheduler_config.json").write_text(settings)
    header = replace(header_of(HEADERS / "folder_sd15.json"), path=tmp_path)
    assert describe(header).prediction == "v_zsnr"


def test_nothing_that_describe_is_given_makes_it_raise() -> None:
    empty = Header(Path("model"), "safetensors", {})
    assert describe(empty).kind == "unknown"


def test_a_family_is_found_by_its_id_and_an_unknown_id_is_refused() -> None:
    assert family("sdxl").latent_scale == 0.13025
    with pytest.raises(UnknownFamilyError, match="known are sd15, sdxl"):
        family("sd99")


def test_values_of_one_family_and_of_unknown_ones_go_together() -> None:
    model, text, vae = DiffusionModel("a", "sd15"), TextEncoder("b", ""), Vae("c", "sd15")
    assert same_family(model, text, vae) == "sd15"
    assert same_family(text) == ""


def test_values_of_two_families_are_refused_with_both_named() -> None:
    with pytest.raises(FamilyMismatchError) as raised:
        same_family(DiffusionModel("a", "sd15"), TextEncoder("b", "sdxl"))
    assert "model is of Stable Diffusion 1.x" in raised.value.text
    assert "text encoder of Stable Diffusion XL" in raised.value.text


def test_the_family_of_a_file_that_cannot_be_read_is_unknown(tmp_path: Path) -> None:
    broken = tmp_path / "broken.safetensors"
    broken.write_bytes(b"")
    with pytest.raises(DamagedFileError):
        identify(broken)
    assert families.family_of_file(broken) == ""
