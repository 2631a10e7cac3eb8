"""Conditions of a template, worked out from its parameters."""

from typing import Any

from rialto_local.stack import ACCOUNT, REGION

_PSEUDO = {"AWS::Region": REGION, "AWS::AccountId": ACCOUNT, "AWS::Partition": "aws", "AWS::URLSuffix": "amazonaws.com"}


def drop_ruled_out(template: dict[str, Any], parameters: dict[str, str]) -> None:
    """Removes the resources and outputs whose condition is false."""
    declared = template.get("Parameters", {})
    values = {
        **_PSEUDO,
        **{name: str(about["Default"]) for name, about in declared.items() if "Default" in about},
        **parameters,
    }
    conditions = template.get("Conditions", {})
    for section in ("Resources", "Outputs"):
        entries = template.get(section, {})
        for name in [name for name, entry in entries.items() if "Condition" in entry]:
            if not _holds({"Condition": entries[name]["Condition"]}, conditions, values):
                del entries[name]


def _holds(expression: dict[str, Any], conditions: dict[str, Any], values: dict[str, str]) -> bool:
    ((function, argument),) = expression.items()
    match function:
        case "Condition":
            return _holds(conditions[argument], conditions, values)
        case "Fn::Not":
            return not _holds(argument[0], conditions, values)
        case "Fn::And":
            return all(_holds(part, conditions, values) for part in argument)
        case "Fn::Or":
            return any(_holds(part, conditions, values) for part in argument)
        case "Fn::Equals":
            left, right = (_value(side, values) for side in argument)
            return left == right
    raise ValueError(f"{function} is no condition")


def _value(side: Any, values: dict[str, str]) -> str:
    return values[side["Ref"]] if isinstance(side, dict) else str(side)
