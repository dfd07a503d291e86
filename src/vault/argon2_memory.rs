//! The memory that argon2 works in, kept between uses.
//!
//! Made anew for each password, 19 MiB pieces end up in the heap between small ones and are never
//! given back: a dozen sign-ins were seen to hold 155 MB for good. Two pieces that are used again
//! bound the memory, and with it how many passwords are hashed at the same time.

use std::sync::{Mutex, MutexGuard, PoisonError};

use argon2::{Argon2, Block};
use rand::RngExt;

use super::password::PasswordHashError;

/// So many passwords are hashed at the same time; further callers wait for their turn.
const AT_ONCE: usize = 2;
/// A stored hash that asks for more was not made here.
const MOST_BLOCKS: usize = 256 * 1024;

static MEMORY: [Mutex<Vec<Block>>; AT_ONCE] = [const { Mutex::new(Vec::new()) }; AT_ONCE];

/// Hashes into `out`, whose length is that of the parameters' output. Blocks the thread.
pub(super) fn hash_into(
    argon2: &Argon2<'_>,
    password: &str,
    salt: &[u8],
    out: &mut [u8],
) -> Result<(), PasswordHashError> {
    let count = argon2.params().block_count();
    if count > MOST_BLOCKS {
        return Err(PasswordHashError::Unreadable);
    }
    let mut memory = take_turn()?;
    if let Some(missing) = count.checked_sub(memory.len()) {
        memory.try_reserve_exact(missing).map_err(|_| PasswordHashError::Failed)?;
        memory.resize(count, Block::default());
    }
    let blocks = memory.get_mut(..count).unwrap_or_default();
    argon2
        .hash_password_into_with_memory(password.as_bytes(), salt, out, blocks)
        .map_err(|_| PasswordHashError::Failed)
}

/// A piece that nobody uses, or one of them as soon as it is free. A panic in another thread leaves
/// nothing behind that the next use does not overwrite.
fn take_turn() -> Result<MutexGuard<'static, Vec<Block>>, PasswordHashError> {
    if let Some(free) = MEMORY.iter().find_map(|piece| piece.try_lock().ok()) {
        return Ok(free);
    }
    let chosen = rand::rng().random_range(..AT_ONCE);
    let piece = MEMORY.get(chosen).ok_or(PasswordHashError::Failed)?;
    Ok(piece.lock().unwrap_or_else(PoisonError::into_inner))
}

#[cfg(test)]
mod tests {
    use super::hash_into;
    use crate::vault::password::{PasswordHashError, hash, verify};
    use argon2::{Algorithm, Argon2, Params, Version};

    fn argon2(memory_kib: u32) -> Argon2<'static> {
        let params = Params::new(memory_kib, 2, 1, None).unwrap();
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
    }

    #[test]
    fn used_memory_gives_the_same_hash_as_new_memory() {
        for memory_kib in [512, 64, 1024, 64] {
            let (mut fresh, mut reused) = ([0; 32], [0; 32]);
            let argon2 = argon2(memory_kib);
            let salt = b"salt of 16 bytes";
            argon2.hash_password_into(b"secret", salt, &mut fresh).unwrap();
            hash_into(&argon2, "secret", salt, &mut reused).unwrap();
            assert_eq!(fresh, reused, "{memory_kib} KiB");
        }
    }

    #[test]
    fn many_at_once_take_their_turns() {
        std::thread::scope(|scope| {
            for at in 0..8 {
                scope.spawn(move || {
                    let password = format!("password of thread {at}");
                    let stored = hash(&password).unwrap();
                    assert_eq!(verify(&password, &stored), Ok(true));
                    assert_eq!(verify("another password", &stored), Ok(false));
                });
            }
        });
    }

    #[test]
    fn a_hash_that_asks_for_too_much_memory_is_refused() {
        let mut out = [0; 32];
        let refused = hash_into(&argon2(300 * 1024), "secret", b"salt of 16 bytes", &mut out);
        assert_eq!(refused, Err(PasswordHashError::Unreadable));
    }
}
