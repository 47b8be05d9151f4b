/* The constructor and the destructor of a program use the library, as objects of C++ outside of functions do. */
#include "check.h"

static sawlog_parser *parser;

static void use(void) {
  sawlog_batch *b;
  CHECK_OK(sawlog_parse_record(parser, (const uint8_t *)LINE, sizeof LINE - 1, &b, &err));
  CHECK_INT(sawlog_batch_rows(b), 1);
  sawlog_batch_free(b);
}

__attribute__((constructor)) static void before_main(void) {
  alarm(60); /* so that it does not wait for ever */
  parser = parser_of("combined");
  use();
}

__attribute__((destructor)) static void after_main(void) {
  use();
  sawlog_parser_free(parser);
  check_nothing_alive();
  (void)!write(1, "done\n", 5);
}

int main(void) {
  use();
  return 0;
}
