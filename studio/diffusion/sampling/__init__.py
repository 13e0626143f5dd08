"""From noise to a latent: noise levels, guidance, samplers, and the walk that joins them.

`walk` is the whole of it, `samplers` the rules it goes by, `denoise` the network as they see it, and
`steering` the contract of whatever stands beside that network. Nothing here knows ControlNets,
pictures or files; `studio.diffusion.painting` is the door that brings them together.
"""
