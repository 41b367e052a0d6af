"""The sample reports of the demo: `python -m tests.samples` makes them anew."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from cmis_audit import pipeline, reading, writing
from cmis_audit.settings import Settings

ROOT = Path(__file__).parent.parent
SAMPLES = ROOT / "reports" / "samples" / "demo"
MOMENT = datetime(2026, 1, 1, tzinfo=UTC)


def sample_documents() -> dict[str, str]:
    """Return the demo's documents by file name, without what changes with the server's build."""
    catalog = msgspec.structs.replace(
        reading.demo_catalog(MOMENT), server_version="16", server_version_number=160000
    )
    pack, *beside = pipeline.rule_packs(Settings().pack, None)
    report = pipeline.audit(catalog, pack, beside=tuple(beside))
    return dict(writing.documents(report, ("markdown", "json", "html")))


def main() -> None:
    made = sample_documents()
    shutil.rmtree(SAMPLES, ignore_errors=True)
    for name, text in made.items():
        (SAMPLES / name).parent.mkdir(parents=True, exist_ok=True)
        (SAMPLES / name).write_text(text, "utf-8")


if __name__ == "__main__":
    main()
