/* Templates: what goes in and comes out, what is refused, and that nothing is lost over save, load and merge. */
#include "check.h"

static sawlog_templates *made(const char *options) {
  sawlog_templates *t;
  CHECK_OK(sawlog_templates_new(options, strlen(options), &t, &err));
  return t;
}

static int64_t add(sawlog_templates *t, const char *message) {
  int64_t id;
  CHECK_OK(sawlog_templates_add(t, (const uint8_t *)message, strlen(message), &id, &err));
  CHECK(id > 0);
  return id;
}

static void check_list(const sawlog_templates *t, const char *want) {
  sawlog_bytes list;
  CHECK_OK(sawlog_templates_list_json(t, &list, &err));
  if (!strstr(list.data, want)) fprintf(stderr, "%s\n", list.data);
  CHECK(strstr(list.data, want));
  sawlog_bytes_release(&list);
}

static void adding(void) {
  static const char text[] = "took 7 ms\r\nidle\ntook 8 ms";
  sawlog_templates *t = made("");
  int64_t id = add(t, "took 12 ms"), ids[3];
  size_t lines;
  CHECK_OK(sawlog_templates_add_lines(t, (const uint8_t *)text, sizeof text - 1, ids, 3, &lines, &err));
  CHECK_INT(lines, 3);
  CHECK(ids[0] == id && ids[2] == id && ids[1] != id);
  CHECK_OK(sawlog_templates_add_lines(t, (const uint8_t *)text, sizeof text - 1, ids, 1, NULL, &err));
  CHECK_OK(sawlog_templates_add_lines(t, NULL, 0, NULL, 0, &lines, &err));
  CHECK_INT(lines, 0);
  check_list(t, "\"text\":\"took <*> ms\",\"count\":5");
  CHECK_OK(sawlog_templates_add(t, NULL, 0, NULL, &err));

  sawlog_bytes found;
  CHECK_OK(sawlog_templates_match_json(t, (const uint8_t *)"took 99 ms", 10, &found, &err));
  CHECK(strstr(found.data, "\"text\":\"took <*> ms\",\"values\":[\"99\"]"));
  sawlog_bytes_release(&found);
  CHECK_OK(sawlog_templates_match_json(t, (const uint8_t *)"what", 4, &found, &err));
  CHECK(!strcmp(found.data, "null"));
  sawlog_bytes_release(&found);
  sawlog_templates_free(t);
}

static void columns(void) {
  static const char text[] = "{\"m\": \"took 12 ms\", \"n\": 1}\n{\"n\": 2}\n{\"m\": \"took 13 ms and is no short text any more\", \"n\": 3}\n{\"m\": \"took 5 ms\"}\n";
  sawlog_parser *p = parser_of("{\"json\": {}}");
  sawlog_batch *b;
  CHECK_OK(sawlog_parse(p, (const uint8_t *)text, sizeof text - 1, NULL, &b, &err));
  sawlog_templates *t = made("{\"max\": 100}");
  int64_t ids[4];
  CHECK_OK(sawlog_templates_add_column(t, b, sawlog_batch_find_column(b, "m", 1), ids, &err));
  CHECK(ids[0] == ids[3] && ids[1] == 0 && ids[2] > 0 && ids[2] != ids[0]);
  CHECK_OK(sawlog_templates_add_column(t, b, sawlog_batch_find_column(b, "m", 1), NULL, &err));
  CHECK_INT(sawlog_templates_add_column(t, b, sawlog_batch_find_column(b, "n", 1), ids, &err), SAWLOG_E_ARGUMENT);
  CHECK_INT(sawlog_templates_add_column(t, b, 7, ids, &err), SAWLOG_E_ARGUMENT);
  CHECK_INT(sawlog_templates_add_column(t, (sawlog_batch *)p, 0, ids, &err), SAWLOG_E_HANDLE);
  sawlog_batch_free(b);
  sawlog_parser_free(p);

  /* What is inside a list has a number and a length of its own. */
  static const char lists[] = "{\"l\": [\"took 1 ms\", null, \"took 2 ms\"]}\n{\"l\": [\"took 3 ms\"]}\n";
  p = parser_of("{\"json\": {}, \"fields\": {\"l\": \"list<string>\"}}");
  CHECK_OK(sawlog_parse(p, (const uint8_t *)lists, sizeof lists - 1, NULL, &b, &err));
  sawlog_column l = {.struct_size = sizeof l};
  CHECK_INT(sawlog_batch_column(b, sawlog_batch_find_column(b, "l", 1), &l), SAWLOG_OK);
  CHECK_OK(sawlog_templates_add_column(t, b, l.first_child, ids, &err));
  CHECK(ids[0] > 0 && ids[1] == 0 && ids[2] == ids[0] && ids[3] == ids[0]);
  sawlog_batch_free(b);
  sawlog_parser_free(p);
  sawlog_templates_free(t);
}

static void saving(void) {
  sawlog_templates *a = made(""), *b = made(""), *c;
  int64_t ids[2] = {add(a, "took 12 ms"), add(b, "gate 7 opened")};
  CHECK_OK(sawlog_templates_merge(a, b, &err));
  CHECK_OK(sawlog_templates_merge(a, a, &err));
  sawlog_bytes saved;
  CHECK_OK(sawlog_templates_save(a, &saved, &err));
  CHECK_OK(sawlog_templates_load((const uint8_t *)saved.data, saved.len, &c, &err));
  sawlog_bytes_release(&saved);
  CHECK_OK(sawlog_templates_resolve(c, ids, 2, &err));
  CHECK(ids[0] > 0 && ids[1] > 0);
  ids[0] = 12;
  CHECK_OK(sawlog_templates_resolve(c, ids, 2, &err));
  CHECK(ids[0] == 0 && ids[1] > 0);
  check_list(c, "gate <*> opened");
  sawlog_templates_free(a);
  sawlog_templates_free(b);
  sawlog_templates_free(c);
}

static void refused(void) {
  sawlog_templates *t;
  CHECK_INT(sawlog_templates_new("{\"mx\": 1}", 9, &t, &err), SAWLOG_E_OPTION);
  CHECK(!t && strstr(err.hint, "max"));
  CHECK_INT(sawlog_templates_new("", 0, NULL, &err), SAWLOG_E_ARGUMENT);
  CHECK_INT(sawlog_templates_new(NULL, 3, &t, &err), SAWLOG_E_ARGUMENT);
  CHECK_INT(sawlog_templates_load((const uint8_t *)"{}", 2, &t, &err), SAWLOG_E_OPTION);
  sawlog_parser *p = parser_of("combined");
  CHECK_INT(sawlog_templates_add((sawlog_templates *)p, NULL, 0, NULL, &err), SAWLOG_E_HANDLE);
  CHECK_INT(sawlog_templates_add(NULL, NULL, 0, NULL, &err), SAWLOG_E_HANDLE);
  t = made("");
  CHECK_INT(sawlog_templates_add(t, NULL, 2, NULL, &err), SAWLOG_E_ARGUMENT);
  CHECK_INT(sawlog_templates_merge(t, (sawlog_templates *)p, &err), SAWLOG_E_HANDLE);
  CHECK_INT(sawlog_templates_list_json(t, NULL, &err), SAWLOG_E_ARGUMENT);
  CHECK_INT(sawlog_templates_resolve(t, NULL, 2, &err), SAWLOG_E_ARGUMENT);
  sawlog_templates_free(t);
  CHECK_INT(sawlog_templates_add(t, NULL, 0, NULL, &err), SAWLOG_E_HANDLE);
  sawlog_templates_free(t);
  sawlog_templates_free(NULL);
  sawlog_parser_free(p);
}

int main(void) {
  adding();
  columns();
  saving();
  refused();
  return 0;
}
