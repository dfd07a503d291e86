//! The code that a person is told on the telephone (identity.md): with the reference it opens the case
//! in the portal, and heard again on the number on file it proves who called.

use chrono::Duration;

/// How many digits it has.
pub const DIGITS: usize = 6;

/// How often it is compared with a guess, wherever it is typed.
pub const MOST_GUESSES: i32 = 5;

/// How long it counts. The design names no time: this is the one of a code by letter.
pub const LIFETIME: Duration = Duration::days(30);
