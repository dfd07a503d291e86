//! Durations, sorted, for their percentiles.

use std::time::Duration;

/// The durations of many calls.
pub struct Durations(Vec<Duration>);

impl Durations {
    /// Sorts them.
    #[must_use]
    pub fn new(mut all: Vec<Duration>) -> Self {
        all.sort_unstable();
        Self(all)
    }

    /// How many there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.0.len()
    }

    /// What `percent` of them do not exceed, in milliseconds.
    #[must_use]
    pub fn milliseconds(&self, percent: usize) -> f64 {
        let place = (self.0.len().saturating_sub(1)) * percent / 100;
        self.0.get(place).map_or(f64::NAN, |duration| duration.as_secs_f64() * 1e3)
    }
}
