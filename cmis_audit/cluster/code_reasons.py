"""What code says for the table to keep, in words."""

from cmis_audit.model.code import CodeReference
from cmis_audit.model.code_index import CodeIndex
from cmis_audit.model.names import TableRef


def code_reasons(ref: TableRef, refs: tuple[TableRef, ...], code: CodeIndex) -> list[str]:
    """Return how much more the code uses the table than the others, and whether it was first."""
    others = [other for other in refs if other != ref]
    reasons = []
    used = code.files_using(ref)
    most = max((code.files_using(other) for other in others), default=0)
    if used > most:
        reasons.append(f"code uses it in {used} {'files' if used > 1 else 'file'}, {_rest(most)}")
    if code.models(ref) and not any(code.models(other) for other in others):
        reasons.append("it alone has a model in the code")
    made = code.origin(ref)
    made_later = [code.origin(other) for other in others]
    if made and all(one and _is_older(made, one) for one in made_later):
        reasons.append(f"it was created first ({made.file})")
    return reasons


def _rest(most: int) -> str:
    return f"any other in {most} at most" if most else "the others in none"


def _is_older(one: CodeReference, other: CodeReference) -> bool:
    """Tell whether a migration came before another: by numbers of one form, in one directory."""
    same_place = (one.root, _folder(one)) == (other.root, _folder(other))
    return same_place and bool(one.stamp and other.stamp) and int(one.stamp) < int(other.stamp)


def _folder(one: CodeReference) -> str:
    return one.file.rpartition("/")[0]
