"""Deploys the templates to a running stack: what is new, what has changed, and nothing else."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import yaml

from rialto_local import changes, cloudformation, paths, plan, say, templates
from rialto_local.plan import Unit
from rialto_local.say import Failure
from rialto_local.stack import Stack
from rialto_local.templates import Rendered

_SIDE_BY_SIDE = 4


def deploy(stack: Stack, profile: str) -> None:
    """Deploys all units; functions run the binaries of the Cargo profile (`debug`, `release`)."""
    began = time.monotonic()
    values = parameter_values(stack)
    waves = [
        [(unit, templates.render(unit.file, stack.code, values)) for unit in wave] for wave in plan.waves(stack.stage)
    ]
    if not waves:
        say.line("nothing to deploy: there are no templates under infra/ yet")
        return
    link_binaries(
        [folder for wave in waves for _, rendered in wave for folder in templates.code_folders(rendered)], profile
    )
    cloudformation.prepare(stack)
    (stack.state / "deployed").mkdir(exist_ok=True)
    remade: set[str] = set()
    _remove_unknown(stack, {unit.name for wave in waves for unit, _ in wave})
    with ThreadPoolExecutor(_SIDE_BY_SIDE) as pool:
        for wave in waves:
            futures = [
                (unit, pool.submit(_deploy_unit, stack, unit, rendered, unit.data_of in remade))
                for unit, rendered in wave
            ]
            failures = [str(error) for _, future in futures if (error := future.exception())]
            if failures:
                raise Failure("\n".join(failures))
            remade |= {unit.name for unit, future in futures if future.result() == "remade"}
    say.line(f"deployed {sum(map(len, waves))} stacks: {time.monotonic() - began:.1f} s")


def parameter_values(stack: Stack) -> dict[str, Any]:
    """What templates may declare as parameters: the stage's file, and what only this stack knows."""
    file = paths.LOCAL / "stages" / f"{stack.stage}.yaml"
    if not file.exists():
        raise Failure(f"no {file}: the stage {stack.stage} is unknown")
    stage_values = yaml.safe_load(file.read_text()) or {}
    return {**stage_values, "Stage": stack.stage, "OpenSearchUrl": stack.opensearch}


def link_binaries(folders: list[Path], profile: str) -> None:
    """Puts a link `bootstrap` to its binary into each function's folder: a rebuilt binary is live with no deployment."""
    built = paths.TARGET / profile
    missing = [folder.name for folder in folders if not (built / folder.name).exists()]
    if missing:
        raise Failure(f"not built in {built}: {', '.join(missing)} (cargo build --workspace --bins)")
    for folder in folders:
        link = folder / "bootstrap"
        folder.mkdir(parents=True, exist_ok=True)
        if not link.is_symlink() or link.readlink() != built / folder.name:
            link.unlink(missing_ok=True)
            link.symlink_to(built / folder.name)


def _deploy_unit(stack: Stack, unit: Unit, rendered: Rendered, data_remade: bool) -> str:
    """What was done: nothing, created, updated or remade."""
    record = stack.state / "deployed" / f"{unit.name}.json"
    old = _deployed(record)
    if old and old.digest == rendered.digest and not data_remade:
        return "nothing"
    began = time.monotonic()
    # Gone until it is done: what an interrupted or failed deployment leaves is made again by the next.
    record.unlink(missing_ok=True)
    did, why = _apply(stack, unit, old, rendered, data_remade)
    stack.record(f"deployed/{unit.name}.json", {"template": rendered.template, "parameters": rendered.parameters})
    say.line(f"  {unit.name} {did}: {time.monotonic() - began:.1f} s{why}")
    return did


def _apply(stack: Stack, unit: Unit, old: Rendered | None, new: Rendered, data_remade: bool) -> tuple[str, str]:
    reasons = _reasons_to_remake(old, new, data_remade)
    if old and not reasons:
        cloudformation.update(stack, unit.name, new)
        return "updated", ""
    existed = cloudformation.delete(stack, unit.name)
    cloudformation.create(stack, unit.name, new)
    if not existed:
        return "created", ""
    lost = "; its data is LOST" if unit.holds_data else ""
    return "remade", f" ({', '.join(reasons)}{lost})"


def _reasons_to_remake(old: Rendered | None, new: Rendered, data_remade: bool) -> list[str]:
    if old is None:
        return ["the last deployment did not end"]
    reasons = [
        f"changed: {name}" for name in changes.ineffective(old.template, new.template, old.parameters, new.parameters)
    ]
    return [*reasons, "its tables are new"] if data_remade else reasons


def _remove_unknown(stack: Stack, known: set[str]) -> None:
    """Deletes stacks whose template is gone."""
    for file in sorted((stack.state / "deployed").glob("*.json")):
        if file.stem not in known:
            cloudformation.delete(stack, file.stem)
            file.unlink()
            say.line(f"  {file.stem} removed")


def _deployed(file: Path) -> Rendered | None:
    try:
        content = json.loads(file.read_text())
    except OSError:
        return None
    return Rendered(content["template"], content["parameters"])
