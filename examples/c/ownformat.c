/* Reads a log with its own nginx log_format: the string from nginx.conf is all that is needed. */
#include <sawlog.h>
#include <stdio.h>
#include <string.h>

static const char definition[] = "{\"nginx\": \"$remote_addr [$time_iso8601] $request_method $uri $status ${request_time}s $host\","
                                 " \"rename\": {\"duration\": \"took\"}}";

static const char data[] = "192.0.2.1 [2026-03-02T08:00:00+01:00] GET /oak 200 0.125s sawmill.example\n"
                           "192.0.2.2 [2026-03-02T08:00:01+01:00] GET /elm 404 0.002s sawmill.example\n";

int main(void) {
  sawlog_error err = {.struct_size = sizeof err};
  sawlog_parser *parser;
  sawlog_batch *batch;
  sawlog_bytes json;

  if (sawlog_parser_new(definition, strlen(definition), &parser, &err) != SAWLOG_OK) {
    fprintf(stderr, "line %d, column %d: %s %s\n", err.line, err.column, err.message, err.hint);
    return 1;
  }
  if (sawlog_parse(parser, (const uint8_t *)data, strlen(data), NULL, &batch, &err) != SAWLOG_OK) return 1;
  if (sawlog_batch_to_json(batch, 0, -1, SAWLOG_JSON_LINES, &json, &err) == SAWLOG_OK) {
    printf("%.*s", (int)json.len, json.data);
    sawlog_bytes_release(&json);
  }
  sawlog_batch_free(batch);
  sawlog_parser_free(parser);
  return 0;
}
