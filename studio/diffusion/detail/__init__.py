"""Detail passes: masks of what was found, the prompt for each, and their redrawing one by one.

`masks` makes masks of detections, `prompts` chooses their texts, `plan` settles place, denoise and
seed of each, and `passes` draws them by `studio.diffusion.redraw`. Finding itself is the work of
`studio.diffusion.detect`. `settings` is data alone.
"""
