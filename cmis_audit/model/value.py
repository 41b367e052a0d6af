"""The base of every value that passes between rooms."""

import msgspec


class Value(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """An immutable, hashable record whose fields are scalars, enums, tuples and other values.

    A msgspec struct and not a dataclass: a catalog of 50,000 tables holds some 600,000 columns,
    and building those takes 0.07 s as structs against 0.9 s as frozen dataclasses with slots. The
    garbage collector need not look at them: what is frozen holds no cycle.
    """
