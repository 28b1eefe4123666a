//! How much one caller may ask. A registered party is counted by its key; a
//! caller whose key nobody registered, by its key and by its address, since it
//! can make as many keys as it likes.

use std::net::IpAddr;
use std::num::NonZeroU32;

use blindscore_protocol::api::ProblemKind;
use blindscore_protocol::sign::VerifyingKey;
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use crate::config::Limits;
use crate::refusal::Refusal;

/// Counters of the callers.
#[derive(Debug)]
pub(crate) struct Limiter {
    keys: DefaultKeyedRateLimiter<VerifyingKey>,
    addresses: DefaultKeyedRateLimiter<IpAddr>,
    clock: DefaultClock,
}

impl Limiter {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            keys: RateLimiter::keyed(quota(limits.party_per_second, limits.party_burst)),
            addresses: RateLimiter::keyed(quota(limits.address_per_second, limits.address_burst)),
            clock: DefaultClock::default(),
        }
    }

    /// Counts a request of a key.
    pub(crate) fn key(&self, key: VerifyingKey) -> Result<(), Refusal> {
        self.keys.check_key(&key).map_err(|until| self.wait(&until))
    }

    /// Counts a request of an address.
    pub(crate) fn address(&self, address: IpAddr) -> Result<(), Refusal> {
        self.addresses
            .check_key(&network(address))
            .map_err(|until| self.wait(&until))
    }

    /// Forgets callers that asked nothing for a while.
    pub(crate) fn forget(&self) {
        self.keys.retain_recent();
        self.addresses.retain_recent();
    }

    fn wait(&self, until: &governor::NotUntil<<DefaultClock as Clock>::Instant>) -> Refusal {
        let wait = until.wait_time_from(self.clock.now());
        let seconds = wait.as_secs().saturating_add(1);
        let detail = format!("this caller asks too often: wait {seconds} seconds");
        Refusal::new(ProblemKind::RateLimited, detail).retry_after(seconds)
    }
}

fn quota(per_second: u32, burst: u32) -> Quota {
    let at_least_one = |n: u32| NonZeroU32::new(n).unwrap_or(NonZeroU32::MIN);
    Quota::per_second(at_least_one(per_second)).allow_burst(at_least_one(burst))
}

/// What one caller has of addresses: all of an IPv6 network of 64 bits.
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            IpAddr::from([a, b, c, d, 0, 0, 0, 0])
        }
    }
}
