"""How fast the engine draws: time for a point, alone and in a batch, against the least it could take."""

from __future__ import annotations

import numpy as np
from _common import median_seconds, row

import sketchrnn
from sketchrnn import store
from sketchrnn.engine import Decoder, Sampler
from sketchrnn.engine.threads import one_blas_thread


def main() -> None:
    info = store.read_info(store.find(store.default_model()))
    weights = store.read_weights(info)
    decoder = Decoder(info.architecture, weights)
    print(
        f"{info.name}: {info.architecture.dec_rnn_size} LSTM units, {info.architecture.num_mixture} mixtures"
    )

    kernel = np.concatenate([weights["decoder/lstm/kernel"], weights["decoder/lstm/recurrent_kernel"]])
    vector = np.ones((1, len(kernel)), np.float32)
    head = weights["decoder/output/kernel"]
    product = median_seconds(lambda: ((vector @ kernel), (vector[:, 5:] @ head)), 500)
    row("one matrix-vector product over the same weights", f"{1e6 * product:.0f} µs")

    for batch in (1, 9):
        sampler = Sampler(0.4, [np.random.default_rng(seed) for seed in range(batch)])
        z = np.zeros((batch, info.architecture.z_size), np.float32) if info.conditional else None
        state = decoder.start(z, batch)
        outputs, state = decoder.step(state, np.zeros((batch, 5), np.float32))

        def draw_point(outputs=outputs, state=state, sampler=sampler):
            decoder.step(state, sampler.sample(outputs))

        seconds = median_seconds(draw_point, 300)
        row(
            f"a sampled point, {batch} drawing{'s' * (batch > 1)} at once, each",
            f"{1e6 * seconds / batch:.0f} µs",
        )
        if batch == 1:
            row("  that is, in matrix-vector products", f"{seconds / product:.2f}")

    model = sketchrnn.load_model(info.path)
    row("loading the model", f"{1e3 * median_seconds(lambda: sketchrnn.load_model(info.path), 10):.0f} ms")
    half = model.sample(1, seed=4)[0]
    half = half[: max(1, len(half) // 2)]
    first = median_seconds(lambda: next(model.ink(half, seed=1)), 10)
    row(f"the first point of an ending, after {half.point_count} points", f"{1e3 * first:.0f} ms")
    points = len(list(model.ink(half, seed=1)))
    whole = median_seconds(lambda: list(model.ink(half, seed=1)), 5)
    row(f"a whole ending of {points} points", f"{1e3 * whole:.0f} ms")


if __name__ == "__main__":
    with one_blas_thread():
        main()
