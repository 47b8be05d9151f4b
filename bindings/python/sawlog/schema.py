"""Schema: the names and types of the columns."""

import json
from functools import lru_cache
from typing import Any, Dict, Iterator, List, NamedTuple, Optional, Sequence, Tuple, Union, overload

__all__ = ["Field", "Schema"]


class Field(NamedTuple):
    """One column of a schema."""

    name: str
    #: ``string int uint float bool timestamp duration ip bytes``, ``list<int>``, ``map<string,list<int>>`` ...
    type: str
    #: The column holds indices into a short list of texts.
    dictionary: bool = False
    #: Where rows show the value: ``("requests", "total")`` for the column ``requests.total`` of nested JSON.
    path: Tuple[str, ...] = ()
    #: The column holds JSON objects with what had no column of its own; rows show their content.
    overflow: bool = False
    #: What of its times the log does not write, so that it was inferred: ``year``, ``date``, ``zone``.
    inferred: Tuple[str, ...] = ()


class Schema(Sequence[Field]):
    """The columns of a batch, in order. It never changes within one stream.

    ``schema[0]`` and ``schema["status"]`` are fields. Arrow libraries take it as it is: ``pyarrow.schema(schema)``.
    """

    __slots__ = ("_fields", "_index", "_text", "names")

    def __init__(self, fields: List[Dict[str, Any]]) -> None:
        self._text = json.dumps(fields, ensure_ascii=False)
        self._fields = tuple(map(_field, fields))
        #: The names of the columns.
        self.names: Tuple[str, ...] = tuple(field.name for field in self._fields)
        self._index = {name: i for i, name in enumerate(self.names)}

    @property
    def types(self) -> Dict[str, str]:
        """The type of each column by its name."""
        return {field.name: field.type for field in self._fields}

    def index(self, value: Any, start: int = 0, stop: Optional[int] = None) -> int:
        """The number of a column, by its name or its field."""
        name = value.name if isinstance(value, Field) else value
        if name not in self._index:
            raise ValueError("no column %r" % (name,))
        return self._index[name]

    def __len__(self) -> int:
        return len(self._fields)

    def __iter__(self) -> Iterator[Field]:
        return iter(self._fields)

    @overload
    def __getitem__(self, key: Union[int, str]) -> Field: ...
    @overload
    def __getitem__(self, key: slice) -> Sequence[Field]: ...
    def __getitem__(self, key: Union[int, str, slice]) -> Union[Field, Sequence[Field]]:
        if isinstance(key, str):
            return self._fields[self.find(key)]
        return self._fields[key]

    def __contains__(self, key: object) -> bool:
        return key in self._index if isinstance(key, str) else key in self._fields

    def find(self, name: str) -> int:
        """The number of the column named name; KeyError with the nearest names where there is none."""
        found = self._index.get(name)
        if found is None:
            raise KeyError(_missing(name, self.names))
        return found

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Schema) and self._fields == other._fields

    def __hash__(self) -> int:
        return hash(self._fields)

    def __repr__(self) -> str:
        return "<sawlog.Schema %s>" % ", ".join("%s: %s" % (field.name, field.type) for field in self._fields)

    def __reduce__(self) -> Tuple[Any, ...]:
        return Schema, (json.loads(self._text),)

    def __arrow_c_schema__(self) -> Any:
        from . import arrow

        return arrow.schema_capsule(self._text)

    def to_pyarrow(self) -> Any:
        """A pyarrow.Schema."""
        import pyarrow

        return pyarrow.schema(self)


def _field(raw: Dict[str, Any]) -> Field:
    return Field(
        raw["name"],
        raw["type"],
        bool(raw.get("dictionary")),
        tuple(raw.get("path") or ()),
        bool(raw.get("overflow")),
        tuple(raw.get("inferred") or ()),
    )


def inner_fields(kind: str) -> List[Field]:
    """The fields inside a list or map, by its type: elements, or keys and values."""
    if kind.startswith("list<"):
        return [Field("item", kind[len("list<") : -1])]
    if kind.startswith("map<"):
        return [Field("key", "string"), Field("value", kind[len("map<string,") : -1])]
    return []


def _missing(name: str, names: Tuple[str, ...]) -> str:
    import difflib

    near = difflib.get_close_matches(name, names, 3)
    if near:
        return "no column %r; did you mean %s?" % (name, " or ".join(near))
    return "no column %r; there are %s" % (name, ", ".join(names[:20]) or "none")


@lru_cache(maxsize=64)
def schema_of(text: bytes) -> Schema:
    """The batches of a stream share one schema object."""
    return Schema(json.loads(text))
