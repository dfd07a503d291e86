//! Connects to PostgreSQL, at the address that was checked.

use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use secrecy::ExposeSecret;
use tokio::task::JoinHandle;
use tokio_postgres::config::SslMode;
use tokio_postgres::error::{DbError, SqlState};
use tokio_postgres::{Client, Config, NoTls};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::connectors::error::SourceError;
use crate::connectors::hosts::Allowlist;
use crate::connectors::session::Limits;
use crate::connectors::settings::{PostgresqlSettings, Tls};

/// A client and the task that drives its connection.
pub struct Connected {
    pub client: Client,
    task: JoinHandle<()>,
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
        .application_name("guichet")
        .connect_timeout(limits.connect)
        .keepalives_idle(Duration::from_secs(30));
    for address in addresses {
        // The name is only for the certificate: the driver connects to the address.
        config.host(settings.host.trim_start_matches('[').trim_end_matches(']')).hostaddr(address);
    }
    if let Some(password) = &settings.password {
        config.password(password.expose_secret());
    }
    let connecting = async {
        match settings.tls {
            Tls::Off => {
                config.ssl_mode(SslMode::Disable);
                let (client, connection) =
                    config.connect(NoTls).await.map_err(|e| error(&e, ""))?;
                Ok(Connected { client, task: tokio::spawn(async { drop(connection.await) }) })
            }
            Tls::Verify => {
                config.ssl_mode(SslMode::Require);
                let connector = MakeRustlsConnect::new(verified(settings)?);
                let (client, connection) =
                    config.connect(connector).await.map_err(|failure| tls_error(&failure))?;
                Ok(Connected { client, task: tokio::spawn(async { drop(connection.await) }) })
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
        .map_err(|failure| error(&failure, ""))?;
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

fn tls_error(failure: &tokio_postgres::Error) -> SourceError {
    // Before the login, the only thing that fails without an SQLSTATE is the connection itself or
    // the handshake; the handshake is told apart by its cause.
    let mut cause: Option<&dyn std::error::Error> = std::error::Error::source(failure);
    while let Some(inner) = cause {
        let io = inner.downcast_ref::<std::io::Error>();
        let within = io.and_then(std::io::Error::get_ref);
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
            if let Some(io) = inner.downcast_ref::<std::io::Error>() {
                return match io.kind() {
                    std::io::ErrorKind::ConnectionRefused
                    | std::io::ErrorKind::HostUnreachable
                    | std::io::ErrorKind::NetworkUnreachable => SourceError::Unreachable,
                    std::io::ErrorKind::TimedOut => SourceError::NoAnswer,
                    std::io::ErrorKind::InvalidData | std::io::ErrorKind::InvalidInput => {
                        SourceError::Malformed
                    }
                    _ => SourceError::Dropped,
                };
            }
            cause = inner.source();
        }
        return if failure.is_closed() { SourceError::Dropped } else { SourceError::Malformed };
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

/// Row security has no SQLSTATE of its own, and messages are translated: the routine tells.
fn hides_rows(failure: &tokio_postgres::Error) -> bool {
    failure.as_db_error().and_then(DbError::routine) == Some("check_enable_rls")
}
