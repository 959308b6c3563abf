"""`python -m sketchrnn`, the same as the command `sketchrnn`."""

import sys

from sketchrnn.cli import main

sys.exit(main())
