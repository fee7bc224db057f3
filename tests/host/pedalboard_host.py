"""Tandem in pedalboard: both classes, mono and stereo, parameters, latency, state."""

import sys

import numpy as np
import pedalboard

RATE = 48_000
BUNDLE = sys.argv[1]


def open_plugin(name):
    return pedalboard.load_plugin(BUNDLE, plugin_name=name)


def noise(channels, seed):
    return np.random.default_rng(seed).normal(0.0, 0.2, (channels, RATE)).astype(np.float32)


for name in ("Tandem Channel", "Tandem Master"):
    plugin = open_plugin(name)
    for channels in (2, 1, 2):
        x = noise(channels, channels)
        worst = np.abs(plugin.process(x, RATE, buffer_size=512) - x).max()
        assert worst <= 1e-6, f"{name}, {channels} channels: null leaves {worst}, 1e-6 (-120 dB) at most"

    x = noise(2, 3)
    plugin.input_trim = 6.0
    ratio = np.abs(plugin.process(x, RATE)).max() / np.abs(x).max()
    assert abs(ratio - 10 ** (6 / 20)) < 1e-3, f"{name}: +6 dB of trim gives a factor of {ratio}"

    saved = plugin.raw_state
    other = open_plugin(name)
    other.raw_state = saved
    assert abs(other.input_trim - 6.0) < 1e-3, f"{name}: trim of {other.input_trim} after a state with 6"
    assert other.raw_state == saved, f"{name}: the second save differs"

    # Every mode, aligned: pedalboard takes the reported latency out.
    fresh = open_plugin(name)
    for mode in ("Full", "Live", "Mix"):
        fresh.latency = mode
        fresh.process(noise(2, 4), RATE, buffer_size=512)
        fresh.reset()
        worst = np.abs(fresh.process(x, RATE, buffer_size=512) - x).max()
        assert worst <= 1e-6, f"{name}, {mode}: not aligned, {worst} off"

    fresh.bypass = True
    fresh.input_trim = 12.0
    y = fresh.process(x, RATE, buffer_size=512)
    assert (y == x).all(), f"{name}: bypass differs from the input by {np.abs(y - x).max()}"

    fresh.bypass = False
    for block in (1, 7, 333, 4096):
        y = fresh.process(x[:, :5000], RATE, buffer_size=block)
        assert np.isfinite(y).all(), f"{name}: blocks of {block} give numbers that are none"

print("ok")
