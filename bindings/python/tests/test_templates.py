"""Templates: ids, texts, and what is saved."""

import pickle

import pytest

import sawlog


def test_a_column_gets_an_id_for_each_row():
    batch = sawlog.Parser("logfmt").parse('msg="took 12 ms" n=1\nn=2\nmsg="took 7 ms" n=3\nmsg=idle n=4\n')
    templates = sawlog.Templates()
    ids = templates.add_column(batch["message"])
    assert list(ids) == [ids[0], 0, ids[0], ids[3]]
    assert templates.list() == [sawlog.Template(ids[0], "took <*> ms", 2), sawlog.Template(ids[3], "idle", 1)]
    assert [template.text for template in templates] == ["took <*> ms", "idle"]
    assert len(templates) == 2 and repr(templates) == "<sawlog.Templates, 2>"
    with pytest.raises(sawlog.Error, match="n is a column of another type"):
        templates.add_column(batch["n"])


def test_a_template_is_a_value():
    one = sawlog.Template(7, "took <*> ms", 2)
    assert (one.id, one.text, one.count) == (7, "took <*> ms", 2)
    assert one == sawlog.Template(id=7, text="took <*> ms", count=2) and hash(one) == hash(sawlog.Template(7, "took <*> ms", 2))
    assert one != sawlog.Template(7, "took <*> ms", 3) and one != (7, "took <*> ms", 2)
    assert repr(one) == "Template(id=7, text='took <*> ms', count=2)"
    assert pickle.loads(pickle.dumps(one)) == one
    with pytest.raises(AttributeError, match="count"):
        one.count = 3
    with pytest.raises(AttributeError, match="count"):
        del one.count


def test_lines_of_any_kind_of_memory():
    templates = sawlog.Templates()
    one = templates.add("took 1 ms")
    assert one == templates.add(b"took 2 ms")
    for data in ("took 3 ms\nidle", b"took 3 ms\r\nidle\n", bytearray(b"took 3 ms\nidle\n"), memoryview(b"took 3 ms\nidle\n")):
        ids = templates.add_lines(data)
        assert len(ids) == 2 and ids[0] == one and ids[1] != one
    assert list(templates.add_lines(b"")) == []


def test_a_match_has_the_values():
    templates = sawlog.Templates()
    found = templates.add("session opened for user anna from 10.0.0.1")
    templates.add("session opened for user zoltan from 10.0.0.2")
    assert templates.match("session opened for user quentin from 192.0.2.7") == (
        found,
        "session opened for user <*> from <*>",
        ["quentin", "192.0.2.7"],
    )
    assert templates.match("what is this") is None


def test_ids_follow_their_template():
    templates = sawlog.Templates()
    ids = [templates.add("loading module %s from disk" % name) for name in ("xfsrv", "zorkd", "qmgrx", "blipd")]
    (template,) = templates
    assert list(templates.resolve(ids)) == [template.id] * 4
    assert templates.resolve(ids[0]) == template.id
    assert templates.resolve(12) == 0
    assert all(i < 2**53 for i in ids)


def test_saved_merged_and_pickled():
    a, b = sawlog.Templates(), sawlog.Templates(max=100)
    a.add("took 12 ms")
    other = b.add("gate 7 opened")
    a.merge(b)
    copy = sawlog.Templates.load(a.save())
    assert copy.list() == a.list() == pickle.loads(pickle.dumps(a)).list()
    assert copy.resolve(other) == other
    copy.close()
    with pytest.raises(sawlog.Error):
        copy.add("x")


def test_what_is_refused():
    with pytest.raises(sawlog.FormatError, match="max is between 1 and"):
        sawlog.Templates(max=-1)
    with pytest.raises(sawlog.FormatError, match="no snapshot of templates"):
        sawlog.Templates.load(b"{}")
    templates = sawlog.Templates()
    for method in (templates.add, templates.add_lines, templates.add_column, templates.match, templates.merge, sawlog.Templates.load):
        for nonsense in (None, 5, [1]):
            with pytest.raises(TypeError, match="needed, not (NoneType|int|list)"):
                method(nonsense)
    assert len(templates) == 0


def test_closed_templates_say_so():
    templates = sawlog.Templates()
    templates.close()
    templates.close()
    for use in (lambda: templates.add("x"), templates.list, templates.save, lambda: sawlog.Templates().merge(templates)):
        with pytest.raises(sawlog.Error, match="the templates are closed"):
            use()
    assert repr(templates) == "<sawlog.Templates, closed>"


def test_a_column_of_a_table(tmp_path):
    path = tmp_path / "app.log"
    path.write_bytes(b"".join(b'msg="took %d ms" n=%d\nn=1\n' % (n, n) for n in range(3000)))
    table = sawlog.read(path, logfmt={}, block_size=4096)
    assert len(table.batches) > 2
    ids = sawlog.Templates().add_column(table["msg"])
    assert list(ids) == [ids[0] if text else 0 for text in table["msg"]] and ids[0]


def test_made_before_fork(run):
    run(
        """
        templates = sawlog.Templates()
        templates.add("took 12 ms")
        pid = os.fork()
        if pid == 0:
            try:
                templates.add("took 13 ms")
            except sawlog.ForkError:
                fresh = sawlog.Templates()
                os._exit(0 if fresh.add("took 1 ms") > 0 else 2)
            os._exit(1)
        assert os.waitpid(pid, 0)[1] == 0
        assert templates.add("took 14 ms") > 0
        """
    )
