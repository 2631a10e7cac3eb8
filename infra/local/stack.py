#!/usr/bin/env python3
"""The local stack's command line: see `--help`, or the Makefile, which calls this."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from rialto_local.commands import main  # noqa: E402

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
