from __future__ import annotations

from dataclasses import replace

from studio.core.spec import Input
from studio.core.widgets import Range, When
from studio.ui.inspector.sections import MAIN, is_shown, sections


def number(name: str, when: When | None = None) -> Input:
    return Input(name, "int", default=0, widget=Range(0, 9), when=when)


def test_parameters_and_sockets_stand_apart() -> None:
    found = sections([Input("model", "DiffusionModel"), number("steps")])
    assert [(one.id, [item.name for item in one.inputs]) for one in found] == [
        ("main", ["steps"]),
        ("inputs", ["model"]),
    ]


def test_what_authors_put_last_waits_under_more() -> None:
    found = sections([number(f"p{place}") for place in range(MAIN + 2)])
    assert [len(section.inputs) for section in found] == [MAIN, 2]
    assert not found[1].is_open


def test_groups_of_the_author_come_first_and_the_rest_waits() -> None:
    inputs = [number("seed"), number("steps"), number("denoise"), number("rho")]
    groups = {"seed": "Noise", "denoise": "Noise", "steps": "Sampling"}
    found = sections(replace(item, group=groups.get(item.name, "")) for item in inputs)
    assert [(one.title, [item.name for item in one.inputs]) for one in found] == [
        ("Noise", ["seed", "denoise"]),
        ("Sampling", ["steps"]),
        ("More", ["rho"]),
    ]
    assert [one.is_open for one in found] == [True, True, False]


def test_a_parameter_shows_only_where_it_means_something() -> None:
    eta = number("eta", When.equal("sampler", "euler_ancestral"))
    assert is_shown(eta, {"sampler": "euler_ancestral"})
    assert not is_shown(eta, {"sampler": "euler"})
