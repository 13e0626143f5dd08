"""The shipped pairs are those of the published vocabulary."""

from __future__ import annotations

import pytest

from training.tokenizer import read_merges


def test_another_vocabulary_file_is_refused() -> None:
    with pytest.raises(ValueError, match="SHA-256"):
        read_merges(b"something else")
