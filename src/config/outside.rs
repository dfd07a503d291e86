//! What leaves the machine besides mail to people: checkpoints to whoever keeps them, and backups.

use std::path::PathBuf;

use chrono::NaiveTime;
use secrecy::{ExposeSecret, SecretString};

use crate::connectors::hosts::Allowlist;
use crate::connectors::webhook::{Endpoint, EndpointError, SecretError, WebhookSecret};
use crate::mail::address::MailAddress;

/// Where new checkpoints are called in.
#[derive(Clone, Debug)]
pub struct Webhook {
    pub endpoint: Endpoint,
    pub secret: WebhookSecret,
}

/// Backups by night.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Nightly {
    pub dir: PathBuf,
    /// From when on the backup of a day is made, in UTC.
    pub at: NaiveTime,
    pub keep_days: u32,
}

/// Why these settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum OutsideError {
    #[error("checkpoint_webhook_url: {0}")]
    Endpoint(#[from] EndpointError),
    #[error("checkpoint_webhook_secret: {0}")]
    Secret(#[from] SecretError),
    #[error("checkpoint_webhook_secret: wanted with checkpoint_webhook_url")]
    NoSecret,
    #[error("checkpoint_mail: {0:?} is no address that mail can be sent to")]
    Address(String),
    #[error("backup_time: write it as 02:30, in UTC")]
    Time,
    #[error("backup_keep_days: must be from 1 to 3650")]
    Days,
}

/// Checks the webhook.
///
/// # Errors
/// [`OutsideError`].
pub fn webhook(
    url: Option<&str>,
    secret: Option<&SecretString>,
    roots: Option<Vec<u8>>,
    allowed: &Allowlist,
) -> Result<Option<Webhook>, OutsideError> {
    let Some(url) = url else { return Ok(None) };
    let endpoint = Endpoint::parse(url, roots, allowed)?;
    let secret = secret.ok_or(OutsideError::NoSecret)?;
    let secret = WebhookSecret::parse(secret.expose_secret())?;
    Ok(Some(Webhook { endpoint, secret }))
}

/// Checks the addresses that checkpoints go to.
///
/// # Errors
/// [`OutsideError`].
pub fn addresses(written: &[String]) -> Result<Vec<MailAddress>, OutsideError> {
    let parse = |text: &String| {
        MailAddress::parse(text)
            .map_err(|_| OutsideError::Address(text.chars().take(100).collect()))
    };
    written.iter().map(parse).collect()
}

/// Checks when backups are made, and how long they are kept.
///
/// # Errors
/// [`OutsideError`].
pub fn nightly(
    dir: Option<PathBuf>,
    at: &str,
    keep_days: u32,
) -> Result<Option<Nightly>, OutsideError> {
    let at = NaiveTime::parse_from_str(at, "%H:%M").map_err(|_| OutsideError::Time)?;
    if !(1..=3650).contains(&keep_days) {
        return Err(OutsideError::Days);
    }
    Ok(dir.map(|dir| Nightly { dir, at, keep_days }))
}

#[cfg(test)]
mod tests {
    use super::{addresses, nightly, webhook};
    use crate::connectors::hosts::Allowlist;

    #[test]
    fn settings_that_cannot_be_used_say_why() {
        let allowed = Allowlist { loopback: true, ..Allowlist::default() };
        let secret = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD".to_owned().into();
        let url = Some("http://127.0.0.1:9/x");
        assert!(webhook(url, Some(&secret), None, &allowed).unwrap().is_some());
        assert!(webhook(None, None, None, &allowed).unwrap().is_none());
        for (url, secret, roots, said) in [
            (url, None, None, "checkpoint_webhook_secret: wanted"),
            (url, Some("x"), None, "checkpoint_webhook_secret: must be whsec_"),
            (Some("https://10.0.0.1/"), Some(""), None, "allowed_hosts"),
            (url, Some(""), Some(b"no PEM".to_vec()), "root certificate"),
        ] {
            let secret = secret.map(|it| it.to_owned().into());
            let error = webhook(url, secret.as_ref(), roots, &allowed).unwrap_err();
            assert!(error.to_string().contains(said), "{error}");
        }
        assert_eq!(addresses(&["keeper@example.org".to_owned()]).unwrap().len(), 1);
        assert!(addresses(&["nobody".to_owned()]).is_err());
        let dir = Some("/backups".into());
        assert!(nightly(dir.clone(), "02:30", 14).unwrap().is_some());
        assert_eq!(nightly(None, "02:30", 14).unwrap(), None);
        for (at, days) in [("2h30", 14), ("25:00", 14), ("02:30", 0), ("02:30", 4000)] {
            assert!(nightly(dir.clone(), at, days).is_err(), "{at} {days}");
        }
    }
}
