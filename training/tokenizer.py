"""Makes ``resources/tokenizer/tokenizer.json``, the byte-pair vocabulary of CLIP.

``python -m training.tokenizer clip_anytorch-2.6.0-py3-none-any.whl``: the vocabulary file
``bpe_simple_vocab_16e6.txt.gz`` (OpenAI, MIT) is read out of that wheel, which ``pip download
--no-deps clip-anytorch==2.6.0`` fetches. The result loads with ``tokenizers.Tokenizer.from_file``.
"""

import argparse
import gzip
import hashlib
import zipfile
from pathlib import Path

from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

_VOCABULARY = "clip/bpe_simple_vocab_16e6.txt.gz"
_SHA256 = "924691ac288e54409236115652ad4aa250f48203de50a9e4722a6ecd48d6804a"
_MERGES = 49152 - 256 - 2
_START, _END = "<|startoftext|>", "<|endoftext|>"
_WORDS = (
    r"<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"
)
TOKENIZER = Path("resources/tokenizer/tokenizer.json")


def build_tokenizer(vocabulary: bytes) -> Tokenizer:
    """Turn the published vocabulary file into a tokenizer.

    Args:
        vocabulary: the content of ``bpe_simple_vocab_16e6.txt.gz``.

    Raises:
        ValueError: when it is another file.
    """
    digest = hashlib.sha256(vocabulary).hexdigest()
    if digest != _SHA256:
        raise ValueError(f"the vocabulary has SHA-256 {digest}, not {_SHA256}; use version 2.6.0")
    lines = gzip.decompress(vocabulary).decode().split("\n")[1 : _MERGES + 1]
    merges = [(first, second) for first, second in (line.split() for line in lines)]
    symbols = _byte_symbols()
    tokens = [*symbols, *(symbol + "</w>" for symbol in symbols), *map("".join, merges)]
    ids = {token: number for number, token in enumerate([*tokens, _START, _END])}
    tokenizer = Tokenizer(models.BPE(ids, merges, end_of_word_suffix="</w>", unk_token=_END))
    spaces = normalizers.Replace(Regex(r"\s+"), " ")
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFC(), spaces, normalizers.Lowercase()]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(_WORDS), behavior="removed", invert=True),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{_START} $A {_END}", special_tokens=[(_START, ids[_START]), (_END, ids[_END])]
    )
    tokenizer.add_special_tokens([_START, _END])
    return tokenizer


def _byte_symbols() -> list[str]:
    """A printable letter for each byte: itself where it prints, else one above 255."""
    printing = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = 256 - len(printing)
    return [chr(byte) for byte in printing] + [chr(256 + number) for number in range(others)]


def main() -> None:
    """Write the tokenizer from a wheel that carries the vocabulary."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("wheel", type=Path)
    parser.add_argument("--output", type=Path, default=TOKENIZER)
    args = parser.parse_args()
    with zipfile.ZipFile(args.wheel) as wheel:
        tokenizer = build_tokenizer(wheel.read(_VOCABULARY))
    args.output.parent.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(args.output), pretty=False)


if __name__ == "__main__":
    main()
