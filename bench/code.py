"""How fast code is searched: `python -m bench.code [--files 100000] [--tables 1000]`.

A tree is written to a directory of its own and searched several times; what is given is the median
and the spread of the wall time. The files have the lengths of those in a grown repository (half of
them under 3 kB, the mean near 5 kB) in seven languages; three in ten hold a word of some table's
name, one in ten SQL, models or a migration.
"""

import argparse
import random
import resource
import statistics
import tempfile
import time
from pathlib import Path

from cmis_audit.codebase import survey
from cmis_audit.model.names import TableRef

LIMIT_SECONDS = 30.0
ROUNDS = 3
IN_A_FOLDER = 60
NOUNS = """
account address amount archive batch branch budget buffer cache channel client cluster column
comment context counter currency customer delivery device discount document domain event factory
feature filter handler header history image index invoice item label layout ledger listing
location manager member message metric module notice option order owner package page parser
partner payment period policy price product profile project quota record region report request
result review role route rule schedule section segment session setting shipment source stage
status stock store supplier tag target task team template ticket token topic update user value
vendor version view visit voucher widget worker zone
"""
WORDS = NOUNS.split()
LINES = {
    "ts": (
        "  const {a} = await this.{b}.load({c}, {{ retries: 3 }});",
        "  if ({a}.length > {b}) {{ return {c}.map((one) => one.{a}); }}",
        "  // keep the {a} beside the {b}, or the {c} goes stale",
        "  this.logger.debug('loaded {a}', {{ {b}, {c} }});",
    ),
    "php": (
        "        ${a} = $this->{b}->find(${c}['{a}']);",
        '        if (! ${a}) {{ throw new RuntimeException("no {b} for {c}"); }}',
        "        // the {a} of a {b} may be null",
    ),
    "py": (
        "    {a} = self._{b}.get({c}, default=None)",
        '    logger.info("{a} of %s", {b})',
        "    return [{a} for {a} in {b} if {a}.{c}]  # sorted above",
    ),
    "go": (
        "\t{a}, err := s.{b}.Load(ctx, {c})",
        '\tif err != nil {{ return nil, fmt.Errorf("load {a}: %w", err) }}',
    ),
    "java": (
        "        final var {a} = {b}Service.find({c}.getId());",
        '        log.debug("{a} {{}}", {b});',
    ),
    "rb": ("    {a} = {b}.where(id: {c}).first", '    raise "no {a}" unless {b}'),
    "md": ("The {a} is kept beside the {b}; see {c}.",),
}
HEADS = {"php": "<?php\n\nnamespace App\\Services;\n\n"}
SPEAKING = {
    "ts": "  await this.db.query(`SELECT * FROM {t} WHERE id = $1`, [id]);",
    "php": "        return DB::table('{t}')->where('id', $id)->first();",
    "py": '    cursor.execute("SELECT id FROM {t} WHERE id = %s", (id,))',
    "go": '\trows, err := db.Query("SELECT id FROM {t} WHERE id = $1", id)',
    "java": '        jdbc.update("UPDATE {t} SET x = ? WHERE id = ?", x, id);',
    "rb": '    execute "DELETE FROM {t} WHERE id = 1"',
    "md": "The table {t} holds them.",
}


def tables(number: int) -> list[TableRef]:
    """Names of two words in ten schemas, all different; a few of one word."""
    pairs = [f"{one}_{other}s" for one in WORDS for other in WORDS if one != other]
    names = [f"{word}s" for word in WORDS[:20]] + random.Random(1).sample(pairs, number - 20)
    return [TableRef(schema=f"s{place % 10}", name=name) for place, name in enumerate(names)]


def fill(top: Path, number: int, refs: list[TableRef]) -> int:
    """Write the files; return how many bytes they have."""
    chance = random.Random(7)
    kinds = ["ts"] * 40 + ["php"] * 15 + ["py"] * 18 + ["go"] * 8 + ["java"] * 8 + ["rb"] * 4
    kinds += ["md"] * 7
    total = 0
    for place in range(number):
        folder = top / f"p{place // (IN_A_FOLDER * 40)}" / f"m{place // IN_A_FOLDER % 40}"
        if place % IN_A_FOLDER == 0:
            folder.mkdir(parents=True, exist_ok=True)
        kind = chance.choice(kinds)
        lines = int(min(2000, max(5, chance.lognormvariate(4.0, 1.0))))
        text = _text(kind, lines, chance, refs)
        total += (folder / f"f{place}.{kind}").write_text(text, "utf-8")
    return total


def _text(kind: str, lines: int, chance: random.Random, refs: list[TableRef]) -> str:
    written = [HEADS.get(kind, "")]
    for _ in range(lines):
        a, b, c = chance.choices(WORDS, k=3)
        written.append(chance.choice(LINES[kind]).format(a=a, b=b, c=c))
    lot = chance.random()
    if lot < 0.1:
        for ref in chance.choices(refs, k=3):
            at = chance.randrange(1, len(written) + 1)
            written.insert(at, SPEAKING[kind].format(t=f"{ref.schema}.{ref.name}"))
    elif lot < 0.3:
        written.append(f"  {chance.choice(refs).name} = 1")
    return "\n".join(written) + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=100_000)
    parser.add_argument("--tables", type=int, default=1000)
    parser.add_argument("--into", type=Path, help="keep the tree here")
    asked = parser.parse_args()
    refs = tables(asked.tables)
    with tempfile.TemporaryDirectory(prefix="bench-code-") as own:
        top = asked.into or Path(own)
        size = fill(top, asked.files, refs) if not any(top.iterdir()) else 0
        seconds = []
        for _ in range(ROUNDS):
            start = time.perf_counter()
            found = survey([top], refs)
            seconds.append(time.perf_counter() - start)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    middle = statistics.median(seconds)
    print(
        f"{found.files:,} files read of {asked.files:,} ({size / 1e6:.0f} MB), "
        f"{asked.tables:,} tables, {len(found.references):,} references: "
        f"{middle:.1f} s ({min(seconds):.1f} to {max(seconds):.1f}, {ROUNDS} rounds), "
        f"{peak:.0f} MB at most"
    )
    return 0 if middle < LIMIT_SECONDS or asked.files > 100_000 else 1


if __name__ == "__main__":
    raise SystemExit(main())
