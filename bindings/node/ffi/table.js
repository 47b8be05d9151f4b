'use strict'

// The functions of sawlog.h that the binding calls: name, result, arguments. The types:
//   handle  an address as a number: every address of a process fits in 53 bits on the platforms sawlog runs on. It is also the fast
//           way to pass memory that stays, such as that of an answer
//   memory  a Buffer, a typed array or null: the address of its first byte is passed
//   text    a string, passed as UTF-8
//   i32 u32 i64 size void
module.exports = {
  sawlog_abi_version: ['u32'],
  sawlog_version: ['handle'],
  sawlog_build_info: ['handle'],
  sawlog_status_name: ['handle', 'i32'],
  sawlog_fault_name: ['handle', 'i32'],
  sawlog_configure: ['i32', 'memory', 'size', 'memory'],
  sawlog_get_stats: ['i32', 'memory'],
  sawlog_release_memory: ['i64'],

  sawlog_formats_json: ['i32', 'memory', 'memory'],
  sawlog_format_describe: ['i32', 'memory', 'size', 'memory', 'memory'],
  sawlog_detect: ['i32', 'memory', 'size', 'memory', 'size', 'memory', 'memory'],
  sawlog_detect_path: ['i32', 'memory', 'size', 'memory', 'size', 'memory', 'memory'],
  sawlog_bytes_release: ['void', 'memory'],

  sawlog_parser_new: ['i32', 'memory', 'size', 'memory', 'memory'],
  sawlog_parser_free: ['void', 'handle'],
  sawlog_parser_info_json: ['i32', 'handle', 'memory', 'memory'],
  sawlog_parser_explain: ['i32', 'handle', 'memory', 'size', 'memory', 'memory'],
  sawlog_parse: ['i32', 'handle', 'memory', 'size', 'memory', 'memory', 'memory'],
  sawlog_parse_packed: ['i32', 'handle', 'handle', 'size', 'handle', 'size', 'handle', 'handle'],
  sawlog_parse_record: ['i32', 'handle', 'text', 'size', 'handle', 'handle'],

  sawlog_stream_new: ['i32', 'handle', 'memory', 'size', 'memory', 'memory'],
  sawlog_stream_feed: ['i32', 'handle', 'memory', 'size', 'memory', 'memory', 'memory'],
  sawlog_stream_flush: ['i32', 'handle', 'memory', 'memory'],
  sawlog_stream_free: ['void', 'handle'],

  sawlog_open_path: ['i32', 'handle', 'memory', 'size', 'memory', 'size', 'memory', 'memory'],
  sawlog_open_fd: ['i32', 'handle', 'i32', 'i32', 'memory', 'size', 'memory', 'memory'],
  sawlog_reader_take: ['i32', 'handle', 'handle', 'handle', 'i64', 'handle', 'handle'],
  sawlog_reader_info_json: ['i32', 'handle', 'handle', 'handle', 'handle'],
  sawlog_reader_stats: ['i32', 'handle', 'memory'],
  sawlog_reader_free: ['void', 'handle'],

  sawlog_batch_rows: ['i64', 'handle'],
  sawlog_batch_lines: ['i64', 'handle'],
  sawlog_batch_schema_json: ['handle', 'handle', 'handle'],
  sawlog_batch_layout: ['i64', 'handle', 'handle', 'size'],
  sawlog_batch_reject_count: ['i64', 'handle'],
  sawlog_batch_rejects: ['i64', 'handle', 'i64', 'handle', 'i64'],
  sawlog_batch_free: ['void', 'handle'],
  sawlog_batches_to_ipc: ['i32', 'memory', 'i64', 'u32', 'memory', 'memory'],
  sawlog_batch_to_json: ['i32', 'handle', 'i64', 'i64', 'u32', 'memory', 'memory'],

  sawlog_templates_new: ['i32', 'memory', 'size', 'memory', 'memory'],
  sawlog_templates_load: ['i32', 'memory', 'size', 'memory', 'memory'],
  sawlog_templates_add: ['i32', 'handle', 'memory', 'size', 'memory', 'memory'],
  sawlog_templates_add_lines: ['i32', 'handle', 'memory', 'size', 'memory', 'size', 'memory', 'memory'],
  sawlog_templates_add_column: ['i32', 'handle', 'handle', 'i32', 'memory', 'memory'],
  sawlog_templates_list_json: ['i32', 'handle', 'memory', 'memory'],
  sawlog_templates_match_json: ['i32', 'handle', 'memory', 'size', 'memory', 'memory'],
  sawlog_templates_resolve: ['i32', 'handle', 'memory', 'size', 'memory'],
  sawlog_templates_merge: ['i32', 'handle', 'handle', 'memory'],
  sawlog_templates_save: ['i32', 'handle', 'memory', 'memory'],
  sawlog_templates_free: ['void', 'handle']
}
