"""Rule packs: a folder of Markdown pages and TOML files becomes a RulePack.

A pack is a folder that holds

- `pack.toml`: `name`, `title`, the `[[grades]]`, and optionally `extends`, the name of a shipped
  pack that extends none itself: what it knows is taken, its grades where there are none here, and
  those of its rules that `[charges]` names, with other `points` and `cap`. `[scale]` charges by
  the size of a database.
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
from collections.abc import Iterable, Mapping
from importlib.resources.abc import Traversable
from pathlib import Path, PurePosixPath

import msgspec

from cmis_audit import resources
from cmis_audit.errors import RuleError, did_you_mean
from cmis_audit.model.rule import Grade, Rule, RulePack, Scale
from cmis_audit.rulefile import RuleFile, converted, toml_of
from cmis_audit.ruleknowledge import lexicon_of, weights_of
from cmis_audit.rulepage import Checks, rule_of
from cmis_audit.textfile import TooLargeError, text_of

_SHIPPED = "cmis"
_KNOWLEDGE = ("lexicon.toml", "weights.toml")


_Folder = dict[str, RuleFile]
"""The files of a folder by their name."""


class _Grade(msgspec.Struct, forbid_unknown_fields=True):
    grade: str
    label: str
    at_least: float


class _Charge(msgspec.Struct, forbid_unknown_fields=True):
    points: float
    cap: float


class _Scale(msgspec.Struct, forbid_unknown_fields=True):
    per_tables: int
    least_tables: int
    ceiling: float


class _Head(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    title: str
    grades: list[_Grade] = []
    extends: str = ""
    scale: _Scale | None = None
    charges: dict[str, _Charge] = {}


_ALSO_KNOWN = tuple(name for kind in (_Grade, _Charge, _Scale) for name in kind.__struct_fields__)


def pack_names() -> tuple[str, ...]:
    """Return the names of the packs that ship with the program, sorted."""
    folders = resources.rule_packs().iterdir()
    return tuple(sorted(each.name for each in folders if (each / "pack.toml").is_file()))


def load_pack(name: str, extra: Path | None = None, *, checks: Checks | None = None) -> RulePack:
    """Return the named pack, with a team's own directory in its place or on top of it.

    Without `checks` the pages' checks and parameters are taken as they stand. Raises RuleError,
    which names file and line.
    """
    return load_packs((name,), extra, checks=checks)[0]


def load_packs(
    names: tuple[str, ...], extra: Path | None = None, *, checks: Checks | None = None
) -> tuple[RulePack, ...]:
    """Return the named packs, the first with a team's own directory in its place or on top of it.

    A page of a team's own whose code one of the others has takes the place of that one's page.
    """
    for name in names:
        _known(name)
    own = _folder(extra, str(extra)) if extra is not None else {}
    if extra is not None and not own:
        raise RuleError(f"{extra}: holds neither a pack.toml nor a rule page <CODE>-<slug>.md")
    shipped = {name: _folder(resources.rule_packs() / name, name) for name in names}
    if "pack.toml" in own:
        return (_pack(own, {}, checks), *(_pack(shipped[name], {}, checks) for name in names[1:]))
    stray = [file for file in own if not file.endswith(".md")]
    if stray:
        raise RuleError(f"{extra}/{min(stray)}: needs a pack.toml beside it")
    joining: dict[str, _Folder] = {name: {} for name in names}
    for file, page in own.items():
        has = [name for name in names if _code(file) in map(_code, shipped[name])]
        joining[has[0] if has else names[0]][file] = page
    return tuple(_pack(shipped[name], joining[name], checks) for name in names)


def _known(name: str) -> None:
    names = pack_names()
    if name not in names:
        known = ", ".join(names)
        raise RuleError(f"no rule pack '{name}'{did_you_mean(name, names)}; there is: {known}")


def _code(file: str) -> str:
    return file.partition("-")[0]


def _folder(folder: Traversable, label: str) -> _Folder:
    if not folder.is_dir():
        raise RuleError(f"{label}: no such directory of rules")
    files = {}
    for each in sorted(folder.iterdir(), key=lambda each: each.name):
        if each.name != "README.md" and each.name.endswith((".md", ".toml")):
            path = f"{label}/{each.name}"
            files[each.name] = RuleFile(path, _text(each, path))
    return files


def _text(file: Traversable, path: str) -> str:
    if not file.is_file():
        raise RuleError(f"{path}: cannot be read: it is not a regular file")
    try:
        return text_of(file)
    except TooLargeError as error:
        raise RuleError(f"{path}: {error}, no file of rules") from None
    except (OSError, UnicodeDecodeError) as error:
        raise RuleError(f"{path}: cannot be read: {error}") from error


def _pack(files: _Folder, own: _Folder, checks: Checks | None) -> RulePack:
    """Return the pack of a folder, with more pages that win over its own."""
    pack = files["pack.toml"]
    head = converted(toml_of(pack), _Head, pack, also_known=_ALSO_KNOWN)
    base = _base(files, head)
    known = base or files
    missing = [name for name in _KNOWLEDGE if name not in known]
    if missing:
        raise pack.error(1, f"there is no {missing[0]} beside it, nor an 'extends'")
    stray = [
        file for file in files if file.endswith(".toml") and file not in ("pack.toml", *_KNOWLEDGE)
    ]
    if stray:
        raise files[stray[0]].error(1, "no such file belongs to a pack")
    rules = _inherited(head, base, pack, checks) | _rules(files, checks) | _rules(own, checks)
    grades = head.grades
    if base and not grades:
        grades = converted(toml_of(base["pack.toml"]), _Head, base["pack.toml"]).grades
    return RulePack(
        name=head.name,
        title=head.title,
        fingerprint=_fingerprint([*files.values(), *own.values(), *_taken(head, base)]),
        rules=tuple(rules[code] for code in sorted(rules)),
        grades=_grades(grades, pack),
        lexicon=lexicon_of(known["lexicon.toml"]),
        weights=weights_of(known["weights.toml"], _engine_weights()),
        scale=_scale(head, pack, rules),
    )


def _base(files: _Folder, head: _Head) -> _Folder:
    """Return the files of the pack that this one extends; none if it extends none."""
    pack = files["pack.toml"]
    if not head.extends:
        if head.charges:
            raise pack.error(pack.line_of(min(head.charges)), "'charges' needs an 'extends'")
        return {}
    for name in _KNOWLEDGE:
        if name in files:
            raise files[name].error(1, f"stands beside 'extends = \"{head.extends}\"'; drop one")
    if head.extends not in pack_names():
        hint = did_you_mean(head.extends, pack_names())
        raise pack.error(pack.line_of("extends"), f"no rule pack '{head.extends}'{hint}")
    base = _folder(resources.rule_packs() / head.extends, head.extends)
    if "extends" in toml_of(base["pack.toml"]):
        message = f"the pack '{head.extends}' extends another itself; name that one"
        raise pack.error(pack.line_of("extends"), message)
    return base


def _inherited(
    head: _Head, base: _Folder, pack: RuleFile, checks: Checks | None
) -> dict[str, Rule]:
    """Return the rules of the extended pack that are charged otherwise."""
    theirs = _rules(base, checks) if head.charges else {}
    rules = {}
    for code, charge in head.charges.items():
        line = pack.line_of(code)
        if code not in theirs:
            hint = did_you_mean(code, theirs)
            raise pack.error(line, f"the pack '{head.extends}' has no rule '{code}'{hint}")
        for key, number in (("points", charge.points), ("cap", charge.cap)):
            if not (math.isfinite(number) and number >= 0):
                raise pack.error(line, f"'{key}' of {code} must be 0 or more, not {number}")
        rules[code] = msgspec.structs.replace(theirs[code], points=charge.points, cap=charge.cap)
    return rules


def _taken(head: _Head, base: _Folder) -> list[RuleFile]:
    """Return the files of the extended pack that have a say."""
    pages = [base[name] for name in base if _code(name) in head.charges]
    named = [base[name] for name in _KNOWLEDGE if base]
    grades = [base["pack.toml"]] if base and not head.grades else []
    return [*named, *pages, *grades]


def _scale(head: _Head, pack: RuleFile, rules: Mapping[str, Rule]) -> Scale | None:
    if head.scale is None:
        return None
    line = pack.line_of("scale")
    for key in ("per_tables", "least_tables"):
        if getattr(head.scale, key) < 1:
            raise pack.error(pack.line_of(key), f"'{key}' must be 1 or more")
    if not 0 < head.scale.ceiling <= 100:
        raise pack.error(pack.line_of("ceiling"), "'ceiling' must be above 0, at most 100")
    for rule in rules.values():
        if not (rule.points > 0 and 0 < rule.cap < 100):
            message = f"with a scale, {rule.code} needs points above 0 and a cap from 0 to 100"
            raise pack.error(line, message)
    return Scale(
        per_tables=head.scale.per_tables,
        least_tables=head.scale.least_tables,
        ceiling=head.scale.ceiling,
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


def _engine_weights() -> tuple[str, ...]:
    """Return the names of the weights, as the pack that ships with the engine has them."""
    shipped = _folder(resources.rule_packs() / _SHIPPED, _SHIPPED)["weights.toml"]
    return tuple(weight.name for weight in weights_of(shipped, None))


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
