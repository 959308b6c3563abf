"""What may import what: a window in under a second, a library that stands without Qt, no pickle executed."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest
import tiny

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "sketchrnn"
MODULES = sorted(PACKAGE.rglob("*.py"))
GUI = sorted((ROOT / "gui").rglob("*.py"))

LAYERS = [
    {"errors", "files", "interrupt", "words"},
    {"download"},
    {"sketch"},
    {"simplify", "curves"},
    {"formats"},
    {"dataset"},
    {"engine"},
    {"store"},
    {"magenta"},
    {"completion"},
    {"model"},
    {"training"},
    {"cli"},
]
"""From the ground up: a part imports only what stands above it here, at the head of a module."""

GUI_LAYERS = [
    {"words", "system_libraries"},
    {"virtual_screen"},
    {"look"},
    {"paper"},
    {"models"},
    {"collector", "guard", "settings"},
    {"files"},
    {"tools"},
    {"canvas"},
    {"completing"},
    {"dataset"},
    {"teaching"},
    {"window"},
    {"program"},
    {"app"},
]
"""The same for the application."""

HEAVY = ("tensorflow", "keras")
MAY_IMPORT_TENSORFLOW = ("dataset/pipeline.py", "dataset/shards.py", "model/", "training/", "cli/quiet.py")


def name_of(path):
    return str(path.relative_to(PACKAGE))


def parsed(path):
    return ast.parse(path.read_text("utf-8"))


def imports(tree, *, deferred=True):
    """The modules that a tree imports, within functions too unless told otherwise; none for type checking."""
    found = []

    def visit(node, within_function):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            return
        if isinstance(node, ast.Import):
            found.extend(alias.name for alias in node.names if deferred or not within_function)
        elif isinstance(node, ast.ImportFrom) and (deferred or not within_function):
            assert node.level == 0, "imports are absolute here"
            found.append(node.module)
            found.extend(f"{node.module}.{alias.name}" for alias in node.names)
        within_function |= isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for child in ast.iter_child_nodes(node):
            visit(child, within_function)

    visit(tree, False)
    return found


def part_of(module, package="sketchrnn"):
    """`sketchrnn.formats.svg` is of the part `formats`; None for what is not of the package."""
    names = module.split(".")
    return names[1] if names[0] == package and len(names) > 1 else None


def part_at(path):
    """The part that a file belongs to: its folder in the package, or itself."""
    return path.relative_to(ROOT).parts[1].removesuffix(".py")


def levels(layers):
    return {part: level for level, layer in enumerate(layers) for part in layer}


KNOWN = {"sketchrnn": levels(LAYERS), "gui": levels(GUI_LAYERS)}


@pytest.mark.parametrize(("package", "paths"), [("sketchrnn", MODULES), ("gui", GUI)], ids=["library", "gui"])
def test_every_part_has_its_layer(package, paths):
    parts = {part_at(path) for path in paths} - {"__init__", "__main__"}
    assert parts == set(KNOWN[package]), "a new part, or one that is gone: give it its place in the layers"


@pytest.mark.parametrize("path", [*MODULES, *GUI], ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_imports_only_layers_above_its_own(path):
    package, own = path.relative_to(ROOT).parts[0], part_at(path)
    if own in ("__init__", "__main__"):
        pytest.skip("the package itself hands out what others make")
    known = KNOWN[package]
    for module in imports(parsed(path), deferred=False):
        part = part_of(module, package)
        if part in known:
            assert known[part] <= known[own], f"{path.relative_to(ROOT)} imports {module}"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_tensorflow_is_imported_where_it_may_be(path):
    if not name_of(path).startswith(MAY_IMPORT_TENSORFLOW):
        roots = {module.split(".")[0] for module in imports(parsed(path))}
        assert not roots & set(HEAVY)


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_the_library_knows_nothing_of_the_gui(path):
    deferred_too = name_of(path) != "cli/draw.py"  # opens the canvas when it is asked for
    roots = {module.split(".")[0] for module in imports(parsed(path), deferred=deferred_too)}
    assert not roots & {"gui", "PySide6"}


def calls(tree):
    """Names of what is called, with what it is called with."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), {keyword.arg: keyword.value for keyword in node.keywords}


@pytest.mark.parametrize("path", [*MODULES, *GUI], ids=lambda path: str(path.relative_to(ROOT)))
def test_no_pickle_is_executed(path):
    tree = parsed(path)
    executing = {"pickle", "dill", "cloudpickle", "joblib", "shelve", "marshal", "_pickle"}
    assert not {module.split(".")[0] for module in imports(tree)} & executing
    for called, keywords in calls(tree):
        allowed = keywords.get("allow_pickle")
        assert allowed is None or ast.unparse(allowed) == "False", f"{called}(allow_pickle=…)"
        if called in ("np.load", "numpy.load"):
            assert allowed is not None, "np.load says allow_pickle=False, whatever its default"
        assert called not in ("eval", "exec"), f"{called} runs what it is given"


def test_the_rules_notice_what_they_forbid():
    """The tests above would pass if they saw nothing."""
    seen = imports(ast.parse("import a.b\ndef f():\n    from c import d\nif TYPE_CHECKING:\n    import e"))
    assert seen == ["a.b", "c", "c.d"]
    assert imports(ast.parse("def f():\n    import a\nimport b"), deferred=False) == ["b"]
    (called, keywords) = next(calls(ast.parse("np.load(f, allow_pickle=True)")))
    assert (called, ast.unparse(keywords["allow_pickle"])) == ("np.load", "True")
    assert any(part_of(module) == "formats" for module in imports(parsed(PACKAGE / "dataset/splits.py")))


# --- as they run -------------------------------------------------------------------------------

WATCHED = """
import runpy, sys
sys.argv = ["sketchrnn", *sys.argv[1:]]
try:
    runpy.run_module("sketchrnn", run_name="__main__")
except SystemExit as stop:
    status = stop.code
heavy = sorted({name.split(".")[0] for name in sys.modules} & {"tensorflow", "keras", "PySide6", "gui"})
print("status", status, "heavy", heavy, file=sys.stderr)
"""


def imported_by(*arguments, cwd):
    done = subprocess.run(
        [sys.executable, "-c", WATCHED, *map(str, arguments)],
        env={"PATH": "/usr/bin", "PYTHONPATH": str(ROOT), "SKETCHRNN_MODELS": str(cwd), "HOME": str(cwd)},
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    return done.stderr.strip().splitlines()[-1]


COMMANDS = [
    ["--help"],
    ["--version"],
    ["complete", "half.svg", "-o", "whole.svg", "--model", "tiny", "--seed", "1"],
    ["sample", "-o", "sheet.svg", "--model", "tiny", "--count", "2"],
    ["reconstruct", "half.svg", "-o", "again.svg", "--model", "tiny"],
    ["interpolate", "half.svg", "half.svg", "-o", "film.svg", "--model", "tiny", "--steps", "2"],
    ["model", "list"],
    ["model", "show", "tiny", "--json"],
    ["model", "list", "--remote"],
    ["dataset", "list"],
    ["train", "--help"],
    ["evaluate", "--help"],
    ["draw", "--help"],
]


@pytest.mark.parametrize("arguments", COMMANDS, ids=lambda arguments: " ".join(arguments[:2]))
def test_commands_that_do_not_train_do_not_load_tensorflow(tmp_path, arguments):
    tiny.save_model(tmp_path / "tiny")
    tiny.HALF.save(tmp_path / "half.svg")
    assert imported_by(*arguments, cwd=tmp_path) == "status 0 heavy []"


def test_the_watch_notices_tensorflow(tmp_path):
    tiny.save_model(tmp_path / "tiny")
    pytest.importorskip("tensorflow")
    assert "tensorflow" in imported_by("evaluate", "tiny", "nothing.npz", cwd=tmp_path)


NEVER_AT_START = {
    "tensorflow",
    "keras",
    "PIL",
    "tqdm",
    "asyncio",
    "multiprocessing",
    "unittest",
}
"""What no start of anything loads: it is slow to load, and needed later or for other things."""

NOT_FOR_NOTHING = {
    "simplification",
    "svgwrite",
    "platformdirs",
    "threadpoolctl",
    "zipfile",
    "xml",
    "ssl",
    "http",
}
"""What is loaded when a drawing or a model is read, written or simplified, and not before."""

NOT_AT_START = {
    "import sketchrnn": NEVER_AT_START | NOT_FOR_NOTHING | {"PySide6", "gui", "numpy", "argparse", "json"},
    "import sketchrnn.cli; sketchrnn.cli.main(['--version'])": NEVER_AT_START
    | NOT_FOR_NOTHING
    | {"PySide6", "gui", "numpy", "json"},
    "import sketchrnn.engine, sketchrnn.completion": NEVER_AT_START
    | {"simplification", "svgwrite", "platformdirs", "threadpoolctl", "PySide6", "gui"},
    "import gui.program, gui.window.windows": NEVER_AT_START
    | {"simplification", "svgwrite", "threadpoolctl", "xml", "ssl", "http"}
    | {"sketchrnn.engine", "sketchrnn.completion", "sketchrnn.store", "sketchrnn.download"}
    | {"gui.dataset.browser", "gui.dataset.collection", "gui.teaching", "sketchrnn.formats.ndjson"}
    | {"secrets", "hashlib", "msgspec"},
}
"""For each start, what it must not load."""


@pytest.mark.parametrize("start", NOT_AT_START, ids=["library", "command line", "engine", "window"])
def test_nothing_is_loaded_before_it_is_needed(start):
    if "gui" in start:
        pytest.importorskip("PySide6.QtWidgets", exc_type=ImportError)
    code = f"import sys\ntry:\n    {start}\nexcept SystemExit: pass\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert "sketchrnn" in loaded
    assert not NOT_AT_START[start] & loaded


def test_what_a_completion_does_not_need_is_not_loaded_for_it():
    """A person waits for it: in the shell, and for the first ink in a window."""
    code = (
        "import sys, sketchrnn; half = sketchrnn.Sketch([[(0, 0), (50, 9), (90, 90)]])\n"
        "sketchrnn.load_model('quickdraw').complete(half, seed=1)\n"
        "print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert "simplification.cutil" in loaded
    assert not {"numpy.ma", "importlib.metadata", "email", "tensorflow", "PIL"} & loaded
