"""How likely people's drawings are to Magenta's published models, beside what the data's page says of them.

Every published model of one category at hand is imported, and measures the raw drawings of its category, both
by the command line as anybody would (`sketchrnn model import`, `sketchrnn evaluate … --json`).

    python benchmarks/likelihood.py             prints the table
    python benchmarks/likelihood.py --write     and puts it into docs/quality.md
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import logging
import re
import statistics
import tempfile
from pathlib import Path

import numpy as np
from _common import DATA, ROOT, heading, need, row
from _specialists import categories

from sketchrnn import store
from sketchrnn.cli import main as command_line
from sketchrnn.dataset import splits
from sketchrnn.engine import Decoder, Mixture
from sketchrnn.engine.threads import one_blas_thread

PAGE = ROOT / "docs" / "quality.md"
TOLERANCE = 0.03


def listed() -> dict[str, float]:
    """Nats a point by category, as the data's own page lists them."""
    text = need(DATA / "README.md").read_text("utf-8").replace("\u2212", "-").replace("\n", " ")
    text = text[text.index("Nats a point of the weights") :]
    found = {label: re.search(rf"\b{label} (-?\d\.\d\d)\b", text) for label in categories()}
    return {label: float(match[1]) for label, match in found.items() if match}


def command(*words: str) -> str:
    """What a command prints."""
    with contextlib.redirect_stdout(io.StringIO()) as out:
        status = command_line(words)
    if status:
        raise SystemExit(f"sketchrnn {' '.join(words)} failed")
    return out.getvalue()


def measure(label: str, folder: Path) -> tuple[float, float]:
    """Nats a point by `sketchrnn evaluate`, and those of the second half of each drawing's points."""
    name = label.replace(" ", "_")
    raw, out = DATA / "quickdraw" / "raw" / f"{label}.ndjson", folder / name
    command("model", "import", str(DATA / "magenta" / f"{name}.gen.json"), "--out", str(out))
    whole = json.loads(command("evaluate", str(out), str(need(raw)), "--json"))["nats_per_point"]
    info = store.read_info(out)
    drawings, _ = splits.load_split([raw], "test", frame=info.frame, epsilon=info.epsilon)
    decoder, halves = Decoder(info.architecture, store.read_weights(info)), []
    with one_blas_thread():
        for rows in drawings:
            units = rows / np.array([info.scale_factor, info.scale_factor, 1.0], np.float32)
            outputs, _ = decoder.prime(decoder.start(), [units])
            log_p = np.add(*Mixture.of(outputs[0][:-1]).log_likelihood(units))
            halves.append(-log_p[len(log_p) // 2 :])
    return float(whole), float(np.concatenate(halves).mean())


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--write", action="store_true", help="put the table into docs/quality.md")
    write = parser.parse_args().write
    given = listed()
    logging.getLogger("tensorflow").setLevel(logging.ERROR)  # that it traces its functions for each model
    heading(f"Nats a point of the raw drawings of {len(given)} categories; listed ones within {TOLERANCE}")
    with tempfile.TemporaryDirectory() as folder:
        measured = {}
        for label, value in given.items():
            measured[label] = measure(label, Path(folder))
            row(label, f"{measured[label][0]:.3f}", f"{value:.2f}")
    mean, second = (statistics.mean(figures) for figures in zip(*measured.values(), strict=True))
    row("mean", f"{mean:.3f}", f"{statistics.mean(given.values()):.2f}")
    row("mean over the second half of the points", f"{second:.3f}")
    off = [label for label, value in given.items() if abs(measured[label][0] - value) > TOLERANCE]
    print(f"further than {TOLERANCE} from what is listed: {', '.join(off) or 'none'}")
    if write:
        lines = ["| | nats a point | listed |", "| --- | ---: | ---: |"]
        lines += [f"| {label} | {measured[label][0]:.3f} | {value:.2f} |" for label, value in given.items()]
        lines += [f"| mean | {mean:.3f} | {statistics.mean(given.values()):.2f} |"]
        lines += [f"| second half of the points, mean | {second:.3f} | |"]
        table = "\n".join(lines).replace("-0.", "\u22120.")
        pattern = re.compile(r"(<!-- each of magenta's -->\n).*?(<!-- end -->)", re.DOTALL)
        text = pattern.sub(lambda match: f"{match[1]}{table}\n{match[2]}", PAGE.read_text("utf-8"))
        PAGE.write_text(text, "utf-8")
        print(f"written: {PAGE.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
