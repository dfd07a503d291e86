//! Limits on guessing: how often somebody may try a password or a key. Intake is never limited:
//! refusing a request would refuse a right.

use std::collections::HashSet;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Mutex;

use governor::clock::Clock;
use governor::{DefaultDirectRateLimiter, DefaultKeyedRateLimiter, Quota, RateLimiter};

use crate::error::Error;

/// Tries a minute from one network, after a first burst.
const NETWORK_A_MINUTE: NonZeroU32 = NonZeroU32::new(30).unwrap();

/// Tries a minute for one account, from everywhere that it was never signed in to from.
const ACCOUNT_A_MINUTE: NonZeroU32 = NonZeroU32::new(10).unwrap();

/// How often a minute the log says that somebody guesses.
const ALARMS_A_MINUTE: NonZeroU32 = NonZeroU32::MIN;

/// How many networks of accounts are known before all are forgotten.
const MOST_KNOWN: usize = 100_000;

type Account = [u8; 32];

/// Counts tries. Those from a network that an account was signed in to from are counted by
/// themselves, so that nobody who guesses from elsewhere can lock its owner out.
pub struct Guesses {
    networks: DefaultKeyedRateLimiter<IpAddr>,
    accounts: DefaultKeyedRateLimiter<Account>,
    known_accounts: DefaultKeyedRateLimiter<(Account, IpAddr)>,
    known: Mutex<HashSet<(Account, IpAddr)>>,
    alarms: DefaultDirectRateLimiter,
}

impl Guesses {
    /// Begins to count.
    #[must_use]
    pub fn new() -> Self {
        Self {
            networks: RateLimiter::keyed(Quota::per_minute(NETWORK_A_MINUTE)),
            accounts: RateLimiter::keyed(Quota::per_minute(ACCOUNT_A_MINUTE)),
            known_accounts: RateLimiter::keyed(Quota::per_minute(ACCOUNT_A_MINUTE)),
            known: Mutex::default(),
            alarms: RateLimiter::direct(Quota::per_minute(ALARMS_A_MINUTE)),
        }
    }

    /// Counts one try, before anything is compared.
    ///
    /// # Errors
    /// `RateLimited` when there were too many.
    pub fn count(&self, network: IpAddr, account: &Account) -> Result<(), Error> {
        let now = governor::clock::DefaultClock::default().now();
        let place = (*account, network);
        if self.known.lock().is_ok_and(|known| known.contains(&place)) {
            let tried = self.known_accounts.check_key(&place);
            return tried.map_err(|not| limited(not.wait_time_from(now)));
        }
        if let Err(not) = self.networks.check_key(&network) {
            // Whose network it is stands in the log of the proxy; it is personal data here.
            if self.is_alarm_due() {
                tracing::warn!("one network guesses more than thirty times a minute");
            }
            return Err(limited(not.wait_time_from(now)));
        }
        self.count_account(account)?;
        if self.networks.len() + self.accounts.len() > 100_000 {
            self.networks.retain_recent();
            self.accounts.retain_recent();
            self.known_accounts.retain_recent();
        }
        Ok(())
    }

    /// Whether the log says so again: once a minute, so that who guesses does not fill it.
    fn is_alarm_due(&self) -> bool {
        self.alarms.check().is_ok()
    }

    /// Remembers from where an account was signed in to.
    pub fn succeeded(&self, network: IpAddr, account: &Account) {
        if let Ok(mut known) = self.known.lock() {
            if known.len() >= MOST_KNOWN {
                known.clear();
            }
            known.insert((*account, network));
        }
    }

    /// Counts one try for an account by somebody who is signed in to it.
    ///
    /// # Errors
    /// `RateLimited` when there were too many.
    pub fn count_account(&self, account: &Account) -> Result<(), Error> {
        let now = governor::clock::DefaultClock::default().now();
        self.accounts.check_key(account).map_err(|not| limited(not.wait_time_from(now)))
    }
}

fn limited(wait: std::time::Duration) -> Error {
    Error::RateLimited { retry_after_s: wait.as_secs().saturating_add(1) }
}

impl Default for Guesses {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::Guesses;
    use crate::error::Error;

    #[test]
    fn an_account_is_guessed_ten_times_a_minute_and_no_more() {
        let guesses = Guesses::new();
        for network in 0..10_u8 {
            assert!(guesses.count([10, 0, network, 0].into(), &[1; 32]).is_ok());
        }
        let refused = guesses.count([10, 0, 99, 0].into(), &[1; 32]);
        assert!(matches!(refused, Err(Error::RateLimited { retry_after_s: 1..=60 })));
        assert!(guesses.count([10, 0, 98, 0].into(), &[2; 32]).is_ok());
    }

    #[test]
    fn e_05_an_alarm_is_raised_once_a_minute() {
        let guesses = Guesses::new();
        for account in 0..30_u8 {
            assert!(guesses.count([10, 0, 0, 1].into(), &[account; 32]).is_ok());
        }
        assert!(guesses.count([10, 0, 0, 1].into(), &[99; 32]).is_err());
        assert!(!guesses.is_alarm_due(), "it was raised with the first that was refused");
        assert!(Guesses::new().is_alarm_due());
    }

    #[test]
    fn nobody_who_guesses_from_elsewhere_locks_the_owner_out() {
        let guesses = Guesses::new();
        let (home, account) = ([192, 0, 2, 7].into(), [3; 32]);
        assert!(guesses.count(home, &account).is_ok());
        guesses.succeeded(home, &account);
        while guesses.count([10, 0, 1, 1].into(), &account).is_ok() {}
        assert!(guesses.count([10, 0, 2, 1].into(), &account).is_err(), "from anywhere else");
        for _ in 0..10 {
            assert!(guesses.count(home, &account).is_ok());
        }
        assert!(guesses.count(home, &account).is_err(), "the owner's network guesses no faster");
    }
}
