"""Enlarge pictures and films, and restore faces, by networks made for it.

`networks` is which network a file holds, `through` one piece of a picture through it, `pictures` a
whole one in tiles, `films` one frame after the other, `faces` what is cut out and laid back; `targets`
and `finishing` lead to the exact size. Diffusion models add detail in `studio.diffusion.redraw`.
"""
