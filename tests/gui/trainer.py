"""What `sketchrnn train --progress json` does, without the training; a script for a process."""

TRAINER = """
import json, pathlib, signal, sys, time, os
out = pathlib.Path(sys.argv[sys.argv.index("--out") + 1])
(out / "checkpoints").mkdir(parents=True, exist_ok=True)
(out / "checkpoints" / "run.json").write_text("{}")
def say(**fields): print(json.dumps(fields), flush=True)
stopped = []
signal.signal(signal.SIGTERM, lambda *_: stopped.append(1))
first = 100 if "--resume" in sys.argv else 0
say(event="start", pid=os.getpid(), step=first)
say(event="validation", step=first, reconstruction_loss=1.0, nats_per_point=2.0, saved=True)
(out / "weights.npz").write_bytes(b"")
for step in range(first, first + 2000):
    say(event="step", step=step, reconstruction_loss=1.0, seconds_left=99.0, drawings_per_second=50.0)
    if stopped: break
    time.sleep(0.02)
say(event="validation", step=step, reconstruction_loss=0.5, nats_per_point=1.5, saved=True)
say(event="end", out=str(out), test={})
"""
