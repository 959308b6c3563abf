"""The set-up: finds what is missing, does nothing twice, and heals what was cut short."""

import configparser
import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from gui import system_libraries
from gui.system_libraries import Need

ROOT = Path(__file__).parents[2]
ABSENT = Need("no-such-package", "libno-such-library.so.9", "nothing")

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="Windows has no make; the README's commands serve"
)


@pytest.fixture
def set_up(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ModuleType:
    """The script as a module, with a .venv of its own whose pip only notes what it is told to install."""
    spec = importlib.util.spec_from_file_location("set_up", ROOT / ".ci" / "set_up.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    venv = tmp_path / ".venv"
    monkeypatch.setattr(module, "VENV", venv)
    monkeypatch.setattr(module, "PYTHON", venv / "bin" / "python")
    monkeypatch.setattr(module, "UNFINISHED", venv / "set-up-unfinished")
    monkeypatch.setattr(module, "absent_packages", lambda purpose: [])
    module.commands = []

    def run(command: list[str]) -> None:
        module.commands.append(command[1:])
        if "venv" in command:
            (venv / "bin").mkdir()
            module.PYTHON.symlink_to(sys.executable)

    monkeypatch.setattr(module, "run", run)
    monkeypatch.setattr(module, "has_pip", module.PYTHON.exists)
    return module


def test_a_second_run_does_nothing(set_up: ModuleType) -> None:
    set_up.main("draw")
    assert [command[1] for command in set_up.commands] == ["venv", "pip"]
    set_up.main("draw")
    assert len(set_up.commands) == 2


def test_the_canvas_installs_no_test_tools_and_the_tests_need_the_canvas_installed_once(
    set_up: ModuleType,
) -> None:
    set_up.main("draw")
    set_up.main("test")
    set_up.main("draw")
    installed = [command[command.index("--editable") + 1] for command in set_up.commands[1:]]
    assert installed == [".", ".[test]"]


def test_other_versions_are_installed_into_the_same_environment(
    set_up: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_up.main("draw")
    monkeypatch.setattr(set_up, "digest", lambda: "of another constraints.txt")
    set_up.main("draw")
    assert [command[1] for command in set_up.commands] == ["venv", "pip", "pip"]


def test_an_installation_that_was_cut_short_starts_afresh(
    set_up: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut_short(command: list[str]) -> None:
        set_up.VENV.joinpath("half-a-package").touch()
        raise KeyboardInterrupt

    set_up.main("draw")
    monkeypatch.setattr(set_up, "digest", lambda: "of another constraints.txt")
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(set_up, "run", cut_short)
        set_up.main("draw")
    set_up.main("draw")
    assert [command[1] for command in set_up.commands] == ["venv", "pip", "venv", "pip"]
    assert not set_up.VENV.joinpath("half-a-package").exists()


def test_names_the_command_to_type_where_it_may_not_install(
    set_up: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(set_up, "absent_packages", lambda purpose: [ABSENT])
    monkeypatch.setattr(set_up, "as_root", lambda: None)
    monkeypatch.setattr(system_libraries.shutil, "which", lambda program: f"/usr/bin/{program}")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(
        set_up.SetUpError, match=r"sudo apt-get install --no-install-recommends no-such-package$"
    ):
        set_up.main("draw")


def test_names_the_libraries_where_packages_have_other_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(system_libraries.shutil, "which", lambda program: None)
    assert "libno-such-library.so.9: nothing" in system_libraries.advice([ABSENT])


def test_sees_what_is_missing_and_only_that() -> None:
    there = Need("dash", "sh", "runs the set-up's recipes")
    assert system_libraries.missing([there, ABSENT]) == [ABSENT]


def test_the_scripts_run_before_anything_is_installed() -> None:
    bare = [sys.executable, "-S", "-I", "-c"]  # no site-packages
    for module in ("gui.system_libraries", "gui.virtual_screen"):
        subprocess.run([*bare, f"import sys; sys.path.append({str(ROOT)!r}); import {module}"], check=True)


def test_an_installation_has_every_package() -> None:
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg")
    listed = set(setup["options"]["packages"].split()) - {"sketchrnn.saved_models"}
    folders = {init.parent for name in ("sketchrnn", "gui") for init in (ROOT / name).rglob("__init__.py")}
    assert listed == {".".join(folder.relative_to(ROOT).parts) for folder in folders}
