//! JSON: a struct of the twelve keys, which borrows what has no escapes, and a tree for nested documents, in which every leaf has its type.

use crate::report::{Failure, Line, Run, Sums};
use crate::values::iso;
use serde::Deserialize;
use simd_json::prelude::*;
use std::borrow::Cow;
use std::hint::black_box;

/// A struct of the keys that all records have, and of the texts that some have beside them.
macro_rules! event {
    ($name:ident $(, $more:ident)*) => {
        #[derive(Deserialize)]
        #[allow(dead_code)] // only black_box looks at all of it
        struct $name<'a> {
            #[serde(borrow)]
            time: Cow<'a, str>,
            #[serde(borrow)]
            level: Cow<'a, str>,
            #[serde(borrow)]
            logger: Cow<'a, str>,
            #[serde(borrow)]
            caller: Cow<'a, str>,
            #[serde(borrow)]
            message: Cow<'a, str>,
            #[serde(borrow)]
            request_id: Cow<'a, str>,
            user_id: i64,
            #[serde(borrow)]
            method: Cow<'a, str>,
            #[serde(borrow)]
            path: Cow<'a, str>,
            status: i64,
            latency_ms: f64,
            #[serde(borrow, default)]
            error: Option<Cow<'a, str>>,
            $(#[serde(borrow, default)]
            $more: Option<Cow<'a, str>>,)*
        }

        impl $name<'_> {
            fn add(&self, sums: &mut Sums) -> bool {
                black_box(self);
                let Some(time) = iso(self.time.as_bytes()) else { return false };
                sums.add([self.user_id as f64, self.latency_ms, f64::from(self.level == "error"), self.path.len() as f64]);
                sums.span(time);
                true
            }
        }
    };
}

event!(Event);
#[rustfmt::skip]
event!(Shape, tag_region0, tag_zone1, tag_host2, tag_pod3, tag_container4, tag_build5, tag_region6, tag_zone7, tag_host8, tag_pod9, tag_container10,
    tag_build11, tag_region12, tag_zone13);

pub fn sonic(run: &mut Run) -> Result<(), Failure> {
    use sonic_rs::from_slice;
    match run.case.as_str() {
        "ndjson-deep" => run.each_line(|line, sums| from_slice(line.bytes()).is_ok_and(|tree| add_sonic(&tree, sums).is_some())),
        "ndjson-shapes" => run.each_line(|line, sums| from_slice::<Shape>(line.bytes()).is_ok_and(|event| event.add(sums))),
        _ => run.each_line(|line, sums| from_slice::<Event>(line.bytes()).is_ok_and(|event| event.add(sums))),
    }
}

fn add_sonic(tree: &sonic_rs::Value, sums: &mut Sums) -> Option<()> {
    use sonic_rs::JsonValueTrait;
    let number = |path: &[&str]| tree.pointer(path)?.as_f64();
    let up = tree.pointer(["upstreams", "tax", "state"])?.as_str()? == "up";
    sums.span(iso(tree.get("time")?.as_str()?.as_bytes())?);
    sums.add([
        number(&["requests", "total"])?,
        number(&["upstreams", "pay", "traffic", "sent"])?,
        number(&["caches", "pages", "ratio"])?,
        f64::from(up),
    ]);
    Some(())
}

/// The tape of simd-json is its fastest tree, and padded blocks save it a copy of each line.
pub fn simd(run: &mut Run) -> Result<(), Failure> {
    let mut buffers = simd_json::Buffers::default();
    let mut spare = simd_json::Tape::null();
    let (deep, shapes) = (run.case == "ndjson-deep", run.case == "ndjson-shapes");
    run.each_line(|line, sums| {
        let mut tape = std::mem::replace(&mut spare, simd_json::Tape(Vec::new())).reset();
        let Line { with_slack, len } = line;
        if simd_json::fill_tape_padded(with_slack, *len, &mut buffers, &mut tape).is_err() {
            return false;
        }
        if deep {
            let fits = add_simd(tape.as_value(), sums).is_some();
            spare = tape.reset();
            return fits;
        }
        let mut deserializer = simd_json::Deserializer::from_tape(tape);
        let fits = match shapes {
            true => Shape::deserialize(&mut deserializer).is_ok_and(|event| event.add(sums)),
            false => Event::deserialize(&mut deserializer).is_ok_and(|event| event.add(sums)),
        };
        spare = deserializer.into_tape().reset();
        fits
    })
}

fn add_simd(tree: simd_json::tape::Value, sums: &mut Sums) -> Option<()> {
    let at = |path: &[&str]| path.iter().try_fold(tree, |v, key| v.get(*key));
    let number = |path: &[&str]| at(path)?.cast_f64();
    let up = at(&["upstreams", "tax", "state"])?.as_str()? == "up";
    sums.span(iso(at(&["time"])?.as_str()?.as_bytes())?);
    sums.add([
        number(&["requests", "total"])?,
        number(&["upstreams", "pay", "traffic", "sent"])?,
        number(&["caches", "pages", "ratio"])?,
        f64::from(up),
    ]);
    Some(())
}
