"""Run the plain sync once: `python broken/plain_sync.py [--broken NAME]`.

`--list` prints the broken variants as JSON. The environment contains the settings, as
for every sync under test. Exit status: 0 done, 75 run me again, 1 error (one line).
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

# Python compiles this file at each start, and an imported one only once.
from broken.program import main

if __name__ == "__main__":
    sys.exit(main())
