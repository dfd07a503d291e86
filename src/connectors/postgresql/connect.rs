//! Connects to PostgreSQL, at the address that was checked.

use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use secrecy::ExposeSecret;
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use tokio_postgres::config::SslMode;
use tokio_postgres::error::{DbError, SqlState};
use tokio_postgres::tls::MakeTlsConnect;
use tokio_postgres::{Client, Config, NoTls};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::frames::{Frames, Watch, WithinTls};
use crate::connectors::error::SourceError;
use crate::connectors::hosts::Allowlist;
use crate::connectors::session::Limits;
use crate::connectors::settings::{PostgresqlSettings, Tls};

/// A client and the task that drives its connection.
pub struct Connected {
    pub client: Client,
    task: JoinHandle<()>,
    watch: Watch,
}

impl Connected {
    /// As [`error`]; of a message that was refused the driver says only that the connection ended.
    #[must_use]
    pub fn error(&self, failure: &tokio_postgres::Error, table: &str) -> SourceError {
        self.watch.refused().unwrap_or_else(|| error(failure, table))
    }
}

/// How long a connection may take to say goodbye.
const GOODBYE: Duration = Duration::from_secs(5);

impl Drop for Connected {
    /// The task says goodbye once nothing is under way. A server that no longer answers would keep
    /// it waiting for ever.
    fn drop(&mut self) {
        let task = self.task.abort_handle();
        match tokio::runtime::Handle::try_current() {
            Ok(runtime) => {
                runtime.spawn(async move {
                    tokio::time::sleep(GOODBYE).await;
                    task.abort();
                });
            }
            Err(_) => task.abort(),
        }
    }
}

/// Connects and begins the snapshot.
///
/// # Errors
///
/// Whatever keeps one from connecting.
pub async fn connect(
    settings: &PostgresqlSettings,
    allowed: &Allowlist,
    limits: &Limits,
) -> Result<Connected, SourceError> {
    let addresses = allowed.resolve(&settings.host, settings.port, limits.connect).await?;
    let mut config = Config::new();
    config
        .port(settings.port)
        .dbname(&settings.database)
        .user(&settings.user)
        .application_name("guichet");
    if let Some(password) = &settings.password {
        config.password(password.expose_secret());
    }
    let watch = Watch::new(limits.value_bytes);
    let connecting = async {
        let stream = reach(&addresses, settings.port).await?;
        match settings.tls {
            Tls::Off => {
                config.ssl_mode(SslMode::Disable);
                let stream = Frames::new(stream, watch.clone());
                let (client, connection) = config
                    .connect_raw(stream, NoTls)
                    .await
                    .map_err(|failure| error(&failure, ""))?;
                let task = tokio::spawn(async { drop(connection.await) });
                Ok(Connected { client, task, watch })
            }
            Tls::Verify => {
                config.ssl_mode(SslMode::Require);
                let mut connector = MakeRustlsConnect::new(verified(settings)?);
                let name = settings.host.trim_start_matches('[').trim_end_matches(']');
                let tls = <MakeRustlsConnect as MakeTlsConnect<TcpStream>>::make_tls_connect(
                    &mut connector,
                    name,
                )
                .map_err(|_| SourceError::TlsFailed)?;
                let (client, connection) = config
                    .connect_raw(stream, WithinTls { tls, watch: watch.clone() })
                    .await
                    .map_err(|failure| tls_error(&failure))?;
                let task = tokio::spawn(async { drop(connection.await) });
                Ok(Connected { client, task, watch })
            }
        }
    };
    let connected = tokio::time::timeout(limits.connect, connecting)
        .await
        .map_err(|_| SourceError::NoAnswer)??;
    let begin = begin(limits.search);
    tokio::time::timeout(limits.connect, connected.client.batch_execute(&begin))
        .await
        .map_err(|_| SourceError::NoAnswer)?
        .map_err(|failure| connected.error(&failure, ""))?;
    Ok(connected)
}

/// Settings that make every value print in one way, and the snapshot. With `row_security = off` the
/// server refuses a query from which a policy would hide rows, instead of leaving them out.
fn begin(search: Duration) -> String {
    let millis = search.as_millis();
    format!(
        "SET client_encoding = 'UTF8'; SET TimeZone = 'UTC'; SET DateStyle = 'ISO, YMD'; \
         SET IntervalStyle = 'postgres'; SET extra_float_digits = 1; SET bytea_output = 'hex'; \
         SET standard_conforming_strings = on; SET statement_timeout = {millis}; \
         SET row_security = off; SET lock_timeout = 5000; SET idle_in_transaction_session_timeout = {millis}; \
         BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
    )
}

/// TLS that verifies chain and name.
fn verified(settings: &PostgresqlSettings) -> Result<ClientConfig, SourceError> {
    let mut roots = RootCertStore::empty();
    match &settings.ca_file {
        Some(path) => {
            let certificates = CertificateDer::pem_file_iter(path)
                .map_err(|_| SourceError::AuthorityUnreadable)?;
            for certificate in certificates {
                certificate
                    .ok()
                    .and_then(|certificate| roots.add(certificate).ok())
                    .ok_or(SourceError::AuthorityUnreadable)?;
            }
        }
        None => {
            roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        }
    }
    if roots.is_empty() {
        return Err(SourceError::AuthorityUnreadable);
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|_| SourceError::TlsFailed)?;
    Ok(builder.with_root_certificates(roots).with_no_client_auth())
}

/// Connects to the first of the checked addresses that answers.
async fn reach(addresses: &[IpAddr], port: u16) -> Result<TcpStream, SourceError> {
    let mut failure = SourceError::Unreachable;
    for address in addresses {
        match TcpStream::connect((*address, port)).await {
            Ok(stream) => {
                // Small messages go out at once; without it the source is only slower.
                let _ = stream.set_nodelay(true);
                return Ok(stream);
            }
            Err(error) => failure = io_error(&error),
        }
    }
    Err(failure)
}

/// What a failure of the connection itself is.
fn io_error(failure: &io::Error) -> SourceError {
    match failure.kind() {
        io::ErrorKind::ConnectionRefused
        | io::ErrorKind::HostUnreachable
        | io::ErrorKind::NetworkUnreachable => SourceError::Unreachable,
        io::ErrorKind::TimedOut => SourceError::NoAnswer,
        io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput => SourceError::Malformed,
        _ => SourceError::Dropped,
    }
}

fn tls_error(failure: &tokio_postgres::Error) -> SourceError {
    // Before the login, the only thing that fails without an SQLSTATE is the connection itself or
    // the handshake; the handshake is told apart by its cause.
    let mut cause: Option<&dyn std::error::Error> = std::error::Error::source(failure);
    while let Some(inner) = cause {
        let io = inner.downcast_ref::<io::Error>();
        let within = io.and_then(io::Error::get_ref);
        if inner.is::<rustls::Error>() || within.is_some_and(|one| one.is::<rustls::Error>()) {
            return SourceError::TlsFailed;
        }
        cause = inner.source();
    }
    match error(failure, "") {
        // "server does not support TLS" has no code of its own.
        SourceError::Malformed => SourceError::TlsFailed,
        other => other,
    }
}

/// Turns an error of the driver into ours. `table` is the table being read, if any.
#[must_use]
pub fn error(failure: &tokio_postgres::Error, table: &str) -> SourceError {
    let table = table.to_owned();
    let Some(state) = failure.code() else {
        let mut cause: Option<&dyn std::error::Error> = std::error::Error::source(failure);
        while let Some(inner) = cause {
            if let Some(io) = inner.downcast_ref::<io::Error>() {
                return io_error(io);
            }
            cause = inner.source();
        }
        return match () {
            () if failure.is_closed() => SourceError::Dropped,
            () if wants_password(failure) => SourceError::LoginRefused,
            () => SourceError::Malformed,
        };
    };
    match state {
        &SqlState::QUERY_CANCELED => SourceError::TimedOut,
        &SqlState::LOCK_NOT_AVAILABLE => SourceError::Locked,
        &SqlState::INSUFFICIENT_PRIVILEGE if hides_rows(failure) => {
            SourceError::RowSecurity { table }
        }
        &SqlState::INSUFFICIENT_PRIVILEGE if !table.is_empty() => {
            SourceError::PermissionDenied { table }
        }
        &SqlState::UNDEFINED_TABLE => SourceError::TableMissing { table },
        &SqlState::INVALID_CATALOG_NAME => SourceError::DatabaseMissing,
        &SqlState::ADMIN_SHUTDOWN
        | &SqlState::CRASH_SHUTDOWN
        | &SqlState::CANNOT_CONNECT_NOW
        | &SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT => SourceError::Dropped,
        state if state.code().starts_with("28") => SourceError::LoginRefused,
        state => SourceError::refused(&table, state.code().chars().take(5).collect()),
    }
}

/// The driver has no code for a server that asks for a password where none is set.
fn wants_password(failure: &tokio_postgres::Error) -> bool {
    let cause = std::error::Error::source(failure);
    cause.is_some_and(|cause| cause.to_string() == "password missing")
}

/// Row security has no SQLSTATE of its own, and messages are translated: the routine tells.
fn hides_rows(failure: &tokio_postgres::Error) -> bool {
    failure.as_db_error().and_then(DbError::routine) == Some("check_enable_rls")
}
