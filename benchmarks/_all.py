"""Runs every benchmark, one after another, and writes what they print to docs/benchmarks.md.

    python benchmarks/_all.py [NAME…]        (make bench)

With names (`engine start`) only those are run, and nothing is written.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from _common import ROOT

OUT = ROOT / "docs" / "benchmarks.md"

LONG = ("finished", "judge", "likelihood", "quality", "reading", "scaling", "teach")
"""What takes minutes and is about drawings: only run by name. Its figures have pages of their own."""


def main(names: list[str]) -> int:
    scripts = sorted((ROOT / "benchmarks").glob("[!_]*.py"))
    if unknown := set(names) - {script.stem for script in scripts}:
        print(f"there is no benchmark {unknown.pop()}; there are: {', '.join(s.stem for s in scripts)}")
        return 2
    before, failed, sections = os.getloadavg()[0], [], []
    for script in scripts:
        if script.stem not in names and (names or script.stem in LONG):
            continue
        print(script.relative_to(ROOT), flush=True)
        with tempfile.TemporaryDirectory() as folder:
            rows = Path(folder) / "rows.jsonl"
            rows.touch()
            paths = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
            environment = {**os.environ, "BENCHMARK_ROWS": str(rows), "PYTHONPATH": paths}
            if subprocess.run([sys.executable, str(script)], env=environment, check=False).returncode:
                failed.append(script.stem)
            lines = [json.loads(line) for line in rows.read_text("utf-8").splitlines()]
        sections.append(section(script, lines))
    if failed:
        print(f"failed: {', '.join(failed)}; {OUT.name} is left as it was")
        return 1
    if not names:
        OUT.write_text("\n".join([head(before), *sections]), "utf-8")
        print(f"written: {OUT.relative_to(ROOT)}")
    return 0


def head(load_before: float) -> str:
    import numpy as np

    from sketchrnn.engine.threads import blas_architectures

    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    quiet = (
        "nothing else was running"
        if load_before < 0.5
        else "**other programs were running: not a quiet run**"
    )
    return f"""# Benchmarks

What `make bench` printed on {time.strftime("%d %B %Y")}. It writes this page.

{processor()}, {cores} cores; {platform.system()}, Python {platform.python_version()}, \
NumPy {np.__version__} \
(BLAS kernels: {", ".join(sorted(blas_architectures())) or "unknown"}). Load before the first script: \
{load_before:.1f}; {quiet}. Times are medians; ratios are of times in one run.
"""


def processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
        return next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def section(script: Path, lines: list[list[str]]) -> str:
    about = script.read_text("utf-8").split('"""')[1].split("\n")[0].strip()
    text = [f"## {script.stem.replace('_', ' ').capitalize()}", "", about, ""]
    in_table = False
    for kind, *words in lines:
        if kind == "heading":
            text += [""] * in_table + [f"{words[0]}", ""]
            in_table = False
            continue
        if not in_table:
            text += ["| | measured | reach |", "| --- | ---: | ---: |"]
            in_table = True
        text.append("| " + " | ".join(word.strip().replace("|", "\\|") for word in words) + " |")
    return "\n".join(text) + "\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
