"""Takes the manual's pictures: the real windows, the models that ship, a drawing hand; in light and in dark.

    python docs/images/shoot.py [NAME…] [--size 1024x700] [--scale 1] [--out FOLDER]

With another size, scale and folder it shows how the windows look on other screens.
`teach` trains for a minute.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "gui")]


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--size", default="1024x700")
    parser.add_argument("--scale", default="1")
    parser.add_argument("--out", type=Path, default=HERE)
    return parser.parse_args()


ARGUMENTS = arguments()
HOME = tempfile.TemporaryDirectory()
os.environ |= {"QT_QPA_PLATFORM": "offscreen", "QT_SCALE_FACTOR": ARGUMENTS.scale}
os.environ |= {f"XDG_{kind}_HOME": f"{HOME.name}/{kind}" for kind in ("CONFIG", "STATE", "DATA", "CACHE")}

import numpy as np  # noqa: E402
from fakes import FakeDialogs  # noqa: E402
from hand import draw_with_mouse  # noqa: E402
from PIL import Image  # noqa: E402
from PySide6.QtCore import QPoint, QSettings, QSize, Qt  # noqa: E402
from PySide6.QtGui import QPainter, QPixmap  # noqa: E402
from PySide6.QtWidgets import QApplication, QWidget  # noqa: E402

from gui import program  # noqa: E402
from gui.models.worker import Worker  # noqa: E402
from gui.settings import Settings  # noqa: E402
from gui.window.main_window import MainWindow  # noqa: E402
from gui.window.windows import Windows  # noqa: E402

SIZE = QSize(*map(int, ARGUMENTS.size.split("x")))
COLOURS = 96
"""Of a picture: its files are a quarter as large, and nobody sees it."""

MODEL = "quickdraw"
DATA_SET = ROOT / "datasets" / "synthetic.npz"

Points = list[tuple[float, float]]


def loop(
    x: float, y: float, width: float, height: float, seed: int = 1, start: float = -1.5, turn: float = 6.1
) -> Points:
    """Round, as a hand draws it."""
    chance = np.random.default_rng(seed)
    a = np.linspace(start, start + turn, 40)
    out = 1 + 0.03 * np.sin(2 * a + chance.uniform(0, 6)) + 0.02 * np.sin(3 * a + chance.uniform(0, 6))
    return list(zip(x + width * out * np.cos(a), y + height * out * np.sin(a), strict=True))


def line(*places: tuple[float, float]) -> Points:
    """A curve that passes near some places."""
    t, s = np.linspace(0, 1, len(places)), np.linspace(0, 1, 24)
    degree = min(len(places) - 1, 3)
    x, y = (np.polyval(np.polyfit(t, column, degree), s) for column in zip(*places, strict=True))
    return list(zip(x, y, strict=True))


def trunk(lean: float = 0.0) -> list[Points]:
    """Of a palm tree: two lines."""
    return [
        line((x, 640), (x - 8 + lean / 3, 530), (x + 8 + lean / 2, 420), (x + bend + lean, 310))
        for x, bend in ((440, 40), (494, 14))
    ]


def palm(seed: int) -> list[Points]:
    """A whole palm tree, in one person's manner."""
    chance = np.random.default_rng(seed)
    lean = float(chance.uniform(-60, 60))
    x, y = 494 + lean, 312.0
    leaves = []
    for side in (-2.9, -2.3, -1.4, -0.7, -0.1):
        angle = side + float(chance.uniform(-0.12, 0.12))
        tip = (x + 210 * np.cos(angle), y + 120 * np.sin(angle) + 60)
        middle = (x + 110 * np.cos(angle), y + 130 * np.sin(angle) - 10)
        leaves.append([*line((x, y), middle, tip), *line(tip, (middle[0], middle[1] + 42), (x, y))])
    return [*trunk(lean), *leaves]


WHEELS = [loop(300, 450, 115, 113, 4), loop(660, 452, 113, 115, 5)]
RABBIT = [
    loop(480, 440, 150, 125, 1),
    line((420, 330), (365, 210), (392, 110), (448, 150), (462, 315)),
    line((500, 315), (520, 160), (578, 100), (602, 180), (552, 330)),
    loop(430, 415, 9, 12, 2),
    loop(532, 412, 9, 12, 3),
    line((468, 462), (480, 470), (492, 462), (480, 456), (468, 462)),
    line((480, 470), (478, 500), (450, 512)),
    line((480, 470), (486, 502), (512, 508)),
]


def make_worker() -> Worker:
    return Worker(program.find_models, program.load_model)


class Studio:
    """Windows in one scheme of colours, and the camera."""

    def __init__(self, app: QApplication, scheme: Qt.ColorScheme, folder: Path) -> None:
        self.app, self.scheme, self.dark = app, scheme, scheme is Qt.ColorScheme.Dark
        settings = Settings(QSettings(str(folder / "settings.ini"), QSettings.Format.IniFormat))
        settings.hint_seen, settings.scheme, settings.model = True, scheme, MODEL
        self.settings = settings
        self.windows = Windows(
            app,
            settings,
            lambda: Worker(program.find_models, program.load_model),
            folder / "state",
            FakeDialogs,
        )
        random.seed(5)

    def window(self, label: str | None = None, strokes: list[Points] | None = None) -> MainWindow:
        window = self.windows.open()
        window.resize(SIZE)
        self.until(lambda: window.bar.model is not None)
        if label is not None:
            window.bar.label_button.choose(label)
        self.draw(window.canvas, strokes or [])
        return window

    def draw(self, canvas: QWidget, strokes: list[Points]) -> None:
        for stroke in strokes:
            draw_with_mouse(canvas, stroke)
        self.app.processEvents()

    def until(self, done: Callable[[], bool], seconds: float = 300) -> None:
        deadline = time.monotonic() + seconds
        while not done():
            if time.monotonic() > deadline:
                raise TimeoutError
            self.app.processEvents()
            time.sleep(0.002)

    def wait(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        self.until(lambda: time.monotonic() > until)

    def shoot(self, name: str, widget: QWidget) -> None:
        self.wait(0.3)
        self.keep(name, widget.grab())

    def keep(self, name: str, picture: QPixmap) -> None:
        path = ARGUMENTS.out / f"{name}{'-dark' if self.dark else ''}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        picture.save(str(path))
        with Image.open(path) as image:
            small = image.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
        small.save(path, optimize=True)
        print(f"{path.name}: {path.stat().st_size // 1024} KB", flush=True)

    def close(self) -> None:
        for window in self.windows.all:
            window.ending.discard()
            window.document.undo_stack.setClean()
            window.close()
        self.windows.end()
        self.app.processEvents()


def completion(studio: Studio) -> None:
    random.seed(7)
    ended(studio, "completion", "rabbit", RABBIT[:2])


def complete(studio: Studio) -> None:
    ended(studio, "complete", "palm tree", trunk())


def ended(studio: Studio, name: str, label: str, strokes: list[Points]) -> None:
    from gui.completing.ending import State

    window = studio.window(label, strokes)
    window.actions_.complete.trigger()
    studio.until(lambda: window.ending.state is State.OFFERED)
    studio.shoot(name, window)


def sizes(studio: Studio) -> None:
    """The same beginning at three sizes, completed: three papers side by side."""
    from gui.completing.ending import State

    papers = []
    for share in (0.3, 0.6, 1.0):
        middle = np.array([480.0, 375.0])
        small = [
            [tuple(middle + 1.2 * share * (np.array(place) - middle)) for place in stroke]
            for stroke in trunk()
        ]
        window = studio.window("palm tree", small)
        random.seed(7)
        window.actions_.complete.trigger()
        studio.until(lambda window=window: window.ending.state is State.OFFERED)
        studio.wait(0.3)
        rect = window.canvas.view.paper.toAlignedRect().adjusted(-8, -8, 8, 8)
        papers.append(window.canvas.grab(rect))
    width, height = papers[0].width(), papers[0].height()
    row = QPixmap(len(papers) * width, height)
    with QPainter(row) as painter:
        for place, paper in enumerate(papers):
            painter.drawPixmap(place * width, 0, paper)
    studio.keep("sizes", row)


def suggestion(studio: Studio) -> None:
    window = studio.window("bicycle")
    window.actions_.suggest.setChecked(True)
    studio.draw(window.canvas, WHEELS)
    studio.until(lambda: window.completing.ghost.visible)
    studio.wait(1)
    studio.shoot("suggestion", window)


def endings(studio: Studio) -> None:
    window = studio.window("palm tree", trunk(20))
    window.actions_.endings.trigger()
    gallery = window.completing.gallery
    studio.until(lambda: gallery.resting)
    gallery.tiles._hover(4)
    studio.shoot("endings", window)


def redraw(studio: Studio) -> None:
    window = studio.window("rabbit", RABBIT)
    window.actions_.redraw.trigger()
    gallery = window.completing.gallery
    studio.until(lambda: gallery.resting)
    gallery.tiles._hover(5)
    studio.shoot("redraw", window)


def morph(studio: Studio) -> None:
    window = studio.window("palm tree", palm(3))
    window.actions_.morph.trigger()
    film = window.completing.morph
    studio.until(lambda: film.complete)
    film._slider.setValue(14)
    studio.shoot("morph", window)


def collect(studio: Studio) -> None:
    window = studio.windows.collect()
    window.resize(SIZE)
    window.label.setText("palm tree")
    window._choose()
    while window.examples is not None and window.examples.drawings:
        window.redo_last()
        window.document.clear()
    for number in range(23):
        studio.draw(window.canvas, palm(number))
        window.next()
    studio.draw(window.canvas, palm(50)[:5])
    studio.shoot("collect", window)
    window.close()


def teach(studio: Studio) -> None:
    from gui.dataset.examples import Examples
    from gui.files.background import Background

    background = Background()
    made = Examples(Path(HOME.name), "palms", background)
    if not len(made):
        from sketchrnn.sketch import Sketch

        for number in range(50):
            made.add(Sketch(palm(number)))
    background.flush()
    window = studio.windows.teach()
    studio.until(lambda: bool(window._bases))
    window.propose(made.path)
    window.name.setText(f"my-palms{'-dark' if studio.dark else ''}")
    window.minutes.setValue(1)
    window.resize(SIZE.boundedTo(QSize(900, 700)))
    window.start()
    studio.until(lambda: window.run is not None and window.run.course.ended)
    studio.until(lambda: window.samples.count > 0)
    studio.wait(3)
    studio.shoot("teach", window)
    window.close()


def dataset(studio: Studio) -> None:
    studio.window()
    browser = studio.windows.browse(DATA_SET)
    browser.resize(SIZE.boundedTo(QSize(1100, 800)))
    studio.wait(2)
    studio.shoot("dataset", browser)
    browser.close()


def recovery(studio: Studio) -> None:
    from gui.files.autosave import Snapshot, write_snapshot
    from gui.paper.ink import inks
    from sketchrnn.sketch import Author, Sketch

    folder = studio.windows._state / "autosave"  # type: ignore[operator]
    folder.mkdir(parents=True, exist_ok=True)
    half = Sketch(palm(2)[:6], [Author.HUMAN] * 6)
    write_snapshot(folder / "left.autosave", Snapshot(tuple(inks(half)), None, None))
    window = studio.window()
    studio.windows.begin(window, None)
    studio.shoot("recovery", window)
    window.notice.hide()


def files(studio: Studio) -> None:
    """The menu of files over a drawing: popups are windows of their own, and are laid where they open."""
    window = studio.window("palm tree", palm(3))
    opened = [Path(HOME.name) / f"{name}.svg" for name in ("palm tree", "half a rabbit", "bicycle")]
    for path in opened:
        path.touch()
    studio.settings.recent = opened
    bar, recent = window.menuBar(), window.actions_.recent_menu
    title = next(action for action in bar.actions() if "File" in action.text())
    menu = title.menu()
    recent.aboutToShow.emit()
    shown = [(menu, QPoint(bar.actionGeometry(title).left(), bar.height() - 4))]
    for one in (menu, recent):
        one.ensurePolished()
        one.resize(one.sizeHint())
    side = shown[0][1] + QPoint(menu.width() - 4, menu.actionGeometry(recent.menuAction()).top() - 6)
    shown.append((recent, side))
    studio.wait(0.3)
    picture = window.grab()
    with QPainter(picture) as painter:
        for one, place in shown:
            painter.drawPixmap(place, one.grab())
    studio.keep("files", picture)


def first(studio: Studio) -> None:
    studio.settings.hint_seen = False
    window = studio.window()
    studio.shoot("first", window)
    studio.settings.hint_seen = True


def edit(studio: Studio) -> None:
    window = studio.window(None, palm(7))
    window.drawing.actions.strip.trigger()
    window.drawing.actions.grid.trigger()
    window.drawing.actions.select.trigger()
    window.drawing.selection.set(window.document.strokes[3:6])
    studio.wait(0.5)
    studio.shoot("edit", window)
    window.drawing.actions.strip.trigger()
    window.drawing.actions.grid.trigger()


def palette(studio: Studio) -> None:
    window = studio.window(None, trunk())
    window.help.palette.open()
    window.help.palette.field.setText("mor")
    studio.shoot("palette", window)


def shortcuts(studio: Studio) -> None:
    window = studio.window()
    sheet = window.help.open_sheet()
    studio.shoot("shortcuts", sheet)
    sheet.close()
    about = window.help.open_about()
    studio.shoot("about", about)
    about.close()


def labels(studio: Studio) -> None:
    window = studio.window(None, trunk())
    picker = window.bar.label_button.picker
    window.actions_.what.trigger()
    studio.wait(12)
    studio.shoot("labels-window", window)
    studio.shoot("labels", picker)
    picker.hide()


MANUAL = (
    completion,
    complete,
    sizes,
    suggestion,
    endings,
    redraw,
    morph,
    edit,
    files,
    dataset,
    recovery,
    collect,
    teach,
)
"""The pictures that the manual shows."""

OTHERS = (first, labels, palette, shortcuts)
"""Taken by name, to look at."""

SCENES: dict[str, Callable[[Studio], None]] = {scene.__name__: scene for scene in (*MANUAL, *OTHERS)}


def main() -> None:
    if unknown := set(ARGUMENTS.names) - set(SCENES):
        sys.exit(f"there is no picture {unknown.pop()}; there are: {', '.join(SCENES)}")
    app = program.make_app()
    for scheme in (Qt.ColorScheme.Light, Qt.ColorScheme.Dark):
        for name in ARGUMENTS.names or [scene.__name__ for scene in MANUAL]:
            with tempfile.TemporaryDirectory() as folder:
                studio = Studio(app, scheme, Path(folder))
                SCENES[name](studio)
                studio.close()

    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
