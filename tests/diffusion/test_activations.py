"""Measured memory: what is alive together counts, what was let go does not."""

from __future__ import annotations

import pytest
import torch

from studio.diffusion.activations import peak_bytes

pytestmark = pytest.mark.torch

KIBIBYTE = 1024


def fresh() -> torch.Tensor:
    return torch.zeros(KIBIBYTE, dtype=torch.uint8)


def test_what_is_alive_together_adds_up() -> None:
    assert peak_bytes(lambda: [fresh(), fresh(), fresh()]) == 3 * KIBIBYTE


def test_what_was_let_go_makes_room() -> None:
    def work() -> None:
        for _ in range(5):
            fresh()

    assert peak_bytes(work) == KIBIBYTE


def test_views_and_weights_cost_nothing() -> None:
    weight = fresh()
    assert peak_bytes(lambda: [weight.view(2, -1).t()], [weight]) == 0
    assert peak_bytes(lambda: [fresh().view(4, -1)[1:]]) == KIBIBYTE


def test_a_network_is_measured_by_what_its_layers_hold() -> None:
    layer = torch.nn.Conv2d(1, 16, 1).requires_grad_(False)
    values = torch.zeros(1, 1, 32, 32)
    assert peak_bytes(lambda: layer(values), layer.parameters()) == 16 * 32 * 32 * 4
