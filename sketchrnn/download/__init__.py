"""Files from the web, models and data sets alike: a cut, a kill or a lie on the way spoils nothing."""

from sketchrnn.download.addresses import check_address
from sketchrnn.download.orders import Download, Outcome, Patience, Progress
from sketchrnn.download.together import fetch, fetch_all

__all__ = ["Download", "Outcome", "Patience", "Progress", "check_address", "fetch", "fetch_all"]
