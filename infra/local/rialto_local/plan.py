"""Which stacks there are, and in which order they are deployed."""

from dataclasses import dataclass
from pathlib import Path

from rialto_local import paths


@dataclass(frozen=True)
class Unit:
    """One CloudFormation stack: its name and template, and the data stack whose resources it listens to."""

    name: str
    file: Path
    holds_data: bool = False
    data_of: str | None = None


def waves(stage: str, infra: Path = paths.INFRA) -> list[list[Unit]]:
    """Units that may be deployed side by side, wave after wave: platform, data, services, the gateway."""
    data = {
        file.stem: Unit(f"{stage}-data-{file.stem}", file, holds_data=True)
        for file in sorted((infra / "data").glob("*.yaml"))
    }
    services = [
        Unit(f"{stage}-{file.stem}", file, data_of=data[file.stem].name if file.stem in data else None)
        for file in sorted((infra / "services").glob("*.yaml"))
    ]
    platform = [Unit(f"{stage}-platform", infra / "platform.yaml")] if (infra / "platform.yaml").exists() else []
    api = [Unit(f"{stage}-api", infra / "api.yaml")] if (infra / "api.yaml").exists() else []
    return [wave for wave in (platform, list(data.values()), services, api) if wave]
