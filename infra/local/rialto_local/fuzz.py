"""Fuzzing by the contract, with Schemathesis: in `make test` a little through the gateway, in `make fuzz` a lot at the speed of
the functions.

What counts as a fault: an answer of 5xx, a status that the contract does not name, a body, content type or header that is not
as the contract says.
"""

import json
import os
import re
import secrets
import signal
import subprocess
import sys
import time
from pathlib import Path

from rialto_local import http, install, paths, say, seed
from rialto_local.say import Failure
from rialto_local.stack import Stack

_FOLDER = paths.LOCAL / "fuzz"
_CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
)
_GATEWAY_SEED, _GATEWAY_EXAMPLES = 1, 3
# It stops sending after the first, and a request takes at most 35 s: it has certainly ended after the second.
_GATEWAY_SENDS_SECONDS, _GATEWAY_SECONDS = 80, 120
_START_SECONDS = 120
_BATCH_EXAMPLES, _BATCH_SECONDS = 300, 3600


def through_gateway(stack: Stack) -> int:
    """A short run, of the same requests each time as far as its time goes; returns the exit status."""
    with say.step("fuzzing the API through the gateway"):
        people = _people(stack, stack.base_url)
        status, sent = _run(
            stack,
            stack.base_url,
            people,
            seed_number=_GATEWAY_SEED,
            seconds=_GATEWAY_SECONDS,
            text_only=False,
            arguments=[
                *("--phases", "examples,coverage,fuzzing", "--max-examples", str(_GATEWAY_EXAMPLES)),
                *("--max-time", str(_GATEWAY_SENDS_SECONDS)),
            ],
        )
    say.line(f"  {sent} requests")
    return status


def at_handler_speed(stack: Stack, requests: int) -> int:
    """Runs with one seed after another until so many requests are sent or a run finds something; returns the exit status.

    The functions are those of the stack, without LocalStack's gateway before them.
    """
    command = [sys.executable, str(paths.LOCAL / "stack.py"), "--stack", stack.name, "watch", "--no-build"]
    log = stack.state / "fuzz-watch.log"
    with open(log, "wb") as output:
        served = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, start_new_session=True)
    try:
        return _until(stack, _address(served, log), requests)
    finally:
        served.send_signal(signal.SIGTERM)
        served.wait()


def _address(served: subprocess.Popen[bytes], log: Path) -> str:
    """Where `watch` serves, once it says so."""
    until = time.monotonic() + _START_SECONDS
    while time.monotonic() < until and served.poll() is None:
        if found := re.search(r"^(http://\S+) serves", log.read_text(errors="replace"), re.MULTILINE):
            return found[1]
        time.sleep(0.1)
    raise Failure(f"`watch` serves nothing: {log}")


def _until(stack: Stack, address: str, requests: int) -> int:
    people = _people(stack, address)
    began, sent, number = time.monotonic(), 0, 0
    while sent < requests:
        number += 1
        status, more = _run(
            stack,
            address,
            people,
            seed_number=number,
            seconds=_BATCH_SECONDS,
            text_only=True,
            # The coverage phase sends the same each time.
            arguments=[
                *("--phases", "coverage,fuzzing" if number == 1 else "fuzzing"),
                *("--max-examples", str(_BATCH_EXAMPLES)),
            ],
        )
        sent += more
        say.line(f"seed {number}: {sent} requests in {time.monotonic() - began:.0f} s")
        if status or not more:
            return status or 1
    return 0


def _run(
    stack: Stack, address: str, people: Path, seed_number: int, seconds: int, text_only: bool, arguments: list[str]
) -> tuple[int, int]:
    count = stack.state / "fuzz-count.txt"
    count.write_text("0")
    command = [
        *(str(install.schemathesis() / "st"), "--config-file", str(_FOLDER / "schemathesis.toml"), "run"),
        *(str(paths.REPOSITORY / "openapi.json"), "--url", address, "--seed", str(seed_number)),
        *("--checks", ",".join(_CHECKS), "--no-color", *arguments),
    ]
    variables = {
        **os.environ,
        "PYTHONPATH": str(_FOLDER),
        "SCHEMATHESIS_HOOKS": "hooks",
        "RIALTO_FUZZ_URL": address,
        "RIALTO_FUZZ_PEOPLE": str(people),
        "RIALTO_FUZZ_COUNT": str(count),
        "RIALTO_FUZZ_SEED": str(seed_number),
        "RIALTO_FUZZ_TEXT_ONLY": str(int(text_only)),
    }
    log = stack.state / "fuzz.log"
    with open(log, "wb") as output:
        try:
            done = subprocess.run(
                command, env=variables, cwd=stack.state, stdout=output, stderr=subprocess.STDOUT, timeout=seconds
            )
        except subprocess.TimeoutExpired as late:
            raise Failure(f"fuzzing is not done after {seconds} s: {log}") from late
    if done.returncode:
        print(log.read_text(errors="replace"))
    return done.returncode, int(count.read_text())


def _people(stack: Stack, address: str) -> Path:
    """A shopper, a seller and an operator of the fuzzer's own."""
    people = {}
    for role in ("shopper", "seller", "operator"):
        person = {"email": f"{role}-{secrets.token_hex(6)}@fuzz.example.com", "password": secrets.token_urlsafe(18)}
        reply = http.call("POST", f"{address}/v1/users", {**person, "name": role.capitalize()}, timeout=60)
        if reply.status != 201:
            raise Failure(f"registering {role}: {reply.status} {reply.body.decode('utf-8', 'replace')}")
        if role != "shopper":
            grant = {"email": person["email"], "role": role, "by": "the fuzz", "unverified": True}
            seed.invoke(stack, "identity-grant-role", grant)
        people[role] = person
    with open(stack.state / "secrets.jsonl", "a") as known:
        known.writelines(f"{json.dumps(text)}\n" for person in people.values() for text in person.values())
    file = stack.state / "fuzz-people.json"
    file.touch(mode=0o600)
    file.write_text(json.dumps(people))
    return file
