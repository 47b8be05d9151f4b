"""What a report knows of a log: each column in a few numbers, gathered batch by batch in bounded memory."""

from array import array
from collections import Counter
from typing import Any, Dict, List, Optional, Tuple
from typing import Counter as CounterOf

from ..batch import Batch
from ..column import Column
from ..rejects import Reject
from ..schema import Field, Schema
from ..templates import Templates
from .templating import MESSAGES

#: How many different texts of a column are counted; what comes after is counted together.
DISTINCT = 20000
#: How many numbers of a column are kept for its quantiles: each so many-th.
KEPT = 50000
#: How many rejects are shown.
SHOWN = 20

NUMBERS = ("int", "uint", "float", "duration")


class Texts:
    """How often each text occurs."""

    def __init__(self) -> None:
        self.counts: CounterOf[Any] = Counter()
        self.others = 0
        self.nulls = 0

    def add(self, column: Column) -> None:
        self.nulls += column.null_count
        indices = column.indices
        if indices is None or column.null_count:  # the index of a null is 0, like that of the first word
            self._merge(Counter(value for value in column if value is not None))
            return
        words: Any = column.dictionary
        self._merge(Counter({words[i]: count for i, count in Counter(indices).items()}))

    def _merge(self, counts: "CounterOf[Any]") -> None:
        if len(self.counts) < DISTINCT:
            self.counts.update(counts)
            return
        for value, count in counts.items():
            if value in self.counts:
                self.counts[value] += count
            else:
                self.others += count


class Numbers:
    """The range, the mean and the quantiles of numbers."""

    def __init__(self) -> None:
        self.count = self.nulls = 0
        self.low: Optional[float] = None
        self.high: Optional[float] = None
        self.total = 0.0
        self._kept: List[float] = []
        self._each = 1

    def add(self, column: Column) -> None:
        view = memoryview(column)
        values = [value for value, real in zip(view, column) if real is not None] if column.null_count else view.tolist()
        self.nulls += column.null_count
        if not values:
            return
        low, high = min(values), max(values)
        self.low = low if self.low is None else min(low, self.low)
        self.high = high if self.high is None else max(high, self.high)
        self.total += sum(values)
        self.count += len(values)
        self._kept += values[:: self._each]
        while len(self._kept) > KEPT:
            self._kept = self._kept[::2]
            self._each *= 2

    @property
    def mean(self) -> float:
        return self.total / self.count if self.count else 0.0

    def quantiles(self, *shares: float) -> List[float]:
        kept = sorted(self._kept)
        return [kept[min(int(share * len(kept)), len(kept) - 1)] for share in shares] if kept else []


class Times:
    """How many records there were when: bars of equal width that get wider as the log gets longer."""

    BARS = 120

    def __init__(self) -> None:
        self.width = 1_000_000_000  # nanoseconds
        self.bars: CounterOf[int] = Counter()
        self.nulls = 0

    def add(self, column: Column) -> None:
        self.nulls += column.null_count
        view = memoryview(column)
        values = array("q", (value for value, real in zip(view, column) if real is not None)) if column.null_count else view
        self.bars.update(value // self.width for value in values)
        while self.bars and max(self.bars) - min(self.bars) >= self.BARS:
            self._widen()

    def _widen(self) -> None:
        for step in (2, 5, 3, 2, 5, 2, 6, 2, 2, 6, 7):  # through tens of seconds, minutes, hours and days
            self.width *= step
            wider: CounterOf[int] = Counter()
            for bar, count in self.bars.items():
                wider[bar // step] += count
            self.bars = wider
            if max(self.bars) - min(self.bars) < self.BARS:
                return


class Summary:
    """All columns of a log."""

    def __init__(self, schema: Schema) -> None:
        self.rows = 0
        self.columns: Dict[str, Any] = {field.name: kind() for field in schema for kind in _kind(field)}
        self.templates = Templates()
        self.messages = next((name for name in MESSAGES[:3] if schema.types.get(name) == "string"), None)
        self.rejects: List[Reject] = []

    def add(self, batch: Batch) -> None:
        self.rows += len(batch)
        for name, seen in self.columns.items():
            seen.add(batch[name])
        if self.messages:
            self.templates.add_column(batch[self.messages])
        for reject in batch.rejects[: SHOWN - len(self.rejects)]:
            self.rejects.append(reject)


def _kind(field: Field) -> Tuple[Any, ...]:
    if field.overflow:
        return ()
    if field.type == "timestamp":
        return (Times,)
    if field.type in NUMBERS and not field.name.endswith(("status", "port", "pid", "tid", "version", "severity", "facility")):
        return (Numbers,)
    return (Texts,) if field.type in ("string", "ip", "bool", *NUMBERS) else ()
