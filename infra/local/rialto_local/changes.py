"""Whether LocalStack's stack update would really make a change.

It always reports UPDATE_COMPLETE, but does nothing for queues, rules, tables, buckets, log groups and alarms. A stack
with a change of those is deleted and made again.
"""

from typing import Any

from rialto_local.templates import Template

# Property names of which a change takes effect; None: all of them.
_EFFECTIVE: dict[str, frozenset[str] | None] = {
    "AWS::Lambda::Function": frozenset(
        {
            "Code",
            "Environment",
            "Timeout",
            "MemorySize",
            "Handler",
            "Runtime",
            "Description",
            "Role",
            "Architectures",
            "TracingConfig",
            "Tags",
        }
    ),
    "AWS::Lambda::EventSourceMapping": None,
    "AWS::StepFunctions::StateMachine": None,
    "AWS::SSM::Parameter": None,
    "AWS::ApiGateway::RestApi": None,
    "AWS::ApiGateway::Stage": None,
    # Nothing enforces these here, so there is nothing to see of a change.
    "AWS::IAM::Role": None,
    "AWS::IAM::ManagedPolicy": None,
    "AWS::IAM::Policy": None,
    "AWS::Lambda::Permission": None,
}
# Sections besides the resources that only document or check.
_INERT_SECTIONS = frozenset({"Description", "Metadata", "Outputs", "Rules"})


def ineffective(
    old: Template, new: Template, old_parameters: dict[str, str], new_parameters: dict[str, str]
) -> list[str]:
    """What changed that an update would leave as it was, by name; empty when an update will do."""
    names = [
        f"parameter {name}"
        for name in sorted(old_parameters.keys() | new_parameters.keys())
        if old_parameters.get(name) != new_parameters.get(name) and not _only_effective_uses(new, name)
    ]
    names += [
        section
        for section in sorted(old.keys() | new.keys())
        if section not in _INERT_SECTIONS | {"Resources", "Parameters"} and old.get(section) != new.get(section)
    ]
    before, after = old.get("Resources", {}), new.get("Resources", {})
    names += [name for name in sorted(before.keys() & after.keys()) if not _is_effective(before[name], after[name])]
    return names


def _is_effective(before: dict[str, Any], after: dict[str, Any]) -> bool:
    if before == after:
        return True
    if before["Type"] != after["Type"] or before["Type"] not in _EFFECTIVE:
        return False
    effective = _EFFECTIVE[before["Type"]]
    return effective is None or _changed(before.get("Properties", {}), after.get("Properties", {})) <= effective


def _changed(before: dict[str, Any], after: dict[str, Any]) -> set[str]:
    return {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}


def _only_effective_uses(template: Template, parameter: str) -> bool:
    """Whether the parameter is only referred to where a change takes effect."""
    for resource in template.get("Resources", {}).values():
        effective = _EFFECTIVE.get(resource["Type"], frozenset())
        for name, value in resource.get("Properties", {}).items():
            if (effective is not None and name not in effective) and _refers(value, parameter):
                return False
    return not _refers(template.get("Conditions", {}), parameter)


def _refers(value: Any, parameter: str) -> bool:
    if isinstance(value, dict):
        return value.get("Ref") == parameter or any(_refers(inner, parameter) for inner in value.values())
    if isinstance(value, list):
        return any(_refers(inner, parameter) for inner in value)
    return isinstance(value, str) and f"${{{parameter}}}" in value
