//! Handing a mail to the server: over TLS that is verified, or not at all unless the settings say
//! so. What the server answered is told by its number alone: its words may repeat an address.

use std::time::Duration;

use lettre::address::Envelope;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, CertificateStore, Tls, TlsParameters};
use lettre::transport::smtp::{AsyncSmtpTransport, Error as SmtpError};
use lettre::{AsyncTransport, Tokio1Executor};
use secrecy::ExposeSecret;

use super::render::{self, Outgoing};
use super::settings::{SmtpSettings, SmtpTls};

/// How long the server may take for one step, and for the whole. A server that stalls must not
/// hold a worker for ever; RFC 5321 §4.5.3.2 would allow many minutes.
const STEP: Duration = Duration::from_secs(60);
const WHOLE: Duration = Duration::from_mins(5);

/// Why a mail was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// The server answered 5xx to this mail: it will never take it.
    #[error("the mail server refused it for good ({0})")]
    Refused(u16),
    /// A later try may work; the code says what happened.
    #[error("{0}")]
    TryAgain(&'static str),
}

/// The server asks to come again (4xx).
pub const BUSY: &str = "smtp-busy";
/// No connection, or one that broke.
pub const UNREACHABLE: &str = "smtp-unreachable";
/// The server cannot prove who it is, or offers no TLS: nothing was sent.
pub const NOT_SECURE: &str = "smtp-not-secure";
/// The server does not know our user and password, or wants some.
pub const LOGIN: &str = "smtp-login";
/// It took too long.
pub const TIMED_OUT: &str = "smtp-timed-out";
/// The settings or the mail cannot be used.
pub const UNUSABLE: &str = "mail-unusable";

/// Hands a mail over and waits until the server has taken it.
///
/// # Errors
/// [`SendError`]; after `TryAgain` the server may have taken it all the same, when its answer was
/// lost: the next try carries the same Message-ID.
pub async fn send(settings: &SmtpSettings, outgoing: &Outgoing) -> Result<(), SendError> {
    let unusable = SendError::TryAgain(UNUSABLE);
    let bytes = render::bytes(outgoing).map_err(|_| unusable)?;
    let from = Some(settings.sender.address());
    let to = vec![outgoing.message.to.address()];
    let envelope = Envelope::new(from, to).map_err(|_| unusable)?;
    let transport = connection(settings).map_err(|_| unusable)?;
    match tokio::time::timeout(WHOLE, transport.send_raw(&envelope, &bytes)).await {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(error)) => Err(meaning(&error)),
        Err(_) => Err(SendError::TryAgain(TIMED_OUT)),
    }
}

fn connection(settings: &SmtpSettings) -> Result<AsyncSmtpTransport<Tokio1Executor>, SmtpError> {
    let tls = match settings.tls {
        SmtpTls::None => Tls::None,
        SmtpTls::StartTls => Tls::Required(parameters(settings)?),
        SmtpTls::Implicit => Tls::Wrapper(parameters(settings)?),
    };
    let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&settings.host)
        .port(settings.port)
        .tls(tls)
        .timeout(Some(STEP));
    if let Some((user, password)) = &settings.login {
        let password = password.expose_secret().to_owned();
        builder = builder.credentials(Credentials::new(user.clone(), password));
    }
    Ok(builder.build())
}

fn parameters(settings: &SmtpSettings) -> Result<TlsParameters, SmtpError> {
    let mut builder = TlsParameters::builder(settings.host.clone());
    if let Some(pem) = &settings.roots {
        builder = builder
            .certificate_store(CertificateStore::None)
            .add_root_certificate(Certificate::from_pem(pem)?);
    }
    builder.build()
}

/// What an error of the dialogue means for the mail.
fn meaning(error: &SmtpError) -> SendError {
    let code = error.status().map(u16::from);
    match code {
        // RFC 4954 §6: about us, and not about this mail.
        Some(530 | 534 | 535 | 538) => SendError::TryAgain(LOGIN),
        Some(code) if error.is_permanent() => SendError::Refused(code),
        Some(_) => SendError::TryAgain(BUSY),
        None if error.is_timeout() => SendError::TryAgain(TIMED_OUT),
        None if error.is_tls() || is_of_tls(error) => SendError::TryAgain(NOT_SECURE),
        // The client itself refuses to go on: no STARTTLS was offered, no way to sign in, or a
        // recipient that this server cannot name (RFC 6531 §3.5: 553).
        None if error.is_client() => match error.to_string() {
            text if text.contains("STARTTLS") => SendError::TryAgain(NOT_SECURE),
            text if text.contains("SMTPUTF8") => SendError::Refused(553),
            _ => SendError::TryAgain(LOGIN),
        },
        None => SendError::TryAgain(UNREACHABLE),
    }
}

/// A handshake that fails is an error of the connection with the reason inside.
fn is_of_tls(error: &SmtpError) -> bool {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = std::error::Error::source(error);
    while let Some(inner) = cause {
        let within = inner.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        if inner.is::<rustls::Error>() || within.is_some_and(|one| one.is::<rustls::Error>()) {
            return true;
        }
        cause = inner.source();
    }
    false
}
