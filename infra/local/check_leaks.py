"""Searches what a test run has left behind for what must be in no log: tokens, passwords, e-mails, card numbers.

Searched are the logs of the functions, the histories of the workflows and what waits in dead-letter queues. Looked for are
the very secrets that the tests have sent or been given (`secrets.jsonl` of the test's stack), the seeded people's, and
whatever looks like one.

    check_leaks.py <stack.json>
"""

import json
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rialto_local import aws
from rialto_local.stack import Stack

_WORD = re.compile(r"[^\s\"'\\,;:(){}\[\]=<>&?/|]{8,}")
_SHAPES = {
    "token": re.compile(r"\beyJ[\w-]{10,}\.[\w-]*"),
    "private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY"),
    "password hash": re.compile(r"\$argon2\w*\$"),
    "e-mail": re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),
    "password": re.compile(r"\bpassword\\*\"\s*:\s*\\*\"[^\"\\]+", re.IGNORECASE),
}
# Digits that are part of an id, a time or a decimal are none; a trace's parent is an id of 16 hexadecimal digits, of which one
# in two thousand has no letter.
_DIGITS = re.compile(r"(?<![\w.+-])(?<!\d:)(?<!;Parent=)[2-6]\d{3}(?:[ -]?\d){9,15}(?![\w.:-])")


@dataclass(frozen=True)
class Known:
    """Secrets that were really used: those of one word, and those of several."""

    words: frozenset[str] = frozenset()
    phrases: tuple[str, ...] = ()

    @staticmethod
    def of(secrets: Iterable[str]) -> "Known":
        """Sorts them; case makes no difference to an e-mail, which is found by its shape too."""
        secrets = set(secrets)
        words = frozenset(secret for secret in secrets if _WORD.fullmatch(secret))
        return Known(words, tuple(sorted(secrets - words)))


@dataclass(frozen=True)
class Leak:
    """A secret, where it is, and what it is; the text is masked."""

    place: str
    kind: str
    text: str = field(repr=False)

    def __str__(self) -> str:
        return f"{self.place}: {self.kind} {self.text[:6]}… ({len(self.text)} characters)"


def in_text(text: str, known: Known) -> Iterator[tuple[str, str]]:
    """Kind and text of each secret."""
    for word in _WORD.findall(text):
        if word in known.words or word.rstrip(".") in known.words:
            yield "secret of a test", word
    for phrase in known.phrases:
        if phrase in text:
            yield "secret of a test", phrase
    for kind, shape in _SHAPES.items():
        for found in shape.finditer(text):
            yield kind, found[0]
    for found in _DIGITS.finditer(text):
        if is_card_number(found[0]):
            yield "card number", found[0]


def is_card_number(text: str) -> bool:
    """Whether the digits have a card number's length and check digit (Luhn, ISO/IEC 7812-1)."""
    digits = [int(character) for character in reversed(text) if character.isdigit()]
    doubled = [digit * 2 - 9 * (digit > 4) for digit in digits[1::2]]
    return 13 <= len(digits) <= 19 and (sum(digits[::2]) + sum(doubled)) % 10 == 0


def in_places(places: Iterable[tuple[str, str]], known: Known) -> list[Leak]:
    """The leaks in texts, each given with its place, each once."""
    found = {Leak(place, kind, text) for place, content in places for kind, text in in_text(content, known)}
    return sorted(found, key=str)


def secrets_of(state: Path) -> Known:
    """What the tests have written down, and the seeded people's e-mails and passwords."""
    lines = (state / "secrets.jsonl").read_text().splitlines()
    seeded = json.loads((state / "credentials.json").read_text())
    return Known.of([*map(json.loads, lines), *(text for person in seeded.values() for text in person.values())])


def logs(folder: Path) -> Iterator[tuple[str, str]]:
    """Every line of the functions' logs, with file and number."""
    for file in sorted(folder.glob("*.log")):
        for number, line in enumerate(file.read_text(errors="replace").splitlines(), 1):
            yield f"{file.name}:{number}", line


def histories(stack: Stack) -> Iterator[tuple[str, str]]:
    """The history of each execution of each workflow."""
    steps = aws.client(stack, "stepfunctions")
    machines = _pages(steps, "list_state_machines", "stateMachines")
    for machine in machines:
        for run in _pages(steps, "list_executions", "executions", stateMachineArn=machine["stateMachineArn"]):
            events = _pages(steps, "get_execution_history", "events", executionArn=run["executionArn"])
            yield f"workflow {machine['name']} {run['name']}", json.dumps(list(events), default=str)


def dead_letters(stack: Stack) -> Iterator[tuple[str, str]]:
    """What waits in the dead-letter queues; it stays there."""
    sqs = aws.client(stack, "sqs")
    for url in sqs.list_queues().get("QueueUrls", []):
        if not url.endswith("-dlq"):
            continue
        for _ in range(20):
            messages = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=60).get("Messages", [])
            yield from ((f"queue {url.rsplit('/')[-1]}", message["Body"]) for message in messages)
            if not messages:
                break


def _pages(client: Any, operation: str, key: str, **arguments: Any) -> Iterator[dict[str, Any]]:
    for page in client.get_paginator(operation).paginate(**arguments):
        yield from page[key]


def main() -> int:
    """Prints what was found; the exit status says whether there is anything."""
    summary = json.loads(Path(sys.argv[1]).read_text())
    stack = Stack.named(summary["name"])
    known = secrets_of(stack.state)
    lines = list(logs(stack.logs))
    runs = list(histories(stack))
    if not known.words or not lines or not runs:
        print(f"nothing to search: {len(known.words)} secrets, {len(lines)} lines, {len(runs)} workflow runs")
        return 1
    leaks = in_places([*lines, *runs, *dead_letters(stack)], known)
    print("\n".join(map(str, leaks[:100])) if leaks else f"no secret in {len(lines)} log lines and {len(runs)} workflow runs")
    return 1 if leaks else 0


if __name__ == "__main__":
    sys.exit(main())
