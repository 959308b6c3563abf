"""What the window remembers until it is opened again."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings, Qt

from gui.models.pen import PenSpeed


class Settings:
    """Typed access to the stored values; what is missing or broken reads as its default."""

    def __init__(self, store: QSettings | None = None) -> None:
        self._store = store if store is not None else QSettings("sketchrnn", "canvas")

    @property
    def geometry(self) -> QByteArray:
        value = self._store.value("window/geometry")
        return value if isinstance(value, QByteArray) else QByteArray()

    @geometry.setter
    def geometry(self, value: QByteArray) -> None:
        self._store.setValue("window/geometry", value)

    @property
    def model(self) -> str | None:
        value = self._store.value("model/name")
        return value if isinstance(value, str) else None

    @model.setter
    def model(self, name: str) -> None:
        self._store.setValue("model/name", name)

    @property
    def temperature(self) -> float:
        try:
            return float(str(self._store.value("model/temperature", 0.4)))
        except ValueError:
            return 0.4

    @temperature.setter
    def temperature(self, value: float) -> None:
        self._store.setValue("model/temperature", value)

    @property
    def suggests(self) -> bool:
        """Whether a pale continuation appears when the pen lifts."""
        return self._flag("model/suggests", False)

    @suggests.setter
    def suggests(self, on: bool) -> None:
        self._store.setValue("model/suggests", on)

    @property
    def shows_size(self) -> bool:
        """Whether a frame shows how large the model takes the whole drawing to be."""
        return self._flag("model/shows_size", False)

    @shows_size.setter
    def shows_size(self, on: bool) -> None:
        self._store.setValue("model/shows_size", on)

    @property
    def endings(self) -> int:
        """How many endings are drawn side by side, 1 to 16."""
        try:
            return min(max(int(str(self._store.value("model/endings", 9))), 1), 16)
        except ValueError:
            return 9

    @endings.setter
    def endings(self, count: int) -> None:
        self._store.setValue("model/endings", count)

    @property
    def pen_speed(self) -> PenSpeed:
        name = str(self._store.value("model/pen_speed", PenSpeed.CALM.name))
        return PenSpeed[name] if name in PenSpeed.__members__ else PenSpeed.CALM

    @pen_speed.setter
    def pen_speed(self, speed: PenSpeed) -> None:
        self._store.setValue("model/pen_speed", speed.name)

    @property
    def tells_authors(self) -> bool:
        return self._flag("view/authors", True)

    @tells_authors.setter
    def tells_authors(self, on: bool) -> None:
        self._store.setValue("view/authors", on)

    @property
    def scheme(self) -> Qt.ColorScheme:
        """Unknown: like the system."""
        name = str(self._store.value("view/colours", "Unknown"))
        return Qt.ColorScheme[name] if name in Qt.ColorScheme.__members__ else Qt.ColorScheme.Unknown

    @scheme.setter
    def scheme(self, scheme: Qt.ColorScheme) -> None:
        self._store.setValue("view/colours", scheme.name)

    @property
    def grid(self) -> bool:
        return str(self._store.value("view/grid", "false")).lower() == "true"

    @grid.setter
    def grid(self, on: bool) -> None:
        self._store.setValue("view/grid", on)

    @property
    def strip(self) -> bool:
        """Whether the strip of strokes is open."""
        return str(self._store.value("view/strip", "false")).lower() == "true"

    @strip.setter
    def strip(self, on: bool) -> None:
        self._store.setValue("view/strip", on)

    @property
    def smoothing(self) -> int:
        """How much the pen is steadied, from 0 to 100."""
        value = str(self._store.value("pen/smoothing", 0))
        return min(int(value), 100) if value.isdecimal() else 0

    @smoothing.setter
    def smoothing(self, percent: int) -> None:
        self._store.setValue("pen/smoothing", percent)

    @property
    def pen_width(self) -> int:
        """How thick the pen draws, in hundredths of its ordinary width."""
        value = str(self._store.value("pen/width", 100))
        return min(max(int(value), 30), 170) if value.isdecimal() else 100

    @pen_width.setter
    def pen_width(self, percent: int) -> None:
        self._store.setValue("pen/width", percent)

    @property
    def collected(self) -> str | None:
        """What drawings were collected of last."""
        value = self._store.value("collect/label")
        return value if isinstance(value, str) else None

    @collected.setter
    def collected(self, label: str) -> None:
        self._store.setValue("collect/label", label)

    @property
    def hint_seen(self) -> bool:
        """Whether the first-run hint did its work."""
        return str(self._store.value("help/hint_seen", "false")).lower() == "true"

    @hint_seen.setter
    def hint_seen(self, seen: bool) -> None:
        self._store.setValue("help/hint_seen", seen)

    @property
    def recent(self) -> list[Path]:
        """Files that were on paper, the newest first."""
        value = self._store.value("file/recent", [])
        names = [value] if isinstance(value, str) else value if isinstance(value, list) else []
        return [Path(str(name)) for name in names if name]

    @recent.setter
    def recent(self, paths: list[Path]) -> None:
        self._store.setValue("file/recent", [str(path) for path in paths])

    @property
    def folder(self) -> Path:
        """Where the last drawing was saved or opened."""
        path = Path(str(self._store.value("file/folder", Path.home())))
        return path if path.is_dir() else Path.home()

    @folder.setter
    def folder(self, path: Path) -> None:
        self._store.setValue("file/folder", str(path))

    def _flag(self, key: str, default: bool) -> bool:
        return str(self._store.value(key, default)).lower() == "true"
