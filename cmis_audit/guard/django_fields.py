"""Django's model fields as PostgreSQL's columns."""

import ast
from collections.abc import Callable
from typing import Final

from cmis_audit.guard.alembic_types import last_name
from cmis_audit.guard.said import MadeByCodeError, value

_PLAIN: Final = {
    **dict.fromkeys(("AutoField", "IntegerField", "PositiveIntegerField"), "integer"),
    **dict.fromkeys(("BigAutoField", "BigIntegerField", "PositiveBigIntegerField"), "bigint"),
    **dict.fromkeys(("SmallAutoField", "SmallIntegerField"), "smallint"),
    **dict.fromkeys(("BooleanField", "NullBooleanField"), "boolean"),
    **dict.fromkeys(("IPAddressField", "GenericIPAddressField"), "inet"),
    **dict.fromkeys(("CITextField", "CICharField", "CIEmailField"), "citext"),
    "PositiveSmallIntegerField": "smallint",
    "BinaryField": "bytea",
    "DateField": "date",
    "DateTimeField": "timestamp with time zone",
    "TimeField": "time without time zone",
    "DurationField": "interval",
    "FloatField": "double precision",
    "JSONField": "jsonb",
    "TextField": "text",
    "UUIDField": "uuid",
    "HStoreField": "hstore",
    "SearchVectorField": "tsvector",
    "IntegerRangeField": "int4range",
    "BigIntegerRangeField": "int8range",
    "DecimalRangeField": "numrange",
    "DateRangeField": "daterange",
    "DateTimeRangeField": "tstzrange",
}
_TEXTS: Final = {
    "CharField": None,
    "CommaSeparatedIntegerField": None,
    "SlugField": 50,
    "FileField": 100,
    "FilePathField": 100,
    "ImageField": 100,
    "URLField": 200,
    "EmailField": 254,
}
"""With the length that they have where none is given."""
_ONE: Final = ("ForeignKey", "OneToOneField", "ParentalKey")
_MANY: Final = ("ManyToManyField", "ParentalManyToManyField")

Literal = Callable[[ast.expr], object]
"""The value of an expression; raises ValueError where it has none before the program runs."""


class Declared:
    """A field as a migration declares it: `models.CharField(max_length=20)`."""

    def __init__(self, node: ast.expr, literal: Literal) -> None:
        if not isinstance(node, ast.Call):
            raise MadeByCodeError("no field")
        self.kind = last_name(node.func)
        self.named = {one.arg: one.value for one in node.keywords if one.arg}
        self._arguments = node.args
        self._literal = literal

    @property
    def is_reference(self) -> bool:
        return self.kind in _ONE or self.kind.endswith("ForeignKey")

    @property
    def is_many(self) -> bool:
        return self.kind in _MANY

    @property
    def is_column(self) -> bool:
        """Tell a column from what lives in other tables: managers, generic relations."""
        return not (self.is_many or self.kind.endswith(("Manager", "GenericRelation")))

    def given(self, name: str) -> object:
        """Return an argument by its name; None where it is not given."""
        return self._literal(self.named[name]) if name in self.named else None

    def flag(self, name: str) -> bool:
        return self.given(name) is True

    def column(self, name: str) -> str:
        """Return the column of a field of this name."""
        given = self.given("db_column")
        if given:
            return str(given)
        return f"{name}_id" if self.is_reference else name

    def target(self) -> str | None:
        """Return the model that it points at, as it is written; None where settings tell it."""
        node = self.named.get("to") or (self._arguments[0] if self._arguments else None)
        if node is None or last_name(node) == "AUTH_USER_MODEL":
            return None
        return str(self._literal(node))

    def default(self) -> str | None:
        """Return what the server fills in; Django's own defaults are not in the database."""
        try:
            return value(self.given("db_default"))
        except ValueError:
            return None

    def type(self) -> str:
        """Return the type of what is no reference; a class of somebody's own is called by it."""
        kind = self.kind
        if kind in _PLAIN:
            return _PLAIN[kind]
        if kind in _TEXTS:
            length = self.given("max_length") if "max_length" in self.named else _TEXTS[kind]
            return "character varying" + (f"({length})" if isinstance(length, int) else "")
        if kind == "DecimalField":
            digits, places = self.given("max_digits"), self.given("decimal_places")
            sized = isinstance(digits, int) and isinstance(places, int)
            return f"numeric({digits},{places})" if sized else "numeric"
        if kind in ("ArrayField", "GeneratedField"):
            inner = self._inner("base_field" if kind == "ArrayField" else "output_field").type()
            return f"{inner.removesuffix('[]')}[]" if kind == "ArrayField" else inner
        if kind == "VectorField":
            size = self.given("dimensions")
            return f"vector({size})" if isinstance(size, int) else "vector"
        if not kind:
            raise MadeByCodeError("its type is made by code")
        return kind.removesuffix("Field").lower() or kind.lower()

    def _inner(self, name: str) -> "Declared":
        if name not in self.named and not self._arguments:
            raise MadeByCodeError("no type")
        return Declared(self.named.get(name) or self._arguments[0], self._literal)
