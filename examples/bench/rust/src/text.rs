//! Access logs and a logger's pattern by regex, on bytes, with an expression that needs no way back, and syslog by syslog_loose.

use crate::report::{Failure, Line, Run};
use crate::values::{clf, iso, number};
use chrono::{DateTime, Utc};
use regex::bytes::{CaptureLocations, Regex, RegexBuilder};
use serde::Serialize;
use std::borrow::Cow;
use std::fs::File;
use std::hint::black_box;
use std::io::Write;

const ACCESS: &str = concat!(
    r#"^([^ ]+) ([^ ]+) ([^ ]+) \[([^\]]+)\] "([A-Z]+) ([^ ]+) (HTTP/[0-9.]+)" ([0-9]{3}) ([0-9]+|-) "#,
    r#""([^"\\]*(?:\\.[^"\\]*)*)" "([^"\\]*(?:\\.[^"\\]*)*)"$"#
);

fn compile(pattern: &str) -> Result<Regex, Failure> {
    Ok(RegexBuilder::new(pattern).unicode(false).build()?)
}

/// The text of a group that every match has.
fn group<'a>(line: &'a [u8], groups: &CaptureLocations, i: usize) -> &'a [u8] {
    groups.get(i).map_or(&[], |(begin, end)| &line[begin..end])
}

/// A size may be unknown.
fn size(text: &[u8]) -> Option<i64> {
    (text != b"-").then(|| number(text)).flatten()
}

pub fn access(run: &mut Run) -> Result<(), Failure> {
    let expression = compile(ACCESS)?;
    let mut groups = expression.capture_locations();
    run.each_line(|line, sums| {
        let line = line.bytes();
        if expression.captures_read(&mut groups, line).is_none() {
            return false;
        }
        let text = |i| group(line, &groups, i);
        let (Some(time), Some(status)) = (clf(text(4)), number(text(8))) else { return false };
        black_box([text(1), text(2), text(3), text(5), text(7), text(10), text(11)]);
        sums.add([size(text(9)).unwrap_or(0) as f64, f64::from(status == 200), text(6).len() as f64]);
        sums.span(time);
        true
    })
}

pub fn pattern(run: &mut Run) -> Result<(), Failure> {
    let expression = compile(r"^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}) (\w+) +\[([^\]]*)\] ([^:]+): (.*)$")?;
    let mut groups = expression.capture_locations();
    run.each_line(|line, sums| {
        let line = line.bytes();
        if expression.captures_read(&mut groups, line).is_none() {
            return false;
        }
        let text = |i| group(line, &groups, i);
        let Some(time) = iso(text(1)) else { return false };
        black_box(text(3));
        sums.add([f64::from(text(2) == b"ERROR"), text(4).len() as f64, text(5).len() as f64]);
        sums.span(time);
        true
    })
}

#[derive(Serialize)]
struct Row<'a> {
    client: Cow<'a, str>,
    ident: Cow<'a, str>,
    user: Cow<'a, str>,
    time: DateTime<Utc>,
    method: Cow<'a, str>,
    target: Cow<'a, str>,
    protocol: Cow<'a, str>,
    status: i64,
    bytes: Option<i64>,
    referer: Cow<'a, str>,
    user_agent: Cow<'a, str>,
}

pub fn rows_json(run: &mut Run) -> Result<(), Failure> {
    let expression = compile(ACCESS)?;
    let mut groups = expression.capture_locations();
    let mut sink = File::options().write(true).open("/dev/null")?;
    let mut json = Vec::with_capacity(1 << 20);
    run.each_line(|line, _| {
        let line = line.bytes();
        if expression.captures_read(&mut groups, line).is_none() {
            return false;
        }
        let text = |i| String::from_utf8_lossy(group(line, &groups, i));
        let time = clf(group(line, &groups, 4)).and_then(DateTime::from_timestamp_millis);
        let (Some(time), Some(status)) = (time, number(group(line, &groups, 8))) else { return false };
        let row = Row {
            client: text(1),
            ident: text(2),
            user: text(3),
            time,
            method: text(5),
            target: text(6),
            protocol: text(7),
            status,
            bytes: size(group(line, &groups, 9)),
            referer: text(10),
            user_agent: text(11),
        };
        let written = serde_json::to_writer(&mut json, &row).is_ok();
        json.push(b'\n');
        if json.len() > 1 << 19 {
            let flushed = sink.write_all(&json).is_ok();
            json.clear();
            return written && flushed;
        }
        written
    })
}

pub fn syslog(run: &mut Run) -> Result<(), Failure> {
    use syslog_loose::{parse_message_with_year_exact_tz as parse, Variant};
    let old = run.case == "syslog3164";
    let variant = if old { Variant::RFC3164 } else { Variant::RFC5424 };
    run.each_line(|line: &mut Line, sums| {
        let Ok(line) = std::str::from_utf8(line.bytes()) else { return false };
        let Ok(message) = parse(line, |_| 2026, Some(Utc), variant) else { return false };
        let (Some(severity), Some(time)) = (message.severity, message.timestamp) else { return false };
        black_box((&message.facility, &message.hostname, &message.procid));
        let length = |text: Option<&str>| text.map_or(0, str::len) as f64;
        sums.span(time.timestamp_millis());
        if old {
            sums.add([f64::from(severity as u8), length(message.appname), message.msg.len() as f64]);
            return true;
        }
        // params() takes the escapes out of the values
        let params = message.structured_data.iter().flat_map(|element| element.params()).inspect(|param| _ = black_box(param)).count();
        sums.add([f64::from(severity as u8), length(message.msgid), message.msg.len() as f64, params as f64]);
        true
    })
}
