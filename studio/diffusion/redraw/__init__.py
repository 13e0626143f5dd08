"""Draw parts of a picture anew: one crop, as `detail` does, or the whole in tiles.

`drawing` is how every part is drawn and laid back, `crops` what it sees and its size, `ring` how its
colours agree with their surroundings; `tiles` and `pieces` cut a whole picture into such parts, and
`pictures` does so with lent networks. `settings` is data alone.
"""
