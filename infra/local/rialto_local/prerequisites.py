"""What the machine must have, found wherever it is, and how to get what is missing."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rialto_local.say import Failure

JDK_LEAST = 21
# LocalStack 4.9.2 is tried with these.
PYTHONS = ((3, 11), (3, 12), (3, 13))


@dataclass(frozen=True)
class Finding:
    """One prerequisite: where it was found, or how to get it."""

    name: str
    found: str | None
    remedy: str

    @property
    def line(self) -> str:
        """For `make doctor`."""
        return f"  ok       {self.name}: {self.found}" if self.found else f"  MISSING  {self.name}: {self.remedy}"


def findings() -> list[Finding]:
    """Every prerequisite, found or not."""
    jdk, python = find_jdk(), find_python()
    return [
        Finding(
            "Rust",
            _version_line("cargo", "--version"),
            "install rustup from rust-lang.org; rust-toolchain.toml then picks the version",
        ),
        Finding("C linker", shutil.which("cc"), "install a C compiler (Debian: apt-get install gcc libc6-dev)"),
        Finding(
            "Python 3.11 to 3.13 with venv",
            python,
            "install one of them (Debian: apt-get install python3 python3-venv); LocalStack 4.9.2 runs on no other",
        ),
        Finding(
            f"JDK {JDK_LEAST} or newer",
            str(jdk) if jdk else None,
            f"install a JDK, not only a JRE (Debian: apt-get install openjdk-{JDK_LEAST}-jdk-headless, or Temurin), or point JAVA_HOME at one; "
            "it need not be the default",
        ),
        Finding("Maven", _version_line("mvn", "--version"), "install Maven (Debian: apt-get install maven)"),
        Finding("make", shutil.which("make"), "install make (Debian: apt-get install make)"),
    ]


def find_python() -> str | None:
    """A Python that LocalStack 4.9.2 runs on, with the venv module; the running one, or the one it was made from, if it will do."""
    check = f"import sys, venv, ensurepip; sys.exit(sys.version_info[:2] not in {PYTHONS!r})"
    for name in (sys.executable, *(f"python{major}.{minor}" for major, minor in PYTHONS)):
        path = shutil.which(name)
        if path and _output([path, "-c", check]) is not None:
            base = _output([path, "-c", "import os, sys; print(os.path.realpath(sys.executable))"])
            return base.strip() if base else None
    return None


def require_python() -> str:
    """As `find_python`, or a failure that says how to get one."""
    python = find_python()
    if python is None:
        raise Failure("no Python 3.11, 3.12 or 3.13 with the venv module: see `make doctor`")
    return python


def find_jdk() -> Path | None:
    """The home of a JDK that is new enough, with a compiler, even when another `java` is the default."""
    seen = set()
    for home in _jdk_candidates():
        if home in seen:
            continue
        seen.add(home)
        if (home / "bin" / "javac").exists() and (_java_version(home) or 0) >= JDK_LEAST:
            return home
    return None


def require_jdk() -> Path:
    """As `find_jdk`, or a failure that says how to get one."""
    jdk = find_jdk()
    if jdk is None:
        raise Failure(
            f"no JDK {JDK_LEAST} or newer in JAVA_HOME, on the PATH, under /usr/lib/jvm or /opt: see `make doctor`"
        )
    return jdk


def _jdk_candidates() -> Iterator[Path]:
    if home := os.environ.get("JAVA_HOME"):
        yield Path(home)
    if java := shutil.which("javac"):
        yield Path(java).resolve().parent.parent
    for folder in (
        Path("/usr/lib/jvm"),
        Path("/opt"),
        Path("/usr/java"),
        Path.home() / ".sdkman/candidates/java",
        Path.home() / ".jdks",
    ):
        if folder.is_dir():
            yield from sorted((path.resolve() for path in folder.iterdir() if (path / "bin").is_dir()), reverse=True)


def _java_version(home: Path) -> int | None:
    """From the JDK's `release` file, or else from `java -version`."""
    try:
        text = (home / "release").read_text()
    except OSError:
        text = ""
    match = re.search(r'^JAVA_VERSION="(\d+)', text, re.MULTILINE)
    if match is None:
        answer = _output([str(home / "bin" / "java"), "-version"])
        match = re.search(r'version "(\d+)', answer or "")
    return int(match[1]) if match else None


def _version_line(program: str, *arguments: str) -> str | None:
    path = shutil.which(program)
    if path is None:
        return None
    answer = _output([path, *arguments])
    return re.sub(r"\x1b\[[0-9;]*m", "", answer.splitlines()[0]) if answer else None


def _output(command: list[str]) -> str | None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout or done.stderr
