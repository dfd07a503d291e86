//! `guichet serve`: API, pages and worker, until SIGTERM.

use std::time::Duration;

use anyhow::{Context, anyhow};
use clap::Args;
use tracing_subscriber::EnvFilter;

use super::Outcome;
use super::instance::Place;
use crate::app::{App, Clock};
use crate::start::Opening;
use crate::web::server::{self, Beside};
use crate::worker::{self, Stopper};

/// How to serve.
#[derive(Debug, Args)]
pub struct Serve {
    #[command(flatten)]
    place: Place,
    /// Runs no jobs in this process.
    #[arg(long)]
    no_work: bool,
}

/// Serves until the process is told to end.
///
/// # Errors
/// When the settings, the key, the database, the folder or the address cannot be used.
pub fn run(serve: &Serve) -> anyhow::Result<Outcome> {
    let config = serve.place.config()?;
    begin(&config.log)?;
    on(App::open(config, Clock::Machine, Opening::Serve)?, !serve.no_work)?;
    Ok(Outcome::Done)
}

/// Sets up what a process that serves needs once: its log and the cryptography of TLS.
///
/// # Errors
/// When the level of the log is none, or one of them is set up already.
pub fn begin(level: &str) -> anyhow::Result<()> {
    log(level)?;
    std::panic::set_hook(Box::new(log_panic));
    rustls::crypto::aws_lc_rs::default_provider()
        .install_default()
        .map_err(|_| anyhow!("the cryptography of TLS is set up twice"))
}

/// Serves an instance until the process is told to end.
///
/// # Errors
/// When the address cannot be listened on.
pub fn on(app: App, works: bool) -> anyhow::Result<()> {
    let listen = app.config().listen;
    let work = Work { stopper: Stopper::default(), is_wanted: works };
    survive_full_disk()?;
    server::serve(app, &work).with_context(|| format!("cannot serve on {listen}"))
}

/// A file that reaches its size limit sends SIGXFSZ, which would end the process; taken, it becomes
/// an error of the write, and an answer of 503.
fn survive_full_disk() -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let _guard = runtime.enter();
    // Once taken, a signal stays taken for the life of the process.
    let kind = tokio::signal::unix::SignalKind::from_raw(25);
    drop(tokio::signal::unix::signal(kind).context("SIGXFSZ cannot be taken")?);
    Ok(())
}

/// Logs are JSON, one line an event, on standard error.
fn log(level: &str) -> anyhow::Result<()> {
    // What a client sends wrong is answered, and is no error of the server.
    let filter = EnvFilter::try_new(level)
        .context("log: is no level")?
        .add_directive("actix_http::h1::dispatcher=off".parse()?);
    tracing_subscriber::fmt()
        .json()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        // A log that cannot be written is no reason to answer nobody: said on standard error, that
        // would end the process, which is where the log goes.
        .log_internal_errors(false)
        .try_init()
        .map_err(|_| anyhow!("the log is set up twice"))
}

/// Says where, and never what: a message may hold personal data.
fn log_panic(panic: &std::panic::PanicHookInfo<'_>) {
    let place = panic.location().map(ToString::to_string);
    tracing::error!(place = place.unwrap_or_default(), "panic");
}

/// How long the process may take to end. A little less than what is promised to whoever ends it.
pub const PATIENCE: Duration = Duration::from_millis(9_500);

/// Ends the process after a time, whatever still holds it: a thread that cannot be told to stop,
/// a client that reads slowly. That loses nothing: what was acknowledged is committed, and the
/// lease of a job that could not be given back runs out.
pub fn end_by(patience: Duration) {
    // Without this thread the process ends with its work alone.
    let _ = std::thread::Builder::new().name("end".to_owned()).spawn(move || {
        std::thread::sleep(patience);
        tracing::warn!("something was still at work");
        std::process::exit(0);
    });
}

/// The worker beside the server.
struct Work {
    stopper: Stopper,
    is_wanted: bool,
}

impl Beside for Work {
    fn run(&self, app: App) -> impl Future<Output = ()> + Send + 'static {
        let (stopper, is_wanted) = (self.stopper.clone(), self.is_wanted);
        async move {
            if is_wanted {
                worker::work(app, stopper).await;
            }
        }
    }

    fn stop(&self) {
        self.stopper.stop();
        end_by(PATIENCE);
    }
}
