"""Makes ``resources/tokenizer/merges.txt``, the pairs that the vocabulary of CLIP merges.

``python -m training.tokenizer clip_anytorch-2.6.0-py3-none-any.whl``: the vocabulary file
``bpe_simple_vocab_16e6.txt.gz`` (OpenAI, MIT) is read out of that wheel, which ``pip download
--no-deps clip-anytorch==2.6.0`` fetches. `studio.facts.vocabulary` makes a tokenizer of the result.
"""

import argparse
import gzip
import hashlib
import zipfile
from pathlib import Path

from studio.facts.vocabulary import MERGES

_VOCABULARY = "clip/bpe_simple_vocab_16e6.txt.gz"
_SHA256 = "924691ac288e54409236115652ad4aa250f48203de50a9e4722a6ecd48d6804a"
_COUNT = 49152 - 256 - 2


def read_merges(vocabulary: bytes) -> str:
    """Return the pairs of the published vocabulary file, one in each line.

    Args:
        vocabulary: the content of ``bpe_simple_vocab_16e6.txt.gz``.

    Raises:
        ValueError: when it is another file.
    """
    digest = hashlib.sha256(vocabulary).hexdigest()
    if digest != _SHA256:
        raise ValueError(f"the vocabulary has SHA-256 {digest}, not {_SHA256}; use version 2.6.0")
    lines = gzip.decompress(vocabulary).decode().split("\n")[1 : _COUNT + 1]
    return "".join(f"{line}\n" for line in lines)


def main() -> None:
    """Write the pairs from a wheel that carries the vocabulary."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("wheel", type=Path)
    parser.add_argument("--output", type=Path, default=MERGES)
    args = parser.parse_args()
    with zipfile.ZipFile(args.wheel) as wheel:
        merges = read_merges(wheel.read(_VOCABULARY))
    args.output.parent.mkdir(parents=True, exist_ok=True)
    args.output.write_text(merges, "utf-8")


if __name__ == "__main__":
    main()
