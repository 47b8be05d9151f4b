//! The contract: lists and runs contenders, reads lines, adds up.

use serde::Serialize;
use std::fmt::{self, Write as _};
use std::fs::File;
use std::io::Read;
use std::time::{Duration, Instant};

pub const JSON: [&str; 4] = ["ndjson", "ndjson-deep", "ndjson-shapes", "ndjson-escapes"];

/// How long a program works on the small input.
const WARM_UP: Duration = Duration::from_millis(250);

pub type Failure = Box<dyn std::error::Error>;

#[derive(Serialize)]
pub struct Contender<'a> {
    pub name: &'a str,
    pub program: &'a str,
    pub cases: &'a [&'a str],
    #[serde(skip)]
    pub work: fn(&mut Run) -> Result<(), Failure>,
}

#[derive(Serialize)]
struct Outcome {
    rows: u64,
    rejects: u64,
    check: String,
    seconds: f64,
    cpu: f64,
    base_kb: u64,
    peak_kb: u64,
}

/// What a contender is given, and where it puts what came out.
pub struct Run {
    pub case: String,
    pub file: String,
    pub sums: Sums,
    seconds: f64,
    cpu: f64,
    peak_kb: u64,
}

impl Run {
    /// The work: every line of the file, without its newline, goes through `record`, which adds what it finds to the sums, or gives
    /// false for a reject.
    pub fn each_line(&mut self, mut record: impl FnMut(&mut Line, &mut Sums) -> bool) -> Result<(), Failure> {
        let (begun, begun_cpu) = (Instant::now(), processor());
        let sums = &mut self.sums;
        let mut take = |line: &mut Line| match record(line, sums) {
            true => sums.rows += 1,
            false => sums.rejects += 1,
        };
        lines(File::open(&self.file)?, &mut take)?;
        self.seconds = begun.elapsed().as_secs_f64();
        self.cpu = processor() - begun_cpu;
        self.peak_kb = memory("VmHWM");
        Ok(())
    }
}

/// What may be read behind the end of a line.
pub const SLACK: usize = 64;

/// One line in its block, with SLACK bytes behind it: parsers that unescape in place, or that load wide, can do so.
pub struct Line<'a> {
    pub with_slack: &'a mut [u8],
    pub len: usize,
}

impl Line<'_> {
    pub fn bytes(&self) -> &[u8] {
        &self.with_slack[..self.len]
    }
}

/// One block is used again and again, so that its memory stays in the cache.
fn lines(mut file: File, take: &mut impl FnMut(&mut Line)) -> std::io::Result<()> {
    let mut block = vec![0; (3 << 17) + SLACK];
    let mut end = 0;
    loop {
        if end + SLACK == block.len() {
            block.resize(2 * block.len(), 0); // a line longer than the block
        }
        let room = block.len() - SLACK;
        let n = file.read(&mut block[end..room])?;
        end += n;
        if n == 0 && end > 0 && block[end - 1] != b'\n' {
            block[end] = b'\n'; // the last line has none; there is slack
            end += 1;
        }
        let mut begin = 0;
        while let Some(len) = memchr::memchr(b'\n', &block[begin..end]) {
            take(&mut Line { with_slack: &mut block[begin..begin + len + SLACK], len });
            begin += len + 1;
        }
        block.copy_within(begin..end, 0);
        end -= begin;
        if n == 0 {
            return Ok(());
        }
    }
}

/// Sums add up the terms of a check. Times are milliseconds.
pub struct Sums {
    pub rows: u64,
    pub rejects: u64,
    spans: Vec<bool>,
    totals: [f64; 8],
    first: i64,
    last: i64,
}

impl Sums {
    fn new(check: &str) -> Self {
        let spans = check.split_whitespace().map(|term| term.starts_with("span:")).collect();
        Sums { rows: 0, rejects: 0, spans, totals: [0.0; 8], first: i64::MAX, last: i64::MIN }
    }

    /// Counts the values of the terms of one row, without the span.
    pub fn add<const N: usize>(&mut self, values: [f64; N]) {
        for (total, value) in self.totals.iter_mut().zip(values) {
            *total += value;
        }
    }

    pub fn span(&mut self, ms: i64) {
        self.first = self.first.min(ms);
        self.last = self.last.max(ms);
    }
}

impl fmt::Display for Sums {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "rows={} rejects={}", self.rows, self.rejects)?;
        for (span, total) in self.spans.iter().zip(self.totals) {
            if !span {
                write!(f, " {:.0}", total.round())?;
            } else if self.first <= self.last {
                write!(f, " span={}-{}", self.first, self.last)?;
            }
        }
        Ok(())
    }
}

pub fn main(contenders: &[Contender]) -> Result<(), Failure> {
    let args: Vec<String> = std::env::args().collect();
    if args.len() == 2 && args[1] == "list" {
        let mut list = String::new();
        for contender in contenders {
            writeln!(list, "{}", serde_json::to_string(contender)?)?;
        }
        print!("{list}");
        return Ok(());
    }
    let usage = "usage: list | run NAME CASE FILE THREADS DEFINITION CHECK SMALL";
    let [_, command, name, case, file, _, _, check, small] = &args[..] else { return Err(usage.into()) };
    let Some(contender) = contenders.iter().find(|c| c.program == name && command == "run") else { return Err(usage.into()) };
    let work = |file: &str| -> Result<Run, Failure> {
        let mut run = Run { case: case.clone(), file: file.into(), sums: Sums::new(check), seconds: 0.0, cpu: 0.0, peak_kb: 0 };
        (contender.work)(&mut run)?;
        Ok(run)
    };
    let (base_kb, begun) = (memory("VmRSS"), Instant::now());
    while begun.elapsed() < WARM_UP {
        work(small)?;
    }
    let run = work(file)?;
    let outcome = Outcome {
        rows: run.sums.rows,
        rejects: run.sums.rejects,
        check: run.sums.to_string(),
        seconds: run.seconds,
        cpu: run.cpu,
        base_kb,
        peak_kb: run.peak_kb,
    };
    println!("{}", serde_json::to_string(&outcome)?);
    Ok(())
}

/// The processor time of this process so far.
fn processor() -> f64 {
    let mut used = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the structure is there for the call to fill.
    unsafe { libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, &mut used) };
    used.tv_sec as f64 + used.tv_nsec as f64 * 1e-9
}

/// A line of /proc/self/status in KiB; 0 where there is none.
fn memory(key: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with(key)).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|kb| kb.parse().ok()).unwrap_or(0)
}
