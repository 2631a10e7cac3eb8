"""A stack's state: its name, its folder under `.local/stacks/`, and what is written down there."""

import dataclasses
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rialto_local import paths, processes
from rialto_local.say import Failure

REGION = "us-east-1"
ACCOUNT = "000000000000"
API_ID = "rialto"


@dataclass(frozen=True)
class Stack:
    """A stack by its name. All paths hang off its state folder."""

    name: str
    stage: str

    @staticmethod
    def named(name: str, stage: str | None = None) -> "Stack":
        """The stack of that name: with the stage it was started with, else the given one, else `dev`."""
        if not re.fullmatch(r"[a-z][a-z0-9-]{0,30}", name):
            raise Failure(f"{name!r} is no name for a stack: lower-case letters, digits and dashes")
        recorded = _read(paths.STACKS / name / "stack.json").get("stage")
        return Stack(name, stage or recorded or "dev")

    @staticmethod
    def all() -> list["Stack"]:
        """Every stack that has a state folder."""
        if not paths.STACKS.is_dir():
            return []
        return [Stack.named(folder.name) for folder in sorted(paths.STACKS.iterdir()) if folder.is_dir()]

    @property
    def state(self) -> Path:
        """The stack's folder."""
        return paths.STACKS / self.name

    @property
    def logs(self) -> Path:
        """One log file a function."""
        return self.state / "logs"

    @property
    def code(self) -> Path:
        """A folder a function, with a link `bootstrap` to the built binary."""
        return self.state / "code"

    @property
    def credentials_file(self) -> Path:
        """The seeded people and their passwords."""
        return self.state / "credentials.json"

    @property
    def summary_file(self) -> Path:
        """What tests and tools read: addresses and folders."""
        return self.state / "stack.json"

    @property
    def ports(self) -> dict[str, int]:
        """The ports by name; empty before the first start."""
        return _read(self.state / "ports.json")

    @property
    def groups(self) -> dict[str, int]:
        """Ids of the process groups by what they run."""
        return _read(self.state / "processes.json")

    @property
    def gateway(self) -> str:
        """LocalStack's address: every service but DynamoDB and OpenSearch."""
        return f"http://127.0.0.1:{self.ports['gateway']}"

    @property
    def dynamodb(self) -> str:
        """DynamoDB Local's own address: the same tables as through the gateway, several times faster."""
        return f"http://127.0.0.1:{self.ports['dynamodb']}"

    @property
    def opensearch(self) -> str:
        """OpenSearch's address."""
        return f"http://127.0.0.1:{self.ports['opensearch']}"

    @property
    def base_url(self) -> str:
        """The address of the public API."""
        return f"{self.gateway}/_aws/execute-api/{API_ID}/{self.stage}"

    @property
    def cluster(self) -> str:
        """The name by which this stack's OpenSearch is told from another's."""
        return f"rialto-{self.name}"

    def is_running(self) -> bool:
        """Whether all that was started is still alive."""
        groups = self.groups
        alive = processes.marked(self.state) if groups else {}
        return bool(groups) and all(group in alive for group in groups.values())

    def require_running(self) -> None:
        """Fails when it is not."""
        if not self.is_running():
            raise Failure(f"stack {self.name} is not running: `make up` starts it")

    def record(self, file: str, content: Any) -> None:
        """Writes a file of the state folder, whole or not at all."""
        self.state.mkdir(parents=True, exist_ok=True)
        partial = self.state / f"{file}.partial"
        partial.write_text(json.dumps(content, indent=2) + "\n")
        partial.rename(self.state / file)

    def write_summary(self) -> None:
        """Writes `stack.json`."""
        self.record(
            "stack.json",
            {
                **dataclasses.asdict(self),
                "region": REGION,
                "account": ACCOUNT,
                "baseUrl": self.base_url,
                "gateway": self.gateway,
                "dynamodb": self.dynamodb,
                "opensearch": self.opensearch,
                "state": str(self.state),
                "logs": str(self.logs),
                "calls": str(self.calls),
                "credentials": str(self.credentials_file),
            },
        )

    @property
    def calls(self) -> Path:
        """Where functions record the AWS calls they make, on test stages."""
        return self.state / "calls"


def _read(file: Path) -> dict[str, Any]:
    try:
        return json.loads(file.read_text())
    except (OSError, ValueError):
        return {}
