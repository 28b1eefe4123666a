//! Randomness of the operating system.

use thiserror::Error;
use zeroize::Zeroizing;

/// The operating system gave no randomness.
#[derive(Debug, Error)]
#[error("the operating system gives no randomness ({0}); without it no key is safe")]
pub struct EntropyError(getrandom::Error);

/// `LEN` fresh bytes; wiped on drop.
pub(crate) fn fresh<const LEN: usize>() -> Result<Zeroizing<[u8; LEN]>, EntropyError> {
    let mut bytes = Zeroizing::new([0; LEN]);
    getrandom::fill(&mut *bytes).map_err(EntropyError)?;
    Ok(bytes)
}
