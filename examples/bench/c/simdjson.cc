/* simdjson, its on-demand interface over blocks of lines. Debian: libsimdjson-dev. What it prints is told in package report. */
#include <simdjson.h>

#include <iterator>
#include <string>
#include <utility>

extern "C" {
#include "sums.h"
#include "times.h"
}

using namespace simdjson;

/* 2026-03-02T08:00:00.123456789Z */
static int64_t milliseconds(std::string_view t) { return t.size() < 23 ? 0 : iso(t.data()) + three(t.data() + 20); }

static void event(ondemand::object row) {
  std::string_view texts[8], time;
  std::pair<std::string_view, std::string_view> others[16]; /* what some records have beside these */
  size_t n = 0;
  int64_t user = 0, status = 0;
  double latency = 0;
  for (auto field : row) {
    std::string_view key = field.unescaped_key();
    if (key == "time") time = field.value().get_string();
    else if (key == "user_id") user = field.value().get_int64();
    else if (key == "status") status = field.value().get_int64();
    else if (key == "latency_ms") latency = field.value().get_double();
    else if (key == "level") texts[0] = field.value().get_string();
    else if (key == "path") texts[1] = field.value().get_string();
    else if (key == "logger") texts[2] = field.value().get_string();
    else if (key == "caller") texts[3] = field.value().get_string();
    else if (key == "message") texts[4] = field.value().get_string();
    else if (key == "request_id") texts[5] = field.value().get_string();
    else if (key == "method") texts[6] = field.value().get_string();
    else if (key == "error") texts[7] = field.value().get_string();
    else if (n < std::size(others)) others[n++] = {key, field.value().get_string()};
  }
  sums_span(milliseconds(time));
  sums.totals[0] += (double)user;
  sums.totals[1] += latency;
  sums.totals[2] += texts[0] == "error";
  sums.totals[3] += (double)texts[1].size();
  (void)status;
}

static void status(dom::element row) {
  sums_span(milliseconds(row["time"].get_string()));
  sums.totals[0] += double(row["requests"]["total"].get_int64());
  sums.totals[1] += double(row["upstreams"]["pay"]["traffic"]["sent"].get_int64());
  sums.totals[2] += row["caches"]["pages"]["ratio"].get_double();
  sums.totals[3] += std::string_view(row["upstreams"]["tax"]["state"].get_string()) == "up";
}

static bool deep;

static void each_document(char *begin, char *end) {
  static ondemand::parser parser;
  static dom::parser tree;
  size_t length = end - begin;
  if (!deep) {
    ondemand::document_stream stream = parser.iterate_many(begin, length, length + 1);
    for (auto document : stream) {
      event(document.get_object());
      sums.rows++;
    }
  } else { /* every leaf typed: the tree */
    dom::document_stream stream = tree.parse_many(begin, length, length + 1);
    for (auto document : stream) {
      status(document.value());
      sums.rows++;
    }
  }
}

int main(int argc, char **argv) {
  if (argc == 2 && !strcmp(argv[1], "list")) return puts("{\"name\": \"simdjson in C++\", \"program\": \"simdjson\", \"cases\": [\"ndjson\", \"ndjson-deep\", \"ndjson-shapes\", \"ndjson-escapes\"]}") < 0;
  if (argc != 9) return 2;
  deep = !strcmp(argv[3], "ndjson-deep");
  sums_read(argv[7]);
  long base = bench_memory("VmRSS");
  while (bench_warming()) bench_blocks(argv[8], SIMDJSON_PADDING, each_document);
  sums_reset();
  bench_begin();
  bench_blocks(argv[4], SIMDJSON_PADDING, each_document);
  bench_end();
  sums_print(base, bench_memory("VmHWM"));
  return 0;
}
