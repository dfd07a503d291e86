//! What the built program does, measured from outside: `scripts/bench.sh [intake|queue|collect|start|sweep|code|download]`.

mod code;
mod collect;
mod download;
mod figures;
mod http;
mod instance;
mod intake;
mod queue;
mod start;
mod sweep;

use std::io::{StdoutLock, stdout};

use anyhow::bail;

type Bench = fn(&mut StdoutLock<'static>) -> anyhow::Result<()>;

const BENCHES: [(&str, Bench); 7] = [
    ("start", start::run),
    ("intake", intake::run),
    ("collect", collect::run),
    ("queue", queue::run),
    ("sweep", sweep::run),
    ("code", code::run),
    ("download", download::run),
];

fn main() -> anyhow::Result<()> {
    // cargo adds options of its own.
    let named: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with('-')).collect();
    for name in &named {
        if !BENCHES.iter().any(|(bench, _)| bench == name) {
            bail!("no bench is called {name}: there are {:?}", BENCHES.map(|(bench, _)| bench));
        }
    }
    for (name, bench) in BENCHES {
        if named.is_empty() || named.iter().any(|one| one == name) {
            bench(&mut stdout().lock())?;
        }
    }
    Ok(())
}
