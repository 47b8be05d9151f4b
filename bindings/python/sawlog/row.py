"""Row: one record whose values become Python objects when they are asked for."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Dict, Iterator, Optional, Tuple
from typing import Mapping as MappingOf

from . import _host
from ._abi import lib

__all__ = ["Row"]

if TYPE_CHECKING:
    from .batch import Batch

    class Row(MappingOf[str, Any]):
        """One record, as ``parser.parse_row`` gives it: a mapping of names to values, which are made when they are asked for."""

        def __getitem__(self, name: str) -> Any: ...
        def __len__(self) -> int: ...
        def __iter__(self) -> Iterator[str]: ...
        def to_dict(self) -> Dict[str, Any]:
            """All of the row as a dict."""


elif _host.available:
    Row = lib.py_row_type()

else:

    class Row:
        """One record, as ``parser.parse_row`` gives it: a mapping of names to values, which are made when they are asked for."""

        __slots__ = ("_batch", "_dict")

        def __init__(self, batch: "Batch") -> None:
            self._batch = batch
            self._dict: Optional[Dict[str, Any]] = None

        def to_dict(self) -> Dict[str, Any]:
            """All of the row as a dict."""
            return self._batch.row(0)

        def _all(self) -> Dict[str, Any]:
            if self._dict is None:
                self._dict = self._batch.row(0)
            return self._dict

        def __getitem__(self, name: str) -> Any:
            return self._all()[name]

        def __len__(self) -> int:
            return len(self._all())

        def __iter__(self) -> Iterator[str]:
            return iter(self._all())

        def __contains__(self, name: object) -> bool:
            return name in self._all()


def _repr(row: "Row") -> str:
    return "<sawlog.Row %r>" % (row.to_dict(),)


def _reduce(row: "Row") -> Tuple[Any, ...]:
    return dict, (row.to_dict(),)


def _complete(kind: Any) -> None:
    """What a mapping has besides: in Python, since it is not what a row is made for."""
    for name in ("get", "keys", "items", "values", "__eq__", "__reversed__"):
        setattr(kind, name, getattr(Mapping, name))
    kind.__hash__ = None
    kind.__repr__ = _repr
    kind.__reduce__ = _reduce
    Mapping.register(kind)


if not TYPE_CHECKING:
    _complete(Row)
