//! How often one person or address may ask, and how soon after a failed login.

mod allowance;
mod clock;
mod failed_logins;

pub use allowance::Standing;
pub use clock::LimiterClock;

use std::{
    fmt,
    net::{IpAddr, Ipv6Addr},
    num::NonZeroU32,
    time::Duration,
};

use allowance::Allowance;
use failed_logins::FailedLogins;

use crate::{auth::Person, limits};

/// All rate limits of one server. They live in its memory: with several servers each has its own.
pub struct RateLimits {
    people: Option<Allowance<Person>>,
    addresses: Option<Allowance<IpAddr>>,
    failed_names: FailedLogins,
    failed_addresses: FailedLogins,
}

impl fmt::Debug for RateLimits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RateLimits").finish_non_exhaustive()
    }
}

impl RateLimits {
    /// `per_minute` requests of one signed-in person, twice as many of one address without
    /// signing in; 0 turns both off. Failed logins are limited always.
    #[must_use]
    pub fn new(per_minute: u32, clock: &LimiterClock) -> Self {
        let keys_max = limits::RATE_KEYS_MAX;
        let people = NonZeroU32::new(per_minute);
        let addresses = NonZeroU32::new(per_minute.saturating_mul(2));
        Self {
            people: people.map(|limit| Allowance::new(limit, keys_max, clock.clone())),
            addresses: addresses.map(|limit| Allowance::new(limit, keys_max, clock.clone())),
            failed_names: FailedLogins::new(
                limits::FAILED_LOGINS_PER_NAME,
                limits::FAILED_LOGIN_NAME_PAUSE,
                keys_max,
                clock.clone(),
            ),
            failed_addresses: FailedLogins::new(
                limits::FAILED_LOGINS_PER_ADDRESS,
                limits::FAILED_LOGIN_ADDRESS_PAUSE,
                keys_max,
                clock.clone(),
            ),
        }
    }

    /// Counts a request of someone who is signed in.
    pub fn count_person(&self, person: Person) -> Option<Standing> {
        Some(self.people.as_ref()?.count(person))
    }

    /// Counts a request of someone who is not.
    pub fn count_address(&self, address: IpAddr) -> Option<Standing> {
        Some(self.addresses.as_ref()?.count(network_of(address)))
    }

    /// To be asked before a password is looked at. It counts as failed until
    /// [`Self::login_was_right`] is told: guesses made at the same time do not slip through.
    ///
    /// # Errors
    /// How long `name` of `brand` at `address` has to wait before the next attempt.
    pub fn begin_login(&self, brand: &str, name: &str, address: IpAddr) -> Result<(), Duration> {
        let wait = self
            .failed_addresses
            .wait(network_of(address))
            .or_else(|| self.failed_names.begin(login_name(brand, name)));
        wait.map_or(Ok(()), Err)
    }

    /// To be told when an attempt was no wrong guess.
    pub fn login_was_right(&self, brand: &str, name: &str) {
        self.failed_names.was_none(login_name(brand, name));
    }

    /// To be told when an attempt was a wrong guess.
    pub fn login_failed(&self, address: IpAddr) {
        self.failed_addresses.failed(network_of(address));
        metrics::counter!("touchstone_failed_logins_total").increment(1);
    }

    /// Forgets everyone whose allowance is whole again; to be called now and then.
    pub fn forget_idle(&self) {
        if let Some(people) = &self.people {
            people.forget_idle();
        }
        if let Some(addresses) = &self.addresses {
            addresses.forget_idle();
        }
        self.failed_names.forget_idle();
        self.failed_addresses.forget_idle();
    }
}

fn login_name(brand: &str, name: &str) -> (String, String) {
    (brand.to_owned(), name.trim().to_lowercase())
}

/// One subscriber of IPv6 has a whole /64 of addresses.
fn network_of(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => {
            let mut segments = v6.segments();
            segments[4..].fill(0);
            IpAddr::V6(Ipv6Addr::from(segments))
        }
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subscriber_of_ipv6_is_one_address() {
        let one: IpAddr = "2001:db8:1:2:3:4:5:6".parse().unwrap();
        let two: IpAddr = "2001:db8:1:2:ffff::1".parse().unwrap();
        let other: IpAddr = "2001:db8:1:3::1".parse().unwrap();
        assert_eq!(network_of(one), network_of(two));
        assert_ne!(network_of(one), network_of(other));
        let mapped: IpAddr = "::ffff:192.0.2.7".parse().unwrap();
        assert_eq!(network_of(mapped), "192.0.2.7".parse::<IpAddr>().unwrap());
    }

    #[test]
    fn a_full_limiter_lets_newcomers_share_and_forgets_the_idle() {
        let seconds = std::sync::Arc::new(std::sync::atomic::AtomicU64::new(0));
        let source = std::sync::Arc::clone(&seconds);
        let clock = LimiterClock::new(move || {
            Duration::from_secs(source.load(std::sync::atomic::Ordering::SeqCst))
        });
        let allowance = Allowance::new(NonZeroU32::MIN, 2, clock);
        assert_eq!(allowance.count(1).retry_after, None);
        assert_eq!(allowance.count(2).retry_after, None);
        assert_eq!(allowance.count(3).retry_after, None);
        assert!(allowance.count(4).retry_after.is_some());
        assert_eq!(allowance.remembered(), 3);
        seconds.store(121, std::sync::atomic::Ordering::SeqCst);
        allowance.forget_idle();
        assert_eq!(allowance.remembered(), 0);
        assert_eq!(allowance.count(4).retry_after, None);
    }
}
