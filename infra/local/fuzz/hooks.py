"""What Schemathesis cannot know: who calls, and which things exist.

Each request gets a token of someone who may call its route. Half of the ids in requests are replaced by ids that the API has
shown before, so that requests reach further than "not found".
"""

import atexit
import json
import os
import random
import re
import time
import urllib.error
import urllib.request
from collections import deque
from pathlib import Path
from typing import Any

import schemathesis

_BASE = os.environ["RIALTO_FUZZ_URL"]
_PEOPLE: dict[str, dict[str, str]] = json.loads(Path(os.environ["RIALTO_FUZZ_PEOPLE"]).read_text())
_COUNT = Path(os.environ["RIALTO_FUZZ_COUNT"])
# `cargo lambda watch` cannot hand on what is no UTF-8, and its answer ends the function that waits (missing request id).
_TEXT_ONLY = os.environ["RIALTO_FUZZ_TEXT_ONLY"] == "1"
_WHO = {
    "shopper": "shopper",
    "customer": "shopper",
    "shopper_or_operator": "shopper",
    "seller": "seller",
    "seller_or_operator": "seller",
    "operator": "operator",
}
_TOKEN_SECONDS = 600
_ID = re.compile(r"\b([a-z]{3})_[0-9a-f]{32}\b")
_OF_EACH_KIND = 20

_chance = random.Random(int(os.environ["RIALTO_FUZZ_SEED"]))
_tokens: dict[str, tuple[str, float]] = {}
_guest: dict[str, str] = {}
_shown: dict[str, deque[str]] = {}
_sent = 0


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: dict[str, Any]) -> None:
    """Lets someone call who may, for something that exists."""
    caller = case.operation.definition.raw["x-rialto-caller"]
    if who := _WHO.get(caller):
        case.headers["Authorization"] = f"Bearer {_token(who)}"
    if caller == "customer" and _chance.random() < 0.3:
        del case.headers["Authorization"]
        if _guest:
            case.headers["Cart-Token"] = _guest["token"]
    # LocalStack's gateway itself fails at a multipart body without a boundary, before it asks a function.
    content_type = str(case.headers.get("Content-Type", ""))
    if content_type.startswith("multipart/") and "boundary=" not in content_type:
        case.headers["Content-Type"] = "text/plain"
    if _TEXT_ONLY:
        if isinstance(case.body, bytes):
            case.body = case.body.decode("utf-8", "replace").encode()
        for name, value in list(case.headers.items()):
            case.headers[name] = "".join(letter for letter in str(value) if " " <= letter <= "~")
    for name, value in (case.path_parameters or {}).items():
        if isinstance(value, str):
            case.path_parameters[name] = _known(value)
    if isinstance(case.body, dict | list):
        try:
            case.body = json.loads(_known(json.dumps(case.body)))
        except ValueError:
            pass


@schemathesis.hook
def after_call(context: Any, case: Any, response: Any) -> None:
    """Counts, and remembers what was shown."""
    global _sent
    _sent += 1
    if _sent % 50 == 0:
        _save_count()
    if response.status_code == 401 and "Authorization" in (case.headers or {}):
        _tokens.clear()
    text = response.content[:20_000].decode("utf-8", "replace")
    for found in _ID.finditer(text):
        ids = _shown.setdefault(found[1], deque(maxlen=_OF_EACH_KIND))
        if found[0] not in ids:
            ids.append(found[0])
    if token := re.search(r'"cartToken":\s*"([^"]+)"', text):
        _guest["token"] = token[1]


@atexit.register
def _save_count() -> None:
    _COUNT.write_text(str(_sent))


def _known(text: str) -> str:
    def other(found: re.Match[str]) -> str:
        ids = _shown.get(found[1])
        return _chance.choice(ids) if ids and _chance.random() < 0.5 else found[0]

    return _ID.sub(other, text)


def _token(who: str) -> str:
    token, drawn = _tokens.get(who, ("", 0.0))
    if time.monotonic() - drawn > _TOKEN_SECONDS or not token:
        token = _log_in(who)
        _tokens[who] = (token, time.monotonic())
    return token


def _log_in(who: str) -> str:
    try:
        return _post("/v1/sessions", _PEOPLE[who])["accessToken"]
    except urllib.error.HTTPError:
        if who != "shopper":
            raise
    # Fuzzing may end a shopper's account: the next one takes over.
    person = {**_PEOPLE[who], "email": f"fuzz-{_chance.getrandbits(64):x}@example.com"}
    _post("/v1/users", {**person, "name": "Fuzz"})
    _PEOPLE[who] = person
    return _post("/v1/sessions", person)["accessToken"]


def _post(path: str, body: dict[str, str]) -> dict[str, Any]:
    request = urllib.request.Request(_BASE + path, json.dumps(body).encode(), {"content-type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)
