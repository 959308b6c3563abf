"""`python -m gui [FILE]`: the canvas."""

import sys

from gui.app import main

sys.exit(main())
