"""The completer: a person's drawing to model units, encoded, primed, continued stroke by stroke.

From the ground up: `ink` and `batch` (points, and how they are drawn), `networks` (a saved model),
`sizing`, `latent_space`, `endings`, `completer`; each builds on those before it.
"""

from sketchrnn.completion.batch import Seed
from sketchrnn.completion.completer import Completer, load_model
from sketchrnn.completion.endings import BEST_OF, ENOUGH, LARGEST_WHOLE, SHORTEST_ENDING, Ending, Options
from sketchrnn.completion.ink import PAPER_FILL, InkPoint
from sketchrnn.completion.latent_space import DEFAULT_TEMPERATURE, slerp
from sketchrnn.completion.networks import DEFAULT_GUIDANCE, MAX_PRIMED_POINTS
from sketchrnn.completion.sizing import FILL_PRIOR, FILLS

__all__ = [
    "BEST_OF",
    "DEFAULT_GUIDANCE",
    "DEFAULT_TEMPERATURE",
    "ENOUGH",
    "FILLS",
    "FILL_PRIOR",
    "LARGEST_WHOLE",
    "MAX_PRIMED_POINTS",
    "PAPER_FILL",
    "SHORTEST_ENDING",
    "Completer",
    "Ending",
    "InkPoint",
    "Options",
    "Seed",
    "load_model",
    "slerp",
]
