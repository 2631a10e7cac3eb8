"""Where things are: the repository, and the folder `.local` that holds all that is downloaded or run."""

import os
from pathlib import Path

LOCAL = Path(__file__).resolve().parent.parent
INFRA = LOCAL.parent
REPOSITORY = INFRA.parent
STATE_MACHINES = REPOSITORY / "statemachines"
HOME = REPOSITORY / ".local"
TOOLS = HOME / "tools"
STACKS = HOME / "stacks"
TARGET = Path(os.environ.get("CARGO_TARGET_DIR", REPOSITORY / "target"))
