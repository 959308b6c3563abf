"""The desktop canvas: a person draws the first strokes, a model goes on, stroke by stroke."""

import os

# One point at a time gives a second core nothing to do, but its waiting takes time from the window.
# NumPy reads this when it is imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
