"""The TypeScript client: its types are made from the contract, and a purchase is compiled against them."""

import shutil
import subprocess
import time
from pathlib import Path

from rialto_local import install, paths, say
from rialto_local.say import Failure

_SOURCE = paths.REPOSITORY / "clients/typescript"
_WORK = paths.REPOSITORY / ".local/client"


def modules() -> Path:
    """The installed `node_modules`: compiler and generator of types."""
    return install.client_modules(_SOURCE)


def check() -> None:
    """Fails with the compiler's words where the contract does not give the client what it uses."""
    began = time.monotonic()
    node, installed = install.node(), modules()
    shutil.rmtree(_WORK, ignore_errors=True)
    shutil.copytree(_SOURCE, _WORK, ignore=shutil.ignore_patterns("node_modules", "schema.d.ts"))
    (_WORK / "node_modules").symlink_to(installed)
    _run([str(node), str(installed / "openapi-typescript/bin/cli.js"), str(paths.REPOSITORY / "openapi.json"), "--output", "src/schema.d.ts"])
    _run([str(node), str(installed / "typescript/bin/tsc")])
    say.line(f"the TypeScript client compiles: {time.monotonic() - began:.1f} s")


def _run(command: list[str]) -> None:
    done = subprocess.run(command, cwd=_WORK, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        raise Failure(f"the TypeScript client does not compile:\n{done.stdout[-3000:]}")
