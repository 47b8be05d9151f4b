/* For a build with the tag sawlog_faults: a batch of lists and maps that no format gives, for tests/nested_test.c. */
#ifdef SAW_FAULTS
#include "_cgo_export.h"

__attribute__((visibility("default"))) int32_t sawlog_test_nested(int32_t rows, int32_t whole, sawlog_batch **out, sawlog_error *err) {
  sawlog_error full;
  *out = NULL;
  return saw_done(err, sawgo_test_nested(rows, whole, out, &full), &full);
}
#else
typedef int saw_no_testing; /* a file of C must not be empty */
#endif
