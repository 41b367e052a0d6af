"""Which files a tree says are to be ignored: `.gitignore` and `.ignore`, as git reads them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple, Self

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

FILES: Final = (".gitignore", ".ignore")
"""The later wins."""
_LARGEST: Final = 200_000
_MOST_PATTERNS: Final = 2_000


class _Patterns(NamedTuple):
    """What one file says, and how a path looks from where that file lies."""

    before: str
    """Comes before it, of a file that lies above the root."""
    cut: int
    """Letters to be taken off, of a file that lies below."""
    spec: "GitIgnoreSpec"


@dataclass(frozen=True, slots=True)
class Ignoring:
    """The patterns that hold in a directory, those of the directories above it first."""

    _specs: tuple[_Patterns, ...] = ()

    @classmethod
    def above(cls, root: Path) -> Self:
        """Return what the directories above a root say of what is in it, up to its repository."""
        try:
            place = root.resolve()
        except (OSError, RuntimeError):
            return cls()
        home = next((one for one in (place, *place.parents) if (one / ".git").exists()), None)
        if home is None or home == place:
            return cls()
        specs = []
        for folder in reversed(place.parents):
            if folder == home or home in folder.parents:
                before = place.relative_to(folder).as_posix() + "/"
                for spec in _specs_of(str(folder), FILES):
                    if not spec.check_file(before).include:
                        specs.append(_Patterns(before, 0, spec))
        return cls(tuple(specs))

    def within(self, place: str, path: str, names: set[str]) -> Self:
        """Return what holds in a directory; `names` are those of its files."""
        there = [name for name in FILES if name in names]
        if not there:
            return self
        cut = len(path) + 1 if path else 0
        own = (_Patterns("", cut, spec) for spec in _specs_of(place, there))
        return type(self)((*self._specs, *own))

    def ignores(self, path: str) -> bool:
        """Tell whether a path is ignored; that of a directory ends with `/`."""
        for one in reversed(self._specs):
            said = one.spec.check_file(one.before + path[one.cut :]).include
            if said is not None:
                return said
        return False


def _specs_of(folder: str, names: Sequence[str]) -> "list[GitIgnoreSpec]":
    from pathspec import GitIgnoreSpec

    found = []
    for name in names:
        file = Path(folder) / name
        try:
            if not file.is_file() or file.is_symlink() or file.stat().st_size > _LARGEST:
                continue
            lines = file.read_text("utf-8", "replace").splitlines()[:_MOST_PATTERNS]
        except OSError:
            continue
        found.append(GitIgnoreSpec.from_lines(_sound(lines)))
    return found


def _sound(lines: list[str]) -> list[str]:
    """Return the lines without those that are no patterns: git passes over them too."""
    from pathspec import GitIgnoreSpec

    kept = []
    for line in lines:
        try:
            GitIgnoreSpec.from_lines([line])
        except ValueError:
            continue
        kept.append(line)
    return kept
