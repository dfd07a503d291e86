//! Settings: environment variables `GUICHET_<KEY>` over a TOML file, read once at start. Each key
//! is explained here and in README.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use figment::Figment;
use figment::providers::{Env, Format, Serialized, Toml};
use ipnet::IpNet;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use url::{Host, Url};

use crate::connectors::hosts::{Allowlist, HostEntryError};
use crate::db::url::{DatabaseUrl, DatabaseUrlError};
use crate::mail;
use crate::mail::settings::{Delivery, WrittenSmtp};

/// The settings as they are written.
#[derive(Serialize, Deserialize, Clone, Debug)]
#[serde(deny_unknown_fields)]
struct Written {
    data_dir: PathBuf,
    database_url: Option<String>,
    master_key_file: Option<PathBuf>,
    #[serde(skip_serializing)]
    master_key: Option<SecretString>,
    base_url: Option<String>,
    listen: SocketAddr,
    trusted_proxies: Vec<IpNet>,
    allowed_hosts: Vec<String>,
    allowed_directories: Vec<PathBuf>,
    checkpoint_dir: Option<PathBuf>,
    workers: usize,
    search_timeout_s: u64,
    row_cap: u64,
    smtp_host: Option<String>,
    smtp_port: Option<u16>,
    smtp_tls: Option<String>,
    smtp_user: Option<String>,
    #[serde(skip_serializing)]
    smtp_password: Option<SecretString>,
    smtp_password_file: Option<PathBuf>,
    smtp_sender: Option<String>,
    smtp_root_certificate: Option<PathBuf>,
    bounce_maildir: Option<PathBuf>,
    log: String,
}

impl Default for Written {
    fn default() -> Self {
        Self {
            data_dir: PathBuf::from("guichet-data"),
            database_url: None,
            master_key_file: None,
            master_key: None,
            base_url: None,
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            trusted_proxies: Vec::new(),
            allowed_hosts: Vec::new(),
            allowed_directories: Vec::new(),
            checkpoint_dir: None,
            workers: 2,
            search_timeout_s: 300,
            row_cap: 1_000_000,
            smtp_host: None,
            smtp_port: None,
            smtp_tls: None,
            smtp_user: None,
            smtp_password: None,
            smtp_password_file: None,
            smtp_sender: None,
            smtp_root_certificate: None,
            bounce_maildir: None,
            log: "info".to_owned(),
        }
    }
}

/// The settings as the server uses them.
#[derive(Clone, Debug)]
pub struct Config {
    /// `data_dir`: where the embedded database, the sealed files and, unless told otherwise, the
    /// master key live.
    pub data_dir: PathBuf,
    /// `database_url`: `sqlite:…` or `postgresql://…`; by default an SQLite file in `data_dir`.
    pub database_url: DatabaseUrl,
    /// `master_key_file`: by default `master.key` in `data_dir`.
    pub master_key_file: PathBuf,
    /// `master_key`: the key itself in base64, instead of a file.
    pub master_key: Option<SecretString>,
    /// `base_url`: how browsers reach the server, by default `http://` and `listen`. Must be
    /// https, unless it is a loopback address.
    pub base_url: Url,
    /// `listen`: the address and port to serve on.
    pub listen: SocketAddr,
    /// `trusted_proxies`: networks of the reverse proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// `allowed_hosts`: hosts and networks that connected systems may stand on (`localhost` for
    /// this machine), and `allowed_directories`: directories whose SQLite files may be connected.
    /// None by default.
    pub allowed: Allowlist,
    /// `checkpoint_dir`: where signed checkpoints of the history are appended, one file a tree; by
    /// default `checkpoints` in `data_dir`. They prove most on a disk that this machine can only
    /// append to.
    pub checkpoint_dir: PathBuf,
    /// `workers`: how many jobs run side by side in this process.
    pub workers: usize,
    /// `search_timeout_s`: how long the search of one system may take, in seconds.
    pub search_timeout_s: u64,
    /// `row_cap`: how many rows one system may give for one search.
    pub row_cap: u64,
    /// `smtp_host`, `smtp_port`, `smtp_tls`, `smtp_user`, `smtp_password` or
    /// `smtp_password_file`, `smtp_sender`, `smtp_root_certificate`: the mail server. Without one,
    /// mails wait.
    pub mail: Delivery,
    /// `bounce_maildir`: the Maildir in which the mail server puts what comes back to
    /// `smtp_sender`, so that a mail which was taken and then not delivered is noticed.
    pub bounce_maildir: Option<PathBuf>,
    /// `log`: the level of the log: one of [`LOG_LEVELS`].
    pub log: String,
}

/// How much is logged, from least to most.
pub const LOG_LEVELS: [&str; 4] = ["error", "warn", "info", "debug"];

/// Why the settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("{0}")]
    Unreadable(Box<figment::Error>),
    #[error("the configuration file {} does not exist", .0.display())]
    NoFile(PathBuf),
    #[error("database_url: {0}")]
    DatabaseUrl(#[from] DatabaseUrlError),
    #[error("base_url: {0}")]
    BaseUrl(&'static str),
    #[error("allowed_hosts: {0}")]
    AllowedHosts(#[from] HostEntryError),
    #[error(transparent)]
    Mail(#[from] mail::settings::SettingsError),
    #[error("{key}: {} cannot be read: {cause}", .path.display())]
    MailFile { key: &'static str, path: PathBuf, cause: std::io::Error },
    #[error("smtp_password: give it or smtp_password_file, not both")]
    TwoPasswords,
    #[error("log: must be one of {}", LOG_LEVELS.join(", "))]
    Log,
    #[error("{0} must be at least 1")]
    Zero(&'static str),
}

/// Reads the settings: defaults, then the file, then the environment.
///
/// # Errors
/// When a key is unknown or a value cannot be used.
pub fn load(file: Option<&Path>) -> Result<Config, ConfigError> {
    let mut figment = Figment::from(Serialized::defaults(Written::default()));
    if let Some(file) = file {
        if !file.is_file() {
            return Err(ConfigError::NoFile(file.to_owned()));
        }
        figment = figment.merge(Toml::file_exact(file));
    }
    // GUICHET_CONFIG names the file itself, GUICHET_SYSTEM_URL what `system connect` connects.
    let environment = Env::prefixed("GUICHET_").ignore(&["config", "system_url"]);
    let written: Written = figment
        .merge(environment)
        .extract()
        .map_err(|error| ConfigError::Unreadable(Box::new(error)))?;
    written.check()
}

/// The settings of an instance that keeps everything in one directory, as the demo and tests do.
///
/// # Errors
/// Never in practice: the defaults can be used.
pub fn embedded(data_dir: &Path, listen: SocketAddr) -> Result<Config, ConfigError> {
    Written { data_dir: data_dir.to_owned(), listen, ..Written::default() }.check()
}

impl Written {
    /// How mail leaves, with the files that the settings name.
    fn mail(&self) -> Result<Delivery, ConfigError> {
        let read =
            |key: &'static str, path: &Option<PathBuf>| match path {
                None => Ok(None),
                Some(path) => std::fs::read(path)
                    .map(Some)
                    .map_err(|cause| ConfigError::MailFile { key, path: path.clone(), cause }),
            };
        let password = match (&self.smtp_password, &self.smtp_password_file) {
            (Some(_), Some(_)) => return Err(ConfigError::TwoPasswords),
            (Some(password), None) => Some(password.clone()),
            (None, file) => read("smtp_password_file", file)?.map(|bytes| {
                SecretString::from(String::from_utf8_lossy(&bytes).trim_end().to_owned())
            }),
        };
        Ok(mail::settings::read(WrittenSmtp {
            host: self.smtp_host.clone(),
            port: self.smtp_port,
            tls: self.smtp_tls.clone(),
            user: self.smtp_user.clone(),
            password,
            sender: self.smtp_sender.clone(),
            roots: read("smtp_root_certificate", &self.smtp_root_certificate)?,
        })?)
    }

    fn check(self) -> Result<Config, ConfigError> {
        let mail = self.mail()?;
        let database_url = match &self.database_url {
            Some(url) => url.parse()?,
            None => DatabaseUrl::Sqlite(self.data_dir.join("guichet.db")),
        };
        let allowed = allowlist(&self.allowed_hosts, self.allowed_directories, &database_url)?;
        let base_url = self.base_url.unwrap_or_else(|| format!("http://{}", self.listen));
        let base_url = check_base_url(&base_url)?;
        for (key, value) in [("workers", self.workers == 0), ("row_cap", self.row_cap == 0)] {
            if value {
                return Err(ConfigError::Zero(key));
            }
        }
        if !LOG_LEVELS.contains(&self.log.as_str()) {
            return Err(ConfigError::Log);
        }
        if self.search_timeout_s == 0 {
            return Err(ConfigError::Zero("search_timeout_s"));
        }
        Ok(Config {
            master_key_file: self
                .master_key_file
                .unwrap_or_else(|| self.data_dir.join("master.key")),
            checkpoint_dir: self
                .checkpoint_dir
                .unwrap_or_else(|| self.data_dir.join("checkpoints")),
            data_dir: self.data_dir,
            database_url,
            master_key: self.master_key,
            base_url,
            listen: self.listen,
            trusted_proxies: self.trusted_proxies,
            allowed,
            workers: self.workers,
            search_timeout_s: self.search_timeout_s,
            row_cap: self.row_cap,
            mail,
            bounce_maildir: self.bounce_maildir,
            log: self.log,
        })
    }
}

/// What connected systems may stand on. The instance's own database is never one of them.
fn allowlist(
    hosts: &[String],
    directories: Vec<PathBuf>,
    database: &DatabaseUrl,
) -> Result<Allowlist, ConfigError> {
    let mut allowed = Allowlist { directories, ..Allowlist::default() };
    for host in hosts {
        if host == "localhost" {
            allowed.loopback = true;
        } else {
            allowed.hosts.push(host.parse()?);
        }
    }
    if let DatabaseUrl::Sqlite(path) = database {
        allowed.denied_files.push(path.clone());
    }
    Ok(allowed)
}

fn check_base_url(text: &str) -> Result<Url, ConfigError> {
    let url = Url::parse(text).map_err(|_| ConfigError::BaseUrl("is not a URL"))?;
    let loopback = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => return Err(ConfigError::BaseUrl("names no host")),
    };
    match url.scheme() {
        "https" => {}
        "http" if loopback => {}
        _ => return Err(ConfigError::BaseUrl("must be https, or a loopback address")),
    }
    if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
        return Err(ConfigError::BaseUrl("must end after the host and port"));
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::{Written, check_base_url, embedded};
    use std::path::Path;

    #[test]
    fn only_https_or_loopback_serves_as_base_url() {
        for good in [
            "https://rights.example",
            "https://rights.example:8443/",
            "http://localhost:8080",
            "http://127.0.0.1:8080",
            "http://[::1]:8080",
        ] {
            assert!(check_base_url(good).is_ok(), "{good}");
        }
        for bad in [
            "http://rights.example",
            "ftp://127.0.0.1",
            "https://rights.example/guichet",
            "rights.example",
            "http://127.0.0.1.evil.example",
            "https://rights.example/?x",
        ] {
            assert!(check_base_url(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_level_of_the_log_that_nobody_knows_is_refused() {
        let listen = "127.0.0.1:9999".parse().unwrap();
        let written = |log: &str| Written { log: log.to_owned(), listen, ..Written::default() };
        assert!(written("debug").check().is_ok());
        for wrong in ["foo", "", "DEBUG", "debug,hyper=off"] {
            let refused = written(wrong).check().unwrap_err().to_string();
            assert_eq!(refused, "log: must be one of error, warn, info, debug", "{wrong}");
        }
    }

    #[test]
    fn everything_lives_in_one_directory_by_default() {
        let listen = "127.0.0.1:9999".parse().unwrap();
        let config = embedded(Path::new("/data"), listen).unwrap();
        assert_eq!(format!("{:?}", config.database_url), "sqlite:/data/guichet.db");
        assert_eq!(config.master_key_file, Path::new("/data/master.key"));
        assert_eq!(config.base_url.as_str(), "http://127.0.0.1:9999/");
    }
}
