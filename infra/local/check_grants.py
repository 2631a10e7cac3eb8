"""Compares what the functions of a test run called with what their roles allow.

Used: the calls that functions wrote down (`calls/<function>.jsonl` of the test's stack). Granted: the statements of the
templates. What was used and not granted fails on AWS. What was granted and never used is more than the function needs, unless
`rarely_used.yaml` says why no test reaches it.

    check_grants.py <stack.json>
"""

import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from rialto_local import paths, templates
from rialto_local.stack import ACCOUNT, REGION


@dataclass(frozen=True, order=True)
class Grant:
    """An action that a function may do, on an ARN that may have wildcards."""

    function: str
    action: str
    arn: str

    def allows(self, action: str, resource: str) -> bool:
        """Whether a call as the recorder names it (`table/x`, `bucket/key`, a bare name) is within the grant."""
        if self.action != action:
            return False
        target = self.arn.split(":", 5)[-1] if self.arn != "*" else "*"
        names = {target, re.sub(r"^[\w-]+[:/]", "", target), re.sub(r"-[*?]+$", "", re.sub(r"^secret:", "", target))}
        return any(_matches(name.lstrip("/"), resource.lstrip("/")) for name in names)


def _matches(pattern: str, text: str) -> bool:
    wild = "".join({"*": ".*", "?": "."}.get(character, re.escape(character)) for character in pattern)
    return re.fullmatch(wild, text) is not None


def granted(stage: str) -> set[Grant]:
    """Every statement of every function in the templates of the services."""
    return {grant for file in sorted((paths.INFRA / "services").glob("*.yaml")) for grant in _of_template(file, stage)}


def _of_template(file: Path, stage: str) -> Iterator[Grant]:
    template = templates.read(file)
    names = {"Stage": stage, "AWS::Partition": "aws", "AWS::Region": REGION, "AWS::AccountId": ACCOUNT}
    for name, parameter in template.get("Parameters", {}).items():
        names.setdefault(name, str(parameter.get("Default", "")))
    for resource in template["Resources"].values():
        if resource["Type"] != "AWS::Serverless::Function":
            continue
        properties = resource["Properties"]
        function = _text(properties["FunctionName"], names, template)
        for policy in properties.get("Policies", []):
            for statement in _list(_chosen(policy).get("Statement", [])):
                statement = _chosen(statement)
                for action in _list(statement.get("Action", [])):
                    for arn in _list(statement.get("Resource", [])):
                        yield Grant(function, action, _text(arn, names, template))


def _chosen(value: Any) -> Any:
    """The first branch of an `Fn::If`."""
    return value["Fn::If"][1] if isinstance(value, dict) and "Fn::If" in value else value


def _text(value: Any, names: dict[str, str], template: dict[str, Any]) -> str:
    if isinstance(value, str):
        return value
    if "Ref" in value:
        return names.get(value["Ref"], "*")
    if "Fn::Sub" in value and isinstance(value["Fn::Sub"], str):
        return re.sub(r"\$\{([\w:.]+)\}", lambda found: names.get(found[1], "*"), value["Fn::Sub"])
    if "Fn::GetAtt" in value:
        target = template["Resources"][value["Fn::GetAtt"][0]]
        name = target.get("Properties", {}).get("QueueName", "*")
        return f"arn:aws:sqs:{REGION}:{ACCOUNT}:{_text(name, names, template)}"
    return "*"


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def called(folder: Path) -> set[tuple[str, str, str]]:
    """(function, action, resource) of every call that was written down."""
    lines = (line for file in sorted(folder.glob("*.jsonl")) for line in file.read_text().splitlines())
    return {(call["function"], call["action"], call["resource"]) for call in map(json.loads, lines)}


def differences(stage: str, calls: set[tuple[str, str, str]], rare: dict[str, str]) -> list[str]:
    """What was used and not granted, and what was granted, never used and not excused."""
    grants = granted(stage)
    used = {grant for grant in grants for function, action, resource in calls if function == grant.function and grant.allows(action, resource)}
    lines = [
        f"used, not granted: {function} {action} {resource}"
        for function, action, resource in sorted(calls)
        if not any(grant.function == function and grant.allows(action, resource) for grant in grants)
    ]
    for grant in sorted(grants - used):
        key = f"{grant.function.removeprefix(stage + '-')} {grant.action}"
        if key not in rare:
            lines.append(f"granted, never used: {key} on {grant.arn}")
    return lines


def main() -> int:
    """Prints the differences; the exit status says whether there are any."""
    stack = json.loads(Path(sys.argv[1]).read_text())
    rare = yaml.safe_load((paths.LOCAL / "rarely_used.yaml").read_text()) or {}
    lines = differences(stack["stage"], called(Path(stack["calls"])), rare)
    print("\n".join(lines) if lines else "the roles grant what the functions call, and no more")
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
