"""The members' own triggers, on the target for their rows."""

import re
from collections.abc import Iterator
from dataclasses import replace

from cmis_audit.model.catalog import Catalog, Function, Trigger
from cmis_audit.model.names import quote_ident
from cmis_audit.plan.design import CannotPlanError, CarriedTrigger, Design, MemberDesign
from cmis_audit.plan.naming import first_free

_SHAPE = re.compile(
    r"CREATE (?P<constraint>CONSTRAINT )?TRIGGER .+? (?P<when>BEFORE|AFTER) (?P<events>.+?) ON .+?"
    r" FOR EACH (?P<level>ROW|STATEMENT)(?: WHEN \((?P<condition>.*)\))?"
    r" EXECUTE FUNCTION (?P<call>.+)\Z",
    re.DOTALL,
)
_EVENT = re.compile(r"INSERT|DELETE|UPDATE(?: OF (?P<columns>.+?))?(?= OR |\Z)")
_WHOLE = re.compile(
    r"\b(?:NEW|OLD)\b(?!\s*\.)|\b(?:NEW|OLD)\s*\.\s*\*|\bTG_(?:TABLE_NAME|RELNAME|RELID|TABLE_SCHEMA)\b",
    re.IGNORECASE,
)
_RETURNED = re.compile(r"\bRETURN\s+(?:NEW|OLD)\s*;", re.IGNORECASE)
_COALESCED = re.compile(
    r"\bRETURN\s+coalesce\s*\(\s*(?:NEW|OLD)\s*,\s*(?:NEW|OLD)\s*\)\s*;", re.IGNORECASE
)
_FIELD = re.compile(r"\b(?:NEW|OLD)\s*\.\s*(\"(?:[^\"]|\"\")+\"|\w+)", re.IGNORECASE)
_COMMENT = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)


def with_triggers(design: Design, catalog: Catalog) -> Design:
    """Return the design with the members' triggers. Raises CannotPlanError."""
    bodies = {str(each.ref): each for each in catalog.functions}
    taken: set[str] = set()
    found = []
    for member in design.members:
        for trigger in member.table.triggers:
            if trigger.enabled:
                found.append(_carried(design, member, trigger, bodies, taken))
    return replace(design, triggers=tuple(found))


def _carried(
    design: Design,
    member: MemberDesign,
    trigger: Trigger,
    bodies: dict[str, Function],
    taken: set[str],
) -> CarriedTrigger:
    shape = _SHAPE.match(trigger.definition)
    reason = _obstacle(member, shape, bodies.get(trigger.function))
    if shape is None or reason:
        raise CannotPlanError(
            f"the trigger {trigger.name} of {member.label} cannot be carried over: {reason}"
        )
    names, statements = [], []
    for event, condition in _split(design, member, shape):
        name = first_free(f"{trigger.name}", "", taken)
        taken.add(name)
        names.append(name)
        statements.append(
            f"CREATE TRIGGER {quote_ident(name)} {shape['when']} {event} ON {design.target}\n"
            f"FOR EACH ROW WHEN ({condition}) EXECUTE FUNCTION {shape['call']};"
        )
    return CarriedTrigger(
        member=member, trigger=trigger, names=tuple(names), statements=tuple(statements)
    )


def _split(design: Design, member: MemberDesign, shape: re.Match[str]) -> Iterator[tuple[str, str]]:
    """Yield one event each with the condition that the row is of the member."""
    for event in _EVENT.finditer(shape["events"]):
        row = "OLD" if event[0] == "DELETE" else "NEW"
        own = f"{row}.{design.source_sql} = {member.label_sql}"
        condition = shape["condition"]
        yield event[0], f"{own} AND ({condition})" if condition else own


def _obstacle(member: MemberDesign, shape: re.Match[str] | None, function: Function | None) -> str:
    """Return why the trigger would not do on the target what it did; nothing where it would."""
    if member.cells is not None:
        return "a row of it becomes several"
    if shape is None or shape["constraint"] or shape["level"] != "ROW":
        return "only row triggers without transition tables can be"
    if function is None or function.body is None:
        return "the body of its function is not to be seen"
    body = _COMMENT.sub(" ", function.body)
    rest = _COALESCED.sub(" ", _RETURNED.sub(" ", body))
    if _WHOLE.search(rest) or _WHOLE.search(shape["condition"] or ""):
        return "its function takes the row as a whole, or asks for the table's name"
    fields = {*_FIELD.findall(body), *_FIELD.findall(shape["condition"] or "")}
    for field in sorted(fields):
        name = field[1:-1].replace('""', '"') if field.startswith('"') else field.lower()
        mapped = next((each for each in member.mapped if each.column.name == name), None)
        if mapped is None or mapped.target != name or mapped.back != "{}":
            return f"its function uses {name}, which has another name or type in the target"
    for event in _EVENT.finditer(shape["events"]):
        for column in (event["columns"] or "").split(", "):
            name = column.strip('"')
            if name and not any(
                each.column.name == name and each.target == name for each in member.mapped
            ):
                return f"it waits for {name}, which has another name in the target"
    return ""
