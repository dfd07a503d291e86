//! `guichet demo`: a complete instance with two fictional organisations, to look around in.

pub mod cases;
pub mod organisation;
pub mod people;
pub mod postgresql;
pub mod sources;
pub mod story;

use std::io::Write;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicI64;

use anyhow::{Context, bail};
use chrono::Duration;
use clap::Args;

use self::organisation::{Organisation, PASSWORD, SignIn};
use self::people::Country;
use self::postgresql::Server;
use self::story::Stage;
use super::private_directory::PrivateDirectory;
use super::{Outcome, serve};
use crate::app::{App, Clock};
use crate::config::{self, Config};
use crate::language::{Language, text, text_with};
use crate::mail::settings::Delivery;
use crate::start::Opening;
use crate::vault::password;
use crate::worker;

/// Where the demo lives.
#[derive(Debug, Args)]
pub struct Demo {
    /// Keeps the instance in this directory; by default it goes when the command ends.
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
    /// The port of 127.0.0.1 to serve on.
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// A PostgreSQL server for the shops: postgresql://USER:PASSWORD@HOST/DATABASE; databases are
    /// made on it, and dropped when the command ends unless --dir keeps the rest.
    #[arg(long, value_name = "URL")]
    postgresql: Option<String>,
    /// The language of what is printed.
    #[arg(long, default_value = "en")]
    language: Language,
}

/// The DPO who serves both organisations.
const SHARED: &str = "dpo@both.example";
const OPERATOR: &str = "operator@both.example";

/// Marks a directory whose demo was made to its end, and one that is a demo's at all.
const READY: &str = "demo.ready";
const BEGUN: &str = "demo.begun";

/// What stands in it.
const INSTANCE: &str = "instance";
const SOURCES: &str = "sources";

/// Long enough ago for every story.
const SET_UP_DAYS_AGO: i64 = 90;

/// Makes the instance, prints where it is and who may sign in, and serves it until Ctrl-C.
///
/// # Errors
/// When the directory or the port cannot be used.
pub fn run(demo: &Demo, out: &mut impl Write) -> anyhow::Result<Outcome> {
    let listen = SocketAddr::from((Ipv4Addr::LOCALHOST, demo.port));
    // Before anything is made: the server itself listens only once all is there.
    let bound = TcpListener::bind(listen).with_context(|| format!("cannot serve on {listen}"))?;
    // Whoever asks for port 0 gets one that is free.
    let listen = bound.local_addr()?;
    drop(bound);
    let temporary = match &demo.dir {
        Some(_) => None,
        None => Some(PrivateDirectory::create()?),
    };
    let directory = match (&demo.dir, &temporary) {
        (Some(directory), _) => {
            std::fs::create_dir_all(directory)
                .with_context(|| format!("cannot use {}", directory.display()))?;
            directory.canonicalize()?
        }
        (None, Some(temporary)) => temporary.path().to_owned(),
        (None, None) => std::env::temp_dir(),
    };
    let mut server = match &demo.postgresql {
        Some(url) => Some(Server::parse(demo.language, url)?),
        None => None,
    };
    let config = settings(&directory, listen, server.as_ref())?;
    serve::begin("warn")?;
    let marker = directory.join(READY);
    if !marker.exists() {
        clear(&directory)?;
        if std::fs::read_dir(&directory)?.next().is_some() {
            bail!(
                "{} holds something else: give an empty directory, or one of an earlier demo",
                directory.display()
            );
        }
        std::fs::write(directory.join(BEGUN), b"")?;
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        let made = runtime.block_on(make(config.clone(), &directory, server.as_mut()));
        if made.is_err() {
            forget(server.as_mut())?;
        }
        made?;
        std::fs::write(&marker, b"")?;
    }
    print(out, &config, demo.language)?;
    let served = serve::on(App::open(config, Clock::Machine, Opening::Serve)?, true);
    if let Some(temporary) = temporary {
        forget(server.as_mut())?;
        drop(temporary);
    }
    served?;
    Ok(Outcome::Done)
}

/// Removes a demo that was stopped while it was made: nobody has worked in it.
fn clear(directory: &Path) -> anyhow::Result<()> {
    if !directory.join(BEGUN).exists() {
        return Ok(());
    }
    for part in [INSTANCE, SOURCES] {
        match std::fs::remove_dir_all(directory.join(part)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
    }
    Ok(std::fs::remove_file(directory.join(BEGUN))?)
}

/// Drops the databases that were made.
fn forget(server: Option<&mut Server>) -> anyhow::Result<()> {
    let Some(server) = server else {
        return Ok(());
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(server.drop_shops())
}

fn settings(
    directory: &Path,
    listen: SocketAddr,
    server: Option<&Server>,
) -> anyhow::Result<Config> {
    let mut config = config::embedded(&directory.join(INSTANCE), listen)?;
    config.allowed.directories = vec![directory.join(SOURCES)];
    config.mail = Delivery::KeptHere;
    // The demo stands on this machine, and so may an identity provider that somebody tries it with.
    config.allowed.loopback = true;
    if let Some(server) = server {
        server.allow(&mut config.allowed)?;
    }
    Ok(config)
}

/// Makes everything, in the past.
async fn make(
    config: Config,
    directory: &Path,
    mut server: Option<&mut Server>,
) -> anyhow::Result<()> {
    let hash = password::hash(PASSWORD).map_err(|_| anyhow::anyhow!("no password hash"))?;
    let clock = Arc::new(AtomicI64::new(0));
    let now = Clock::Machine.now();
    let set_up_at = now - Duration::days(SET_UP_DAYS_AGO);
    clock.store(set_up_at.timestamp_micros(), std::sync::atomic::Ordering::SeqCst);
    let app = App::open(config, Clock::Moved(Arc::clone(&clock)), Opening::SetUp)?;
    let stage = Stage { app, clock, now };
    let app = &stage.app;
    let operator = ("Olga Operator", OPERATOR);
    let operator = organisation::user(app, &hash, operator, Language::En, true)?;
    organisation::store_user(app, operator).await?;
    let shared = ("Sasha Bothfield", SHARED);
    let shared = organisation::user(app, &hash, shared, Language::En, false)?;
    organisation::store_user(app, shared).await?;
    let folder = directory.join(SOURCES);
    for country in [Country::France, Country::Ireland] {
        stage.hours_ago(SET_UP_DAYS_AGO * 24);
        let place = (folder.as_path(), server.as_deref_mut());
        let made: Organisation =
            organisation::set_up(&stage.app, country, place, &hash, SHARED).await?;
        worker::drain(&stage.app).await?;
        cases::tell(&stage, &made).await?;
    }
    stage.hours_ago(0);
    worker::drain(&stage.app).await?;
    Ok(())
}

fn print(out: &mut impl Write, config: &Config, language: Language) -> anyhow::Result<()> {
    writeln!(out, "{}", config.base_url)?;
    writeln!(out, "{}", text_with(language, "demo-password", &[("password", PASSWORD)]))?;
    let mut sign_ins = vec![
        SignIn { email: OPERATOR.to_owned(), role: text(language, "demo-operator") },
        SignIn { email: SHARED.to_owned(), role: text(language, "demo-shared-dpo") },
    ];
    for country in [Country::France, Country::Ireland] {
        sign_ins.extend(organisation::sign_ins(country, language));
    }
    for SignIn { email, role } in &sign_ins {
        writeln!(out, "{email:<40} {role}")?;
    }
    let mailbox = format!("{}mail", config.base_url);
    let mailbox = [("address", mailbox.as_str())];
    writeln!(out, "{}", text_with(language, "demo-mailbox", &mailbox))?;
    writeln!(out, "{}", text(language, "demo-ends"))?;
    Ok(out.flush()?)
}
