//! The server: HTTP with limits on time and connections, and an orderly end.

use std::time::Duration;

use actix_web::rt::System;
use actix_web::web::Data;
use actix_web::{App as Routes, HttpServer};
use tokio::signal::unix::{SignalKind, signal};

use super::Front;
use crate::app::App;

/// How long what is in flight may take once the end was asked for, in seconds.
pub const GRACE_S: u64 = 10;

/// How long the head of a request may take to arrive.
const HEAD: Duration = Duration::from_secs(10);

/// How long a silent connection stays open; longer than proxies keep theirs.
const KEEP_ALIVE: Duration = Duration::from_secs(75);

/// How many connections one thread of the server holds.
const CONNECTIONS: usize = 4_096;

/// What else runs in the process of the server. Dropping the future ends it.
pub trait Beside {
    /// Runs until `stop` was called.
    fn run(&self, app: App) -> impl Future<Output = ()> + Send + 'static;
    /// Asks for the end; what is at work is put back.
    fn stop(&self);
}

/// Serves until SIGTERM or SIGINT; then takes no more connections and gives what is in flight
/// [`GRACE_S`] seconds.
///
/// # Errors
/// When the address cannot be listened on, or the signing key cannot be used.
pub fn serve(app: App, beside: &impl Beside) -> std::io::Result<()> {
    // Jobs and queries run on threads of their own, beside those that serve connections.
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = runtime.enable_all().build()?;
    let system = System::with_tokio_rt(|| runtime);
    system.block_on(run(app, beside))
}

async fn run(app: App, beside: &impl Beside) -> std::io::Result<()> {
    let listen = app.config().listen;
    let front = Front::new(app.clone()).map_err(std::io::Error::other)?;
    let front = Data::new(front);
    let routes = move || {
        let front = front.clone();
        Routes::new().configure(move |config| super::configure(config, &front))
    };
    let server = HttpServer::new(routes)
        .client_request_timeout(HEAD)
        .keep_alive(KEEP_ALIVE)
        .max_connections(CONNECTIONS)
        .shutdown_timeout(GRACE_S)
        .disable_signals()
        .bind(listen)?
        .run();
    let handle = server.handle();
    let serving = tokio::task::spawn_local(server);
    let mut worker = tokio::spawn(beside.run(app));
    tracing::info!(%listen, "ready");
    wait_for_the_end().await?;
    tracing::info!("stopping");
    beside.stop();
    let grace = Duration::from_secs(GRACE_S);
    let (worked, ()) = tokio::join!(tokio::time::timeout(grace, &mut worker), handle.stop(true));
    if worked.is_err() {
        // Its leases end by themselves, and the jobs run again.
        worker.abort();
        tracing::warn!("a job was still at work");
    }
    let ended = serving.await.map_err(std::io::Error::other)?;
    tracing::info!("stopped");
    ended
}

async fn wait_for_the_end() -> std::io::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}
