"""Rule packs: a folder of Markdown pages and TOML files becomes a RulePack.

A pack is a folder that holds

- `pack.toml`: `name`, `title`, the `[[grades]]`, and optionally `extends`, the name of a shipped
  pack whose lexicon and weights are taken (its rules are not)
- `lexicon.toml` and `weights.toml`: what words mean, and the numbers of the engine; a pack that
  extends another has neither
- `<CODE>-<slug>.md`: a rule each; `README.md` is not read

A team's own directory is either such a pack, which then stands in for the chosen one, or, without
a `pack.toml`, rule pages only: they join those of the chosen pack, and a page whose code the pack
has takes the place of the pack's page.
"""

import hashlib
import itertools
import math
import re
from collections.abc import Collection, Iterable
from importlib.resources.abc import Traversable
from pathlib import Path, PurePosixPath

import msgspec

from cmis_audit import resources
from cmis_audit.errors import RuleError, did_you_mean
from cmis_audit.model.rule import Grade, Lexicon, Rule, RulePack, Weight
from cmis_audit.rulefile import RuleFile, converted, toml_of
from cmis_audit.rulepage import Checks, rule_of

_SHIPPED = "cmis"
_BOUNDS = {
    "column.prior_tables": (0.0, 1e6),
    "column.unknown_share": (0.0, 1.0),
    "column.cap": (0.0, 100.0),
    "column.saturation": (0.0, 1000.0),
}
"""What the engine divides by or takes the logarithm of: above the first, at most the second."""

_KNOWLEDGE = ("lexicon.toml", "weights.toml")


_Folder = dict[str, RuleFile]
"""The files of a folder by their name."""


class _Grade(msgspec.Struct, forbid_unknown_fields=True):
    grade: str
    label: str
    at_least: float


class _Head(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    title: str
    grades: list[_Grade]
    extends: str = ""


def pack_names() -> tuple[str, ...]:
    """Return the names of the packs that ship with the program, sorted."""
    folders = resources.rule_packs().iterdir()
    return tuple(sorted(each.name for each in folders if (each / "pack.toml").is_file()))


def load_pack(name: str, extra: Path | None = None, *, checks: Checks | None = None) -> RulePack:
    """Return the named pack, with a team's own directory in its place or on top of it.

    Without `checks` the pages' checks and parameters are taken as they stand. Raises RuleError,
    which names file and line.
    """
    names = pack_names()
    if name not in names:
        known = ", ".join(names)
        raise RuleError(f"no rule pack '{name}'{did_you_mean(name, names)}; there is: {known}")
    own = _folder(extra, str(extra)) if extra is not None else {}
    if extra is not None and not own:
        raise RuleError(f"{extra}: holds neither a pack.toml nor a rule page <CODE>-<slug>.md")
    if "pack.toml" in own:
        return _pack(own, {}, checks)
    stray = [file for file in own if not file.endswith(".md")]
    if stray:
        raise RuleError(f"{extra}/{min(stray)}: needs a pack.toml beside it")
    return _pack(_folder(resources.rule_packs() / name, name), own, checks)


def _folder(folder: Traversable, label: str) -> _Folder:
    if not folder.is_dir():
        raise RuleError(f"{label}: no such directory of rules")
    files = {}
    for each in sorted(folder.iterdir(), key=lambda each: each.name):
        if each.name != "README.md" and each.name.endswith((".md", ".toml")):
            path = f"{label}/{each.name}"
            try:
                text = each.read_text(encoding="utf-8").replace("\r\n", "\n")
            except (OSError, UnicodeDecodeError) as error:
                raise RuleError(f"{path}: cannot be read: {error}") from error
            files[each.name] = RuleFile(path, text)
    return files


def _pack(files: _Folder, own: _Folder, checks: Checks | None) -> RulePack:
    """Return the pack of a folder, with more pages that win over its own."""
    pack = files["pack.toml"]
    head = converted(toml_of(pack), _Head, pack, also_known=_Grade.__struct_fields__)
    knowledge = files
    if head.extends:
        for name in _KNOWLEDGE:
            if name in files:
                raise files[name].error(
                    1, f"stands beside 'extends = \"{head.extends}\"'; drop one"
                )
        if head.extends not in pack_names():
            hint = did_you_mean(head.extends, pack_names())
            raise pack.error(pack.line_of("extends"), f"no rule pack '{head.extends}'{hint}")
        knowledge = _folder(resources.rule_packs() / head.extends, head.extends)
    missing = [name for name in _KNOWLEDGE if name not in knowledge]
    if missing:
        raise pack.error(1, f"there is no {missing[0]} beside it, nor an 'extends'")
    stray = [
        file for file in files if file.endswith(".toml") and file not in ("pack.toml", *_KNOWLEDGE)
    ]
    if stray:
        raise files[stray[0]].error(1, "no such file belongs to a pack")
    rules = _rules(files, checks) | _rules(own, checks)
    read = [*files.values(), *own.values()]
    if head.extends:
        read += [knowledge[name] for name in _KNOWLEDGE]
    return RulePack(
        name=head.name,
        title=head.title,
        fingerprint=_fingerprint(read),
        rules=tuple(rules[code] for code in sorted(rules)),
        grades=_grades(head.grades, pack),
        lexicon=_lexicon(knowledge["lexicon.toml"]),
        weights=_weights(knowledge["weights.toml"], _engine_weights()),
    )


def _fingerprint(files: Iterable[RuleFile]) -> str:
    """Return the SHA-256 over names and texts; where the folders lie makes no difference."""
    digest = hashlib.sha256()
    for entry in sorted((PurePosixPath(file.path).name, file.text) for file in files):
        for part in entry:
            data = part.encode()
            digest.update(len(data).to_bytes(8, "big") + data)
    return digest.hexdigest()


def _grades(grades: list[_Grade], pack: RuleFile) -> tuple[Grade, ...]:
    line = pack.line_of("grades")
    if not grades:
        raise pack.error(line, "at least one grade is needed")
    bounds = [grade.at_least for grade in grades]
    if not all(math.isfinite(bound) for bound in bounds) or bounds[-1] > 0:
        raise pack.error(line, "the last grade must take what is left: at_least = 0")
    if any(upper <= lower for upper, lower in itertools.pairwise(bounds)):
        raise pack.error(line, "grades stand best first, each with a lower at_least")
    return tuple(
        Grade(grade=each.grade, label=each.label, at_least=each.at_least) for each in grades
    )


def _lexicon(file: RuleFile) -> Lexicon:
    data = toml_of(file)
    known = tuple(Lexicon.__struct_fields__)
    for key in data:
        if key not in known:
            raise file.error(file.line_of(key), f"unknown key '{key}'{did_you_mean(key, known)}")
    # a table stands for pairs; the value types are the model's to judge
    pairs = {
        key: sorted(value.items(), key=lambda pair: pair[0]) if isinstance(value, dict) else value
        for key, value in data.items()
    }
    lexicon = converted(pairs, Lexicon, file)
    for name, share in lexicon.common_columns:
        if not 0 < share <= 1:
            raise file.error(file.line_of(name), f"'{name}' must be a share above 0, at most 1")
    named = [("replaces_phrases", phrase) for phrase in lexicon.replaces_phrases]
    named += [("replaced_phrases", phrase) for phrase in lexicon.replaced_phrases]
    for key, phrase in named:
        try:
            re.compile(phrase)
        except re.error as error:
            line = file.line_of(key)
            raise file.error(line, f"'{phrase}' is no regular expression: {error}") from error
    return lexicon


def _weights(file: RuleFile, known: Collection[str] | None) -> tuple[Weight, ...]:
    """Return the numbers of the engine; `known` are the names it asks for, all of them."""
    found: dict[str, float] = {}
    lines: dict[str, int] = {}
    for key, value in toml_of(file).items():
        nested = value if isinstance(value, dict) else {"": value}
        for inner, number in nested.items():
            name = f"{key}.{inner}" if inner else key
            lines[name] = file.line_of(inner or key)
            if isinstance(number, bool) or not isinstance(number, int | float):
                raise file.error(lines[name], f"'{name}' must be a number")
            if not math.isfinite(number):
                raise file.error(lines[name], f"'{name}' must be finite, not {number}")
            found[name] = float(number)
    for name, line in lines.items():
        if known is not None and name not in known:
            raise file.error(line, f"unknown weight '{name}'{did_you_mean(name, known)}")
    for name, (low, high) in _BOUNDS.items():
        if name in found and not low < found[name] <= high:
            message = f"'{name}' must be above {low:g} and at most {high:g}, not {found[name]:g}"
            raise file.error(lines[name], message)
    before = 0.0
    for name in [name for name in found if name.startswith("confidence.")]:
        if not before < found[name] <= 1:
            raise file.error(
                lines[name], f"'{name}' must be above {before:g}, the one before, and at most 1"
            )
        before = found[name]
    missing = set(known or ()) - found.keys()
    if missing:
        raise file.error(1, f"weight '{min(missing)}' is missing")
    return tuple(Weight(name=name, value=found[name]) for name in sorted(found))


def _engine_weights() -> tuple[str, ...]:
    """Return the names of the weights, as the pack that ships with the engine has them."""
    shipped = _folder(resources.rule_packs() / _SHIPPED, _SHIPPED)["weights.toml"]
    return tuple(weight.name for weight in _weights(shipped, None))


def _rules(files: _Folder, checks: Checks | None) -> dict[str, Rule]:
    rules: dict[str, Rule] = {}
    pages: dict[str, RuleFile] = {}
    for name, file in files.items():
        if not name.endswith(".md"):
            continue
        rule = rule_of(name, file, checks)
        if rule.code in rules:
            other = PurePosixPath(pages[rule.code].path).name
            raise file.error(2, f"code {rule.code} is taken by {other}")
        rules[rule.code], pages[rule.code] = rule, file
    return rules
