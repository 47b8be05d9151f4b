"""sawlog: log text to typed columns.

::

    import sawlog

    for batch in sawlog.open("access.log.gz"):      # the format is detected
        print(batch["status"].to_pylist())

    parser = sawlog.Parser("combined")
    parser.parse_line('203.0.113.7 - - [01/Jan/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 5 "-" "curl/8"')
"""

from ._abi import lib as _lib
from .batch import Batch
from .column import Column
from .detect import Candidate, Detection, detect
from .errors import Cancelled, Error, ForkError, FormatError, ReadError
from .formats import Format, formats
from .parser import Explanation, Parser
from .reader import Reader, open
from .rejects import Reject
from .row import Row
from .schema import Field, Schema
from .stats import Stats
from .stream import Stream
from .table import Table, read
from .templates import Template, TemplateMatch, Templates

__version__: str = _lib.version().decode()

__all__ = [
    "Batch",
    "Cancelled",
    "Candidate",
    "Column",
    "Detection",
    "Error",
    "Explanation",
    "Field",
    "ForkError",
    "Format",
    "FormatError",
    "Parser",
    "ReadError",
    "Reader",
    "Reject",
    "Row",
    "Schema",
    "Stats",
    "Stream",
    "Table",
    "Template",
    "TemplateMatch",
    "Templates",
    "detect",
    "formats",
    "open",
    "read",
]
