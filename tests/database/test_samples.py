"""The sample reports in the repository are what the program writes today."""

from samples import SAMPLES, sample_documents


def test_the_samples_are_up_to_date() -> None:
    made = sample_documents()
    kept = {
        path.relative_to(SAMPLES).as_posix(): path.read_text("utf-8")
        for path in SAMPLES.rglob("*")
        if path.is_file()
    }
    assert kept.keys() == made.keys()
    for name, text in made.items():
        assert text == kept[name], f"{name}: run `make samples` and read it"
