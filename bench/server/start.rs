//! How soon the server is ready and how much memory it needs at rest, and how soon the demo is
//! ready: `scripts/bench.sh start`.
//!
//! Each figure is the median of ten starts on a database that is there already; memory is read ten
//! seconds after the server became ready.

use std::io::Write;
use std::process::Command;
use std::thread::sleep;
use std::time::Duration;

use crate::instance::{Instance as Guichet, On, Server, free_address};

const STARTS: usize = 10;

/// Measures and prints.
///
/// # Errors
/// When something cannot be run, or does not do what is measured.
pub fn run(out: &mut impl Write) -> anyhow::Result<()> {
    for on in On::all() {
        let guichet = Guichet::make(&on)?;
        let mut ready = Vec::new();
        for _ in 1..STARTS {
            ready.push(guichet.serve()?.ready_after);
        }
        let server = guichet.serve()?;
        ready.push(server.ready_after);
        sleep(Duration::from_secs(10));
        let kibibytes = server.memory()?.now;
        writeln!(out, "{}: ready after {:?}", on.name(), median(ready))?;
        writeln!(out, "{}: {} MiB at rest", on.name(), kibibytes.div_ceil(1024))?;
    }
    let mut ready = Vec::new();
    for _ in 0..STARTS {
        let address = free_address()?;
        let mut demo = Command::new(env!("CARGO_BIN_EXE_guichet"));
        demo.args(["demo", "--port", &address.port().to_string()]);
        ready.push(Server::spawn(demo, address)?.ready_after);
    }
    writeln!(out, "demo: ready after {:?}", median(ready))?;
    Ok(())
}

fn median(mut all: Vec<Duration>) -> Duration {
    all.sort_unstable();
    all.get(all.len() / 2).copied().unwrap_or_default()
}
