//! How mail leaves the instance, as the settings say.

use std::net::IpAddr;

use lettre::transport::smtp::client::Certificate;
use secrecy::SecretString;

use super::address::MailAddress;

/// How mail leaves the instance.
#[derive(Clone, Debug, Default)]
pub enum Delivery {
    /// No mail server is set: mails wait, and nothing is lost.
    #[default]
    NotSetUp,
    /// A mail server takes them.
    Smtp(Box<SmtpSettings>),
    /// They stay in the instance, for somebody who looks around in the demo. No setting says so.
    KeptHere,
}

/// How the connection to the mail server is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SmtpTls {
    /// TLS from the first byte (RFC 8314).
    Implicit,
    /// STARTTLS (RFC 3207); without it, nothing is sent.
    StartTls,
    /// In clear, because the settings say so.
    None,
}

/// A mail server and who we are to it.
#[derive(Clone, Debug)]
pub struct SmtpSettings {
    pub host: String,
    pub port: u16,
    pub tls: SmtpTls,
    pub login: Option<(String, SecretString)>,
    /// The envelope sender, where the mail server returns what it cannot deliver; the address of
    /// mails that no controller sends.
    pub sender: MailAddress,
    /// Certificates in PEM that are trusted instead of the system's.
    pub roots: Option<Vec<u8>>,
}

/// The settings as they are written, together.
#[derive(Clone, Debug, Default)]
pub struct WrittenSmtp {
    pub host: Option<String>,
    pub port: Option<u16>,
    pub tls: Option<String>,
    pub user: Option<String>,
    pub password: Option<SecretString>,
    pub sender: Option<String>,
    pub roots: Option<Vec<u8>>,
}

/// Why the settings of mail cannot be used: the key, and what to do.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{key}: {what}")]
pub struct SettingsError {
    pub key: &'static str,
    pub what: &'static str,
}

const fn refused<T>(key: &'static str, what: &'static str) -> Result<T, SettingsError> {
    Err(SettingsError { key, what })
}

/// What the settings of mail come to.
///
/// # Errors
/// When one is missing beside the others, cannot be read, or would send a password in clear.
pub fn read(written: WrittenSmtp) -> Result<Delivery, SettingsError> {
    let WrittenSmtp { host, port, tls, user, password, sender, roots } = written;
    let Some(host) = host else {
        let lonely = port.is_some() || tls.is_some() || user.is_some() || sender.is_some();
        if lonely || password.is_some() || roots.is_some() {
            return refused("smtp_host", "is missing beside the other settings of mail");
        }
        return Ok(Delivery::NotSetUp);
    };
    if !is_host(&host) {
        return refused("smtp_host", "must be the name or the IP address of a server, and no more");
    }
    let port = port.unwrap_or(587);
    let tls = match tls.as_deref().unwrap_or("required") {
        "required" if port == 465 => SmtpTls::Implicit,
        "required" | "starttls" => SmtpTls::StartTls,
        "implicit" => SmtpTls::Implicit,
        "none" => SmtpTls::None,
        _ => return refused("smtp_tls", "must be required, implicit, starttls or none"),
    };
    let login = match (user, password) {
        (None, None) => None,
        (Some(user), Some(password)) => Some((user, password)),
        (Some(_), None) => return refused("smtp_password", "is missing beside smtp_user"),
        (None, Some(_)) => return refused("smtp_user", "is missing beside smtp_password"),
    };
    if tls == SmtpTls::None && login.is_some() && !is_loopback(&host) {
        return refused("smtp_tls", "none would send the password in clear: use TLS");
    }
    let Some(sender) = sender else {
        return refused("smtp_sender", "is missing: the address that returned mail goes to");
    };
    let Ok(sender) = MailAddress::parse(&sender) else {
        return refused("smtp_sender", "is no address: write one like name@organisation.example");
    };
    if let Some(pem) = &roots
        && !Certificate::from_pem(pem).is_ok_and(|_| contains_certificate(pem))
    {
        return refused("smtp_root_certificate", "holds no certificate in PEM");
    }
    let settings = SmtpSettings { host, port, tls, login, sender, roots };
    Ok(Delivery::Smtp(Box::new(settings)))
}

fn is_host(host: &str) -> bool {
    let is_name = || {
        host.len() <= 253
            && host.split('.').all(|label| {
                !label.is_empty()
                    && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            })
    };
    host.parse::<IpAddr>().is_ok() || is_name()
}

fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// A file without any certificate reads as an empty list.
fn contains_certificate(pem: &[u8]) -> bool {
    pem.windows(27).any(|part| part == b"-----BEGIN CERTIFICATE-----")
}

#[cfg(test)]
mod tests {
    use super::{Delivery, SmtpTls, WrittenSmtp, read};
    use secrecy::SecretString;

    fn written(change: impl FnOnce(&mut WrittenSmtp)) -> WrittenSmtp {
        let mut written = WrittenSmtp {
            host: Some("mail.example".to_owned()),
            sender: Some("bounces@rights.example".to_owned()),
            ..WrittenSmtp::default()
        };
        change(&mut written);
        written
    }

    #[test]
    fn tls_is_required_unless_it_is_said_otherwise() {
        let tls = |port, tls: Option<&str>| {
            let written = written(|it| (it.port, it.tls) = (port, tls.map(str::to_owned)));
            match read(written) {
                Ok(Delivery::Smtp(settings)) => (settings.port, settings.tls),
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(tls(None, None), (587, SmtpTls::StartTls));
        assert_eq!(tls(Some(465), None), (465, SmtpTls::Implicit));
        assert_eq!(tls(Some(465), Some("starttls")), (465, SmtpTls::StartTls));
        assert_eq!(tls(Some(2525), Some("implicit")), (2525, SmtpTls::Implicit));
        assert_eq!(tls(Some(25), Some("none")), (25, SmtpTls::None));
        assert!(matches!(read(WrittenSmtp::default()), Ok(Delivery::NotSetUp)));
    }

    #[test]
    fn what_cannot_be_used_names_its_key() {
        let secret = || Some(SecretString::from("s"));
        let user = || Some("u".to_owned());
        for (key, case) in [
            ("smtp_host", WrittenSmtp { host: None, ..written(|_| ()) }),
            ("smtp_host", written(|it| it.host = Some("mail.example:25".to_owned()))),
            ("smtp_host", written(|it| it.host = Some("smtp://mail.example".to_owned()))),
            ("smtp_tls", written(|it| it.tls = Some("maybe".to_owned()))),
            ("smtp_password", written(|it| it.user = user())),
            ("smtp_user", written(|it| it.password = secret())),
            (
                "smtp_tls",
                written(|it| {
                    (it.user, it.password, it.tls) = (user(), secret(), Some("none".to_owned()));
                }),
            ),
            ("smtp_sender", written(|it| it.sender = None)),
            ("smtp_sender", written(|it| it.sender = Some("a\r\nb@c.example".to_owned()))),
            ("smtp_root_certificate", written(|it| it.roots = Some(b"nothing".to_vec()))),
        ] {
            assert_eq!(read(case).map(|_| ()).unwrap_err().key, key);
        }
    }
}
