"""A parser: made from a name or a definition, it turns bytes into batches and lines into dicts."""

import copy
import datetime
import inspect
import mmap
import pickle

import pytest

import samples
import sawlog

UTC = datetime.timezone.utc


@pytest.fixture(scope="module")
def parser():
    return sawlog.Parser("combined")


def test_a_line_becomes_a_dict(parser):
    row = parser.parse_line(samples.LINE)
    assert row["client"] == "203.0.113.7"
    assert row["ident"] is None
    assert row["user"] == "anna"
    assert row["time"] == datetime.datetime(2026, 3, 5, 13, 20, 31, tzinfo=UTC)
    assert (row["method"], row["target"]) == ("GET", "/shop/item?id=7")
    assert (row["status"], row["bytes"]) == (200, 5120)
    assert row["referer"] == "https://shop.example/"
    assert row["user_agent"] == "Mozilla/5.0 (X11; Linux)"


def test_a_dash_is_null(parser):
    row = parser.parse_line(samples.DASHES)
    assert row["bytes"] is None and row["referer"] is None and row["user"] is None


def test_the_ways_for_a_line_have_a_signature(parser):
    for method in (parser.parse_line, parser.parse_row, parser.parse_record, parser.explain):
        assert list(inspect.signature(method).parameters) == ["line"]
        assert method.__doc__ and "--" not in method.__doc__


def test_a_line_that_does_not_fit_is_none(parser):
    assert parser.parse_line(samples.NOT_A_LINE) is None
    assert parser.parse_line("") is None


@pytest.mark.parametrize("ending", ["", "\n", "\r\n"])
@pytest.mark.parametrize("kind", [str, str.encode, lambda text: bytearray(text.encode()), lambda text: memoryview(text.encode())])
def test_lines_in_all_clothes(parser, kind, ending):
    assert parser.parse_line(kind(samples.LINE + ending)) == parser.parse_line(samples.LINE)


@pytest.mark.parametrize("nonsense", [None, 7, 1.5, ["a"], {"a": 1}])
def test_a_line_is_text_or_bytes(parser, nonsense):
    with pytest.raises(TypeError):
        parser.parse_line(nonsense)


@pytest.mark.parametrize(
    "make",
    [
        bytes,
        bytearray,
        memoryview,
        lambda data: memoryview(bytearray(data)),
        lambda data: memoryview(b"xx" + data)[2:],
        lambda data: memoryview(bytes(b for pair in zip(data, data) for b in pair))[::2],
        lambda data: data.decode(),
    ],
)
@pytest.mark.parametrize("count", [0, 1, 3, 2000])
def test_parse_takes_all_buffers(parser, make, count):
    data = samples.access(count)
    batch = parser.parse(make(data))
    assert len(batch) == count
    assert batch.to_pylist() == parser.parse(data).to_pylist()


def test_parse_takes_a_mapped_file(parser, tmp_path):
    path = tmp_path / "access.log"
    path.write_bytes(samples.access(3000))
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        batch = parser.parse(mapped)
        assert batch.to_pylist() == parser.parse(path.read_bytes()).to_pylist()
        with pytest.raises(BufferError):
            mapped.close()  # the texts of the batch lie in it
        del batch
    assert mapped.closed


def test_memory_that_can_change_is_copied(parser):
    data = bytearray(samples.access(2000))
    batch = parser.parse(data)
    before = batch.to_pylist()
    data[:] = b"x" * len(data)
    data.clear()
    assert batch.to_pylist() == before


def test_memory_that_can_change_is_lent_on_demand(parser):
    data = bytearray(samples.access(2000))
    batch = parser.parse(data, copy=False)
    with pytest.raises(BufferError):
        data.clear()
    assert len(batch) == 2000
    del batch
    data.clear()


def test_texts_outlive_the_input(parser):
    targets = parser.parse(samples.access(5000))["target"]
    assert targets[4999].startswith("/path/4999/")


@pytest.mark.parametrize("nonsense", [None, 7, ["a"], object()])
def test_parse_refuses_what_is_no_buffer(parser, nonsense):
    with pytest.raises(TypeError):
        parser.parse(nonsense)


def test_surrogates_become_their_bytes_again(parser):
    text = samples.LINE.replace("Mozilla", "M\udcffz")
    assert parser.parse_line(text)["user_agent"] == "M�z/5.0 (X11; Linux)"
    assert parser.parse(text)["user_agent"][0] == "M�z/5.0 (X11; Linux)"
    assert len(parser.parse(text.replace("\udcff", "\ud800"))) == 1


def test_the_last_line_needs_no_line_feed(parser):
    assert len(parser.parse(samples.LINE)) == 1
    assert len(parser.parse(samples.LINE + "\r\n" + samples.DASHES)) == 2


def test_explain_tells_what_does_not_fit(parser):
    good = parser.explain(samples.LINE)
    assert good and good.ok and str(good) == "the line fits"
    bad = parser.explain(samples.LINE.replace("5120", "many"))
    assert not bad and bad.fault
    assert bad.seen and bad.expected
    assert bad.offset == samples.LINE.index("5120")
    assert bad.fault in str(bad)


def test_a_parser_knows_itself(parser):
    assert parser.format == "combined"
    assert parser.schema["status"].type == "int"
    assert parser.schema["time"].type == "timestamp"
    assert {"client", "method", "target", "user_agent"} <= set(parser.schema.names)
    assert isinstance(parser.definition, dict)
    again = sawlog.Parser(parser.definition)
    assert again.schema == parser.schema
    assert sawlog.Parser({"json": {}}).schema is None


def test_all_ways_to_say_the_same():
    ways = [
        sawlog.Parser("combined", columns=["status"]),
        sawlog.Parser({"format": "combined", "columns": ["status"]}),
        sawlog.Parser(format="combined", columns=["status"]),
        sawlog.Parser('{"format": "combined", "columns": ["status"]}'),
        sawlog.Parser(sawlog.Parser("combined"), columns=["status"]),
    ]
    for parser in ways:
        assert parser.parse_line(samples.LINE) == {"status": 200}


def test_a_format_of_ones_own():
    parser = sawlog.Parser(nginx="$remote_addr [$time_iso8601] $status $request_time")
    row = parser.parse_line("192.0.2.1 [2026-03-05T14:20:31+00:00] 200 0.125")
    assert datetime.datetime(2026, 3, 5, 14, 20, 31, tzinfo=UTC) in row.values()
    assert datetime.timedelta(milliseconds=125) in row.values()


class Named(datetime.tzinfo):
    """As zoneinfo.ZoneInfo, which Python 3.8 does not have."""

    def __init__(self, key):
        self.key = key

    def utcoffset(self, when):
        return when and datetime.timedelta(hours=1)


@pytest.mark.parametrize("minutes", [0, 60, -210, 840])
def test_a_zone_may_be_one_of_python(minutes):
    definition = {"line": "{time:timestamp %Y-%m-%d %H:%M} {text}"}
    zone = datetime.timezone(datetime.timedelta(minutes=minutes))
    row = sawlog.Parser(definition, zone=zone).parse_line("2026-07-05 14:20 x")
    assert row["time"] == datetime.datetime(2026, 7, 5, 14, 20, tzinfo=zone)
    row = sawlog.Parser(definition, zone=Named("Europe/Berlin")).parse_line("2026-07-05 14:20 x")
    assert row["time"] == datetime.datetime(2026, 7, 5, 12, 20, tzinfo=UTC)
    with pytest.raises(sawlog.FormatError, match="a zone without a name"):
        sawlog.Parser(definition, zone=Named(None))


def test_a_parser_can_be_sent_to_another_process(parser):
    again = pickle.loads(pickle.dumps(sawlog.Parser("combined", columns=["status"])))
    assert again.parse_line(samples.LINE) == {"status": 200}


class Access(sawlog.Parser):
    def __init__(self, *columns):
        super().__init__("combined", columns=list(columns))
        self.wanted = columns


def test_a_subclass_stays_one(parser):
    for again in (pickle.loads(pickle.dumps(Access("status"))), copy.copy(Access("status"))):
        assert type(again) is Access and again.wanted == ("status",)
        assert again.parse_line(samples.LINE) == {"status": 200}


def test_a_record_as_a_batch(parser):
    good, bad = parser.parse_record(samples.LINE), parser.parse_record(samples.NOT_A_LINE)
    assert (len(good), len(good.rejects)) == (1, 0)
    assert (len(bad), len(bad.rejects)) == (0, 1)


def test_no_definition_means_detect():
    parser = sawlog.Parser()
    batch = parser.parse(samples.access(100))
    assert len(batch) == 100 and "status" in batch


def test_a_stream_gives_what_the_whole_gives(parser):
    data = samples.access(300, bad=7)
    whole = parser.parse(data)
    for size in (1, 13, 1000, 10**6):
        rows, rejects = [], []
        with parser.stream() as stream:
            pieces = [stream.feed(data[i : i + size]) for i in range(0, len(data), size)]
            for batch in [*pieces, stream.flush()]:
                if batch is not None:
                    rows += batch.to_pylist()
                    rejects += batch.rejects
        assert rows == whole.to_pylist()
        assert rejects == list(whole.rejects)


def test_a_stream_takes_every_kind_of_bytes_and_goes_on_after_a_flush(parser):
    stream = parser.stream()
    for kind in (str, str.encode, lambda text: bytearray(text.encode())):
        assert stream.feed(kind(samples.LINE)) is None
        assert len(stream.flush()) == 1
    assert stream.flush() is None
    stream.close()
    with pytest.raises(ValueError, match="closed"):
        stream.feed(b"x")


def test_what_refines_a_parser_comes_too_late_for_a_stream(parser):
    with pytest.raises(sawlog.FormatError, match='"where" belongs to the parser'):
        parser.stream(where={"status": ">= 500"})


def test_a_stream_decompresses_nothing(parser):
    with pytest.raises(sawlog.FormatError, match="decompressed already"):
        parser.stream(codec="gzip")
    assert len(parser.stream(codec="auto").feed(samples.LINE + "\n")) == 1


def test_the_dictionary_of_a_small_batch_has_its_own_texts_only(parser):
    parser.parse(samples.LINE.replace("GET", "PURGE"))
    parser.parse_record(samples.LINE.replace("GET", "BREW"))
    lines = [samples.LINE, samples.LINE.replace("GET", "POST"), samples.LINE, samples.DASHES]
    batch = parser.parse("\n".join(lines) + "\n")
    column = batch["method"]
    assert column.to_pylist()[:3] == ["GET", "POST", "GET"]
    assert column.dictionary[:2] == ["GET", "POST"] and len(column.dictionary) <= 3
    assert parser.parse_record(samples.LINE)["method"].dictionary == ["GET"]
