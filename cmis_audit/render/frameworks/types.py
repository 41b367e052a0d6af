"""Types of PostgreSQL as format_type() writes them, taken apart."""

import re

from cmis_audit.model.catalog import Catalog, Enum
from cmis_audit.model.value import Value

_NAME = re.compile(
    r"(?P<name>(?:\"(?:[^\"]|\"\")*\"|[^\"(\[])+?)"
    r"(?:\((?P<arguments>-?\d+(?:,-?\d+)*)\))?(?P<rest> with(?:out)? time zone)?"
    r"(?P<array>(?:\[\])*)\Z"
)


class TypeName(Value, frozen=True, kw_only=True):
    name: str
    """`numeric`, `timestamp with time zone`, `crm.stage`; of a domain, what it is made of."""
    arguments: tuple[int, ...] = ()
    """`(12, 2)` of `numeric(12,2)`."""
    dimensions: int = 0
    enum: Enum | None = None


class TypeNames:
    """What the types of one catalog are."""

    def __init__(self, catalog: Catalog) -> None:
        self._enums = {str(each.ref): each for each in catalog.enums}
        self._domains = {str(each.ref): each.base_type for each in catalog.domains}

    def of(self, text: str) -> TypeName:
        seen = set()
        dimensions = 0
        while True:
            found = _NAME.match(text)
            if found is None:
                return TypeName(name=text, dimensions=dimensions)
            name = found["name"] + (found["rest"] or "")
            # An array of a domain of an array has no more brackets than any array.
            dimensions = max(dimensions, len(found["array"]) // 2)
            if name not in self._domains or name in seen:
                break
            seen.add(name)
            text = self._domains[name]
        given = found["arguments"]
        return TypeName(
            name=name,
            arguments=tuple(int(each) for each in given.split(",")) if given else (),
            dimensions=dimensions,
            enum=self._enums.get(name),
        )
