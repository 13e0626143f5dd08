"""What this program is, and what it is made of."""

from __future__ import annotations

from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version

from PySide6.QtWidgets import QWidget

from studio.ui.kit.dialog import Dialog
from studio.ui.kit.labels import Words
from studio.ui.looks.looks import Looks

_MADE_OF = (
    ("PySide6-Essentials", "the window", "LGPL 3"),
    ("torch", "computing", "BSD"),
    ("diffusers", "networks of images", "Apache 2"),
    ("transformers", "text encoders", "Apache 2"),
    ("spandrel", "upscalers", "MIT"),
    ("QtAwesome", "Phosphor icons", "MIT"),
)
_FONTS = "Inter and JetBrains Mono are set under the SIL Open Font License 1.1."


class About(Dialog):
    """Name, version and licences."""

    def __init__(self, looks: Looks, window: QWidget) -> None:
        heading = f"Wirebrush {_version('wirebrush')}".rstrip()
        sentence = "A node-graph studio for pictures and films, made on this machine alone."
        super().__init__(looks, heading, sentence, window)
        for name, purpose, licence in _MADE_OF:
            text = f"{name} {_version(name)}: {purpose} ({licence})"
            self.body.addWidget(Words(looks, text, "label", "text.secondary"))
        self.body.addWidget(Words(looks, _FONTS, "label", "text.muted", wraps=True))
        self.add_button("Close", "primary")
        self.setMinimumWidth(420)


def _version(name: str) -> str:
    """Return the version of a package; empty where it runs from a folder that nobody installed."""
    with suppress(PackageNotFoundError):
        return version(name)
    return ""
