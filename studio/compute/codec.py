"""torch values as bytes and back: what `studio.engine.codec` needs to store latents and prompts."""

from __future__ import annotations

from typing import Any

from studio.core.errors import TypeMismatchError
from studio.engine.codec import Buffer, Codec

_TORCH = {
    "F64": "float64", "F32": "float32", "F16": "float16", "BF16": "bfloat16",
    "I64": "int64", "I32": "int32", "I16": "int16", "I8": "int8", "U8": "uint8", "BOOL": "bool",
}  # fmt: skip
_NAMES = {f"torch.{name}": code for code, name in _TORCH.items()}


class TorchArrays:
    """torch tensors, dense and on the CPU once they are stored."""

    name = "torch"

    def takes(self, value: Any) -> bool:
        """Say whether a value is a tensor, without importing torch for it."""
        return type(value).__module__ == "torch" and type(value).__name__ == "Tensor"

    def to_buffer(self, value: Any) -> Buffer:
        """Return the bytes of a tensor.

        Raises:
            TypeMismatchError: It is sparse, or of numbers that cannot be stored.
        """
        import torch

        name = str(value.dtype)
        if value.layout != torch.strided or name not in _NAMES:
            raise TypeMismatchError(f"a tensor of {name}, {value.layout}, cannot be stored")
        flat = value.detach().cpu().contiguous().reshape(-1).view(torch.uint8)
        return Buffer(_NAMES[name], tuple(value.shape), memoryview(flat.numpy()))

    def from_buffer(self, buffer: Buffer) -> Any:
        """Make a tensor of the bytes.

        It is a copy: networks round differently on memory that is aligned differently, and torch
        aligns its own.
        """
        import torch

        dtype = getattr(torch, _TORCH[buffer.dtype])
        if not len(buffer.data):
            return torch.empty(buffer.shape, dtype=dtype)
        data = bytearray(buffer.data) if memoryview(buffer.data).readonly else buffer.data
        return torch.frombuffer(data, dtype=dtype).reshape(buffer.shape).clone()


def torch_codec() -> Codec:
    """Return the codec of a computing process."""
    return Codec(TorchArrays())
