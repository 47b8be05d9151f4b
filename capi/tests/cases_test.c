/* Runs the cases that all languages share. Each comes from standard input as "KIND DEFINITION-BYTES INPUT-BYTES\n" and these bytes; KIND is
 * b for a whole text, r for one record, i for what the parser says of itself: this is one line of JSON. Of the others the rows go out as JSON lines, the rejects as "FAULT LINE OFFSET", and a blank line. */
#include "check.h"

#if defined(_WIN32)
#include <fcntl.h>
#include <io.h>
static void as_they_are(void) { /* line ends stay what they are */
  _setmode(_fileno(stdin), _O_BINARY);
  _setmode(_fileno(stdout), _O_BINARY);
}
#else
static void as_they_are(void) {}
#endif

static char *take(size_t n) {
  char *bytes = malloc(n + 1);
  CHECK(bytes && fread(bytes, 1, n, stdin) == n);
  bytes[n] = 0;
  return bytes;
}

static void show(const sawlog_batch *batch) {
  sawlog_bytes text = {0};
  CHECK_OK(sawlog_batch_to_json(batch, 0, -1, SAWLOG_JSON_LINES | SAWLOG_JSON_DROP_NULLS, &text, &err));
  fwrite(text.data, 1, text.len, stdout);
  sawlog_bytes_release(&text);
  for (int64_t i = 0; i < sawlog_batch_reject_count(batch); i++) {
    sawlog_reject reject = {.struct_size = sizeof reject};
    CHECK_OK(sawlog_batch_reject(batch, i, &reject));
    printf("%s %lld %lld\n", sawlog_fault_name(reject.fault), (long long)reject.line, (long long)reject.offset);
  }
  puts("");
}

int main(void) {
  char kind;
  size_t definition_size, input_size;
  as_they_are();
  while (scanf(" %c %zu %zu", &kind, &definition_size, &input_size) == 3 && getchar() == '\n') {
    char *definition = take(definition_size), *input = take(input_size);
    sawlog_parser *parser;
    sawlog_batch *batch;
    CHECK_OK(sawlog_parser_new(definition, definition_size, &parser, &err));
    if (kind == 'i') {
      sawlog_bytes info = {0};
      CHECK_OK(sawlog_parser_info_json(parser, &info, &err));
      printf("%.*s\n\n", (int)info.len, (const char *)info.data);
      sawlog_bytes_release(&info);
      sawlog_parser_free(parser);
      free(input);
      free(definition);
      continue;
    }
    if (kind == 'r')
      CHECK_OK(sawlog_parse_record(parser, (uint8_t *)input, input_size, &batch, &err));
    else
      CHECK_OK(sawlog_parse(parser, (uint8_t *)input, input_size, NULL, &batch, &err));
    show(batch);
    sawlog_batch_free(batch);
    sawlog_parser_free(parser);
    free(input);
    free(definition);
  }
  return 0;
}
