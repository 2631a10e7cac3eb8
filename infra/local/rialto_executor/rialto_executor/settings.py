"""The plugin's settings, read once from the environment."""

import os
import shlex
from pathlib import Path

_FUNCTION_ENV_PREFIX = "RIALTO_FUNCTION_ENV_"

STATE_DIR = os.environ.get("RIALTO_STATE_DIR", "")
LOG_DIR = Path(os.environ["RIALTO_LOG_DIR"]) if "RIALTO_LOG_DIR" in os.environ else None
DYNAMODB = shlex.split(os.environ.get("RIALTO_DYNAMODB", ""))
INIT_TIMEOUT = float(os.environ.get("RIALTO_INIT_TIMEOUT", "25"))
FUNCTION_ENV = {
    name.removeprefix(_FUNCTION_ENV_PREFIX): value
    for name, value in os.environ.items()
    if name.startswith(_FUNCTION_ENV_PREFIX)
}
