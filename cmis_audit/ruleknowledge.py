"""What a pack knows: the words of `lexicon.toml`, the numbers of `weights.toml`; read strictly."""

import math
import re
from collections.abc import Collection

from cmis_audit.errors import did_you_mean
from cmis_audit.model.rule import Lexicon, Weight
from cmis_audit.rulefile import RuleFile, converted, toml_of

_BOUNDS = {
    "column.prior_tables": (0.0, 1e6),
    "column.unknown_share": (0.0, 1.0),
    "column.cap": (0.0, 100.0),
    "column.saturation": (0.0, 1000.0),
}
"""What the engine divides by or takes the logarithm of: above the first, at most the second."""


def lexicon_of(file: RuleFile) -> Lexicon:
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


def weights_of(file: RuleFile, known: Collection[str] | None) -> tuple[Weight, ...]:
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
