"""Work on pixels alone: resize, blend, match tones, and the same for masks; no networks, no files.

Pictures are float32 ``(batch, height, width, channels)`` in sRGB encoding, 0 to 1; masks lack the
channels. Arguments are left alone.
"""
