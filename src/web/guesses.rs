//! Limits on guessing: how often somebody may try a password or a key. Intake is never limited:
//! refusing a request would refuse a right.

use std::net::IpAddr;
use std::num::NonZeroU32;

use governor::clock::Clock;
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use crate::error::Error;

/// Tries a minute from one network, after a first burst.
const NETWORK_A_MINUTE: NonZeroU32 = NonZeroU32::new(30).unwrap();

/// Tries a minute for one account, from anywhere. Slow enough against guessing, fast enough that
/// nobody can lock the owner out for longer than seconds.
const ACCOUNT_A_MINUTE: NonZeroU32 = NonZeroU32::new(10).unwrap();

/// Counts tries.
pub struct Guesses {
    networks: DefaultKeyedRateLimiter<IpAddr>,
    accounts: DefaultKeyedRateLimiter<[u8; 32]>,
}

impl Guesses {
    /// Begins to count.
    #[must_use]
    pub fn new() -> Self {
        Self {
            networks: RateLimiter::keyed(Quota::per_minute(NETWORK_A_MINUTE)),
            accounts: RateLimiter::keyed(Quota::per_minute(ACCOUNT_A_MINUTE)),
        }
    }

    /// Counts one try, before anything is compared.
    ///
    /// # Errors
    /// `RateLimited` when there were too many.
    pub fn count(&self, network: IpAddr, account: &[u8; 32]) -> Result<(), Error> {
        let now = governor::clock::DefaultClock::default().now();
        self.networks.check_key(&network).map_err(|not| limited(not.wait_time_from(now)))?;
        self.count_account(account)?;
        if self.networks.len() + self.accounts.len() > 100_000 {
            self.networks.retain_recent();
            self.accounts.retain_recent();
        }
        Ok(())
    }

    /// Counts one try for an account by somebody who is signed in to it.
    ///
    /// # Errors
    /// `RateLimited` when there were too many.
    pub fn count_account(&self, account: &[u8; 32]) -> Result<(), Error> {
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
}
