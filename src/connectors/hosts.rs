//! Where a connection may go: the operator's list. The name is resolved once, each address is
//! checked, and the address that was checked is the one connected to.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Component, Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use thiserror::Error;

use super::error::SourceError;

/// Why an entry of the operator's list cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{entry:?} is no host, address or network: write db.example.org, 10.0.0.0/8 or [::1]:5432")]
pub struct HostEntryError {
    pub entry: String,
}

/// A host or a network, with one port or any.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostEntry {
    target: Target,
    port: Option<u16>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Target {
    Name(String),
    Network(IpAddr, u8),
}

impl FromStr for HostEntry {
    type Err = HostEntryError;

    fn from_str(text: &str) -> Result<Self, HostEntryError> {
        let refused = || HostEntryError { entry: text.chars().take(100).collect() };
        let (host, port) = split_port(text.trim()).ok_or_else(refused)?;
        let (address, bits) = match host.split_once('/') {
            Some((address, bits)) => (address, Some(bits)),
            None => (host, None),
        };
        let target = match (address.parse::<IpAddr>(), bits) {
            (Ok(address), bits) => {
                let width = if address.is_ipv4() { 32 } else { 128 };
                let bits = match bits {
                    Some(bits) => bits.parse().ok().filter(|bits| *bits <= width),
                    None => Some(width),
                };
                Target::Network(address, bits.ok_or_else(refused)?)
            }
            (Err(_), None) if is_host_name(host) => Target::Name(host.to_ascii_lowercase()),
            (Err(_), _) => return Err(refused()),
        };
        Ok(Self { target, port })
    }
}

/// `host`, `host:port`, `[v6]:port`, `v6`.
fn split_port(text: &str) -> Option<(&str, Option<u16>)> {
    if let Some(rest) = text.strip_prefix('[') {
        let (host, after) = rest.split_once(']')?;
        return match after.strip_prefix(':') {
            Some(port) => Some((host, Some(port.parse().ok()?))),
            None => after.is_empty().then_some((host, None)),
        };
    }
    match text.split_once(':') {
        Some((host, port)) if !port.contains(':') => Some((host, Some(port.parse().ok()?))),
        _ => Some((text, None)),
    }
}

fn is_host_name(host: &str) -> bool {
    host.len() <= 253
        && host.split('.').all(|label| {
            (1..=63).contains(&label.len())
                && !label.starts_with('-')
                && label.chars().all(|one| one.is_ascii_alphanumeric() || matches!(one, '-' | '_'))
        })
}

/// What the operator allows. The default allows nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Allowlist {
    pub hosts: Vec<HostEntry>,
    /// This machine itself.
    pub loopback: bool,
    /// SQLite files must lie in one of them.
    pub directories: Vec<PathBuf>,
    /// Files that are never opened: our own databases.
    pub denied_files: Vec<PathBuf>,
    /// For a person at the command line, who names host and file herself.
    pub anything: bool,
}

impl Allowlist {
    /// Everything, for a person at the command line.
    #[must_use]
    pub fn anything() -> Self {
        Self { anything: true, ..Self::default() }
    }

    /// Whether an address reached under a name may be connected to.
    #[must_use]
    pub fn allows(&self, name: &str, address: IpAddr, port: u16) -> bool {
        let address = address.to_canonical();
        if self.anything {
            return true;
        }
        if never(address) {
            return false;
        }
        if address.is_loopback() && self.loopback {
            return true;
        }
        self.hosts.iter().any(|entry| {
            let port_fits = entry.port.is_none_or(|allowed| allowed == port);
            let host_fits = match &entry.target {
                Target::Network(network, bits) => contains(*network, *bits, address),
                // A name that resolves to this machine is no way around `loopback`.
                Target::Name(allowed) => {
                    allowed.eq_ignore_ascii_case(name.trim_end_matches('.'))
                        && !address.is_loopback()
                }
            };
            port_fits && host_fits
        })
    }

    /// Whether a host might be allowed once its name is resolved: what is plainly refused need not
    /// be tried.
    #[must_use]
    pub fn may_reach(&self, host: &str, port: u16) -> bool {
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        if let Ok(address) = bare.parse::<IpAddr>() {
            return self.allows(bare, address, port);
        }
        let fits = |entry: &HostEntry| {
            let name_fits = match &entry.target {
                Target::Name(name) => name.eq_ignore_ascii_case(bare.trim_end_matches('.')),
                Target::Network(..) => true,
            };
            name_fits && entry.port.is_none_or(|allowed| allowed == port)
        };
        self.anything || self.loopback || self.hosts.iter().any(fits)
    }

    /// Whether a file might be allowed, by its path alone.
    #[must_use]
    pub fn may_hold(&self, path: &Path) -> bool {
        let climbs = path.components().any(|part| part == Component::ParentDir);
        let within = |directory: &PathBuf| path.starts_with(directory);
        let inside = path.is_absolute() && !climbs && self.directories.iter().any(within);
        self.anything || inside && !self.denied_files.iter().any(|denied| denied == path)
    }

    /// Resolves a host once and gives the addresses that may be connected to. Every address of the
    /// name must be allowed: one that is not means that the name is not what the operator meant.
    ///
    /// # Errors
    ///
    /// `NameNotResolved`, `NoAnswer` or `HostNotAllowed`.
    pub async fn resolve(
        &self,
        host: &str,
        port: u16,
        within: Duration,
    ) -> Result<Vec<IpAddr>, SourceError> {
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        let addresses: Vec<SocketAddr> =
            tokio::time::timeout(within, tokio::net::lookup_host((bare, port)))
                .await
                .map_err(|_| SourceError::NoAnswer)?
                .map_err(|_| SourceError::NameNotResolved)?
                .collect();
        let mut addresses: Vec<IpAddr> = addresses.iter().map(SocketAddr::ip).collect();
        addresses.dedup();
        if addresses.is_empty() {
            return Err(SourceError::NameNotResolved);
        }
        let allowed = addresses.iter().all(|address| self.allows(bare, *address, port));
        if allowed { Ok(addresses) } else { Err(SourceError::HostNotAllowed) }
    }

    /// The canonical path of a file that may be opened.
    ///
    /// # Errors
    ///
    /// `FileMissing` or `PathNotAllowed`.
    pub fn file(&self, path: &Path) -> Result<PathBuf, SourceError> {
        let real = path.canonicalize();
        if !self.anything && real.is_err() {
            // Whether a file outside exists is nobody's business.
            return Err(SourceError::PathNotAllowed);
        }
        let real = real.map_err(|_| SourceError::FileMissing)?;
        let denied = self.denied_files.iter().any(|denied| {
            denied.canonicalize().is_ok_and(|denied| denied == real) || *denied == real
        });
        let inside = |directory: &PathBuf| {
            directory.canonicalize().is_ok_and(|directory| real.starts_with(directory))
        };
        if denied || !(self.anything || self.directories.iter().any(inside)) {
            return Err(SourceError::PathNotAllowed);
        }
        if real.is_file() { Ok(real) } else { Err(SourceError::NotADatabase) }
    }
}

/// Addresses where no database is, and where clouds keep their secrets (169.254.169.254).
fn never(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => {
            v4.is_link_local() || v4.is_unspecified() || v4.is_multicast() || v4.is_broadcast()
        }
        IpAddr::V6(v6) => {
            v6.is_unicast_link_local()
                || v6.is_unspecified()
                || v6.is_multicast()
                || v6 == Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254)
        }
    }
}

fn contains(network: IpAddr, bits: u8, address: IpAddr) -> bool {
    let mask = |width: u32, bits: u8| u128::MAX.checked_shl(width - u32::from(bits)).unwrap_or(0);
    match (network, address) {
        (IpAddr::V4(network), IpAddr::V4(address)) => {
            let wide = |one: Ipv4Addr| u128::from(u32::from(one));
            let mask = mask(32, bits);
            wide(network) & mask == wide(address) & mask
        }
        (IpAddr::V6(network), IpAddr::V6(address)) => {
            let mask = mask(128, bits);
            u128::from(network) & mask == u128::from(address) & mask
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{Allowlist, HostEntry};
    use crate::connectors::error::SourceError;
    use std::time::Duration;

    fn allows(entries: &[&str], loopback: bool, name: &str, address: &str, port: u16) -> bool {
        let hosts = entries.iter().map(|entry| entry.parse::<HostEntry>().unwrap()).collect();
        let list = Allowlist { hosts, loopback, ..Allowlist::default() };
        list.allows(name, address.parse().unwrap(), port)
    }

    #[test]
    fn only_what_is_listed_is_allowed() {
        assert!(!allows(&[], false, "127.0.0.1", "127.0.0.1", 5432));
        assert!(!allows(&[], true, "10.0.0.1", "10.0.0.1", 5432));
        for mapped in ["127.0.0.1", "127.9.9.9", "::1", "::ffff:127.0.0.1"] {
            assert!(allows(&[], true, "x", mapped, 5432), "{mapped}");
            assert!(!allows(&["x"], false, "x", mapped, 5432), "{mapped}");
        }
        assert!(allows(&["10.0.0.0/8:5432"], false, "db", "10.200.1.1", 5432));
        assert!(!allows(&["10.0.0.0/8:5432"], false, "db", "10.200.1.1", 22));
        assert!(!allows(&["10.0.0.0/8"], false, "db", "11.0.0.1", 5432));
        assert!(allows(&["db.example.org"], false, "DB.example.org.", "192.0.2.7", 5432));
        assert!(!allows(&["db.example.org"], false, "evil.example.org", "192.0.2.7", 5432));
        assert!(allows(&["[fd12::/16]:5432"], false, "db", "fd12::7", 5432));
        for metadata in ["169.254.169.254", "0.0.0.0", "fe80::1", "::ffff:169.254.169.254"] {
            assert!(!allows(&["0.0.0.0/0", "::/0", "db"], false, "db", metadata, 80), "{metadata}");
        }
        for entry in ["", "a b", "10.0.0.0/33", "http://x", "x:99999", "x/8"] {
            assert!(entry.parse::<HostEntry>().is_err(), "{entry}");
        }
    }

    #[tokio::test]
    async fn odd_ways_of_writing_this_machine_do_not_get_around() {
        let list = Allowlist { hosts: vec!["10.0.0.0/8".parse().unwrap()], ..Allowlist::default() };
        for host in ["127.0.0.1", "localhost", "[::1]", "::ffff:127.0.0.1", "0x7f.1", "2130706433"]
        {
            let answer = list.resolve(host, 5432, Duration::from_secs(5)).await;
            let refused = [SourceError::HostNotAllowed, SourceError::NameNotResolved];
            assert!(answer.as_ref().is_err_and(|error| refused.contains(error)), "{host}");
        }
    }

    #[test]
    fn files_outside_the_directories_and_our_own_are_refused() {
        let inside = tempfile::tempdir().unwrap();
        let outside = tempfile::tempdir().unwrap();
        let (shop, own) = (inside.path().join("shop.db"), inside.path().join("guichet.db"));
        let secret = outside.path().join("secret.db");
        for path in [&shop, &own, &secret] {
            std::fs::write(path, "x").unwrap();
        }
        let link = inside.path().join("link.db");
        std::os::unix::fs::symlink(&secret, &link).unwrap();
        let list = Allowlist {
            directories: vec![inside.path().to_owned()],
            denied_files: vec![own.clone()],
            ..Allowlist::default()
        };
        assert!(list.file(&shop).is_ok());
        let parent = inside.path().join("..").join(outside.path().file_name().unwrap());
        for path in [&own, &secret, &link, &parent.join("secret.db"), &inside.path().join("no.db")]
        {
            assert_eq!(list.file(path), Err(SourceError::PathNotAllowed), "{}", path.display());
        }
    }
}
