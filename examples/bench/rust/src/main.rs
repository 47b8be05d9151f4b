//! What one would use in Rust without sawlog, under measurement. What is asked and printed is told in package report beside this folder.
//!
//! report.rs is what all of them have in common, values.rs the conversions behind the parsers that give text; json.rs and text.rs are the
//! contenders.

mod json;
mod report;
mod text;
mod values;

use report::{Contender, JSON};

/// Some five to ten percent faster for parsers that allocate.
#[global_allocator]
static MEMORY: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    let access = ["combined", "combined-real", "refuse", "rows", "line"];
    let contenders = [
        Contender { name: "Rust sonic-rs", program: "sonic", cases: &JSON, work: json::sonic },
        Contender { name: "Rust simd-json", program: "simd", cases: &JSON, work: json::simd },
        Contender { name: "Rust regex", program: "regex", cases: &access, work: text::access },
        Contender { name: "Rust regex", program: "regex-pattern", cases: &["pattern"], work: text::pattern },
        Contender { name: "Rust regex, serde_json", program: "regex-json", cases: &["rows-json"], work: text::rows_json },
        Contender { name: "Rust syslog_loose", program: "syslog", cases: &["syslog3164", "syslog5424"], work: text::syslog },
    ];
    if let Err(e) = report::main(&contenders) {
        eprintln!("{e}");
        std::process::exit(1);
    }
}
