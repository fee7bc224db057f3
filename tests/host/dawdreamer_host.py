"""Tandem in dawdreamer: stereo, side-chain, automation. It loads the first class only."""

import sys

import dawdreamer
import numpy as np

RATE, BLOCK = 48_000, 512
BUNDLE = sys.argv[1]


def noise(seed):
    return np.random.default_rng(seed).normal(0.0, 0.2, (2, RATE)).astype(np.float32)


def render(plugin_setup=None, key=None):
    engine = dawdreamer.RenderEngine(RATE, BLOCK)
    plugin = engine.make_plugin_processor("tandem", BUNDLE)
    if plugin_setup:
        plugin_setup(plugin)
    x = noise(1)
    main = engine.make_playback_processor("main", x)
    graph = [(main, []), (plugin, ["main"])]
    if key is not None:
        side = engine.make_playback_processor("key", key)
        graph = [(main, []), (side, []), (plugin, ["main", "key"])]
    engine.load_graph(graph)
    engine.render(1.0)
    # A processor must not outlive its engine.
    return x, engine.get_audio()[:, :RATE], plugin.get_num_input_channels()


def parameter(plugin, name):
    for description in plugin.get_parameters_description():
        if description["name"] == name:
            return description["index"]
    raise AssertionError(f"no parameter {name}")


x, y, inputs = render()
assert inputs == 4, f"{inputs} input channels, 2 and a side-chain of 2 expected"
worst = np.abs(x[:, : y.shape[1]] - y[:, : x.shape[1]]).max()
assert worst <= 1e-6, f"null leaves {worst}, 1e-6 (-120 dB) at most"

_, keyed, _ = render(key=noise(2))
assert (keyed == y).all(), "a key that nothing listens to changes the sound"


def half_way(plugin):
    index = parameter(plugin, "Input Trim")
    # One value a sample: 0 dB, then -24 dB from the middle on.
    curve = np.full(RATE, 0.5, dtype=np.float32)
    curve[RATE // 2 :] = 0.0
    assert plugin.set_automation(index, curve), "automation is refused"


_, moved, _ = render(half_way)
first, last = np.abs(moved[:, : RATE // 2 - BLOCK]).max(), np.abs(moved[:, -RATE // 4 :]).max()
factor = last / np.abs(x[:, -RATE // 4 :]).max()
assert np.abs(moved[:, : RATE // 2 - BLOCK] - x[:, : RATE // 2 - BLOCK]).max() <= 1e-6, "automation moves too early"
assert abs(factor - 10 ** (-24 / 20)) < 1e-3, f"-24 dB of automated trim gives a factor of {factor}"

print("ok")
