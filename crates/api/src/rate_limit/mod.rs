//! How often one person or address may ask, and how soon after a failed login.

mod allowance;
mod clock;
mod deadlines;
mod failed_logins;
mod homes;
mod tokens;

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
use homes::Homes;
use tokens::TokenAllowances;
use touchstone_domain::ApiTokenId;

use crate::{auth::Person, limits};

/// All rate limits of one server. They live in its memory: with several servers each has its own.
pub struct RateLimits {
    people: Option<Allowance<Person>>,
    addresses: Option<Allowance<IpAddr>>,
    tokens: TokenAllowances,
    /// Of a name from wherever.
    failed_names: FailedLogins,
    /// Of a name from one address.
    failed_pairs: FailedLogins,
    /// From one address, whatever the name.
    failed_addresses: FailedLogins,
    homes: Homes,
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
            tokens: TokenAllowances::new(clock.clone()),
            failed_names: FailedLogins::new(
                limits::FAILED_LOGINS_PER_NAME_ANYWHERE,
                limits::FAILED_LOGIN_ANYWHERE_PAUSE,
                keys_max,
                clock.clone(),
            ),
            failed_pairs: FailedLogins::new(
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
            homes: Homes::new(limits::LOGIN_HOME_KNOWN_FOR, keys_max, clock.clone()),
        }
    }

    /// Counts a request of a token: by its own limit where it has one, else as a person's.
    pub fn count_token(&self, id: ApiTokenId, per_minute: Option<u32>) -> Option<Standing> {
        match per_minute.and_then(NonZeroU32::new) {
            Some(limit) => Some(self.tokens.count(id, limit)),
            None => self.count_person(Person::Token(id)),
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

    /// To be asked before a password is looked at. It counts as failed until it is told that it was
    /// not: guesses made at the same time do not slip through.
    ///
    /// # Errors
    /// How long `name` at `address` has to wait before the next attempt.
    pub fn begin_login(&self, kind: NameKind, name: &str, address: IpAddr) -> Result<(), Duration> {
        let (name, network) = (login_name(kind, name), network_of(address));
        self.begin_pair(&name, network)?;
        if self.homes.knows((&name, network)) {
            // Counted, but strangers' guesses do not keep the owner out of his home.
            self.failed_names.failed(&name);
            return Ok(());
        }
        match self.failed_names.begin(&name) {
            None => Ok(()),
            Some(wait) => {
                self.take_back_pair(&name, network);
                Err(wait)
            }
        }
    }

    /// To be told when the password was right.
    pub fn login_was_right(&self, kind: NameKind, name: &str, address: IpAddr) {
        self.login_was_no_guess(kind, name, address);
        self.homes
            .remember((&login_name(kind, name), network_of(address)));
    }

    /// To be told when an attempt was not answered, or not for a wrong password.
    pub fn login_was_no_guess(&self, kind: NameKind, name: &str, address: IpAddr) {
        let (name, network) = (login_name(kind, name), network_of(address));
        self.take_back_pair(&name, network);
        self.failed_names.was_none(&name);
    }

    /// To be told when an attempt was a wrong guess.
    pub fn login_failed(&self) {
        metrics::counter!("touchstone_failed_logins_total").increment(1);
    }

    /// To be asked before a mail is sent to `email`. It is never taken back: nobody asks in a row
    /// for mail to one mailbox or to many, nor keeps others from asking.
    ///
    /// # Errors
    /// How long `address` has to wait.
    pub fn begin_mail(&self, email: &str, address: IpAddr) -> Result<(), Duration> {
        self.begin_pair(&login_name(NameKind::Mailbox, email), network_of(address))
    }

    fn begin_pair(&self, name: &LoginName, network: IpAddr) -> Result<(), Duration> {
        if let Some(wait) = self.failed_addresses.begin(network) {
            return Err(wait);
        }
        let wait = self.failed_pairs.begin((name, network));
        if wait.is_some() {
            self.failed_addresses.was_none(network);
        }
        wait.map_or(Ok(()), Err)
    }

    fn take_back_pair(&self, name: &LoginName, network: IpAddr) {
        self.failed_addresses.was_none(network);
        self.failed_pairs.was_none((name, network));
    }

    /// Forgets everyone whose allowance is whole again; to be called now and then.
    pub fn forget_idle(&self) {
        if let Some(people) = &self.people {
            people.forget_idle();
        }
        if let Some(addresses) = &self.addresses {
            addresses.forget_idle();
        }
        self.failed_names.forget_old();
        self.failed_pairs.forget_old();
        self.homes.forget_old();
        self.failed_addresses.forget_old();
    }
}

/// Whose name it is. A brand is not part of it: who leaves it out is looked for in every brand, and naming it gives no
/// more guesses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NameKind {
    Customer,
    Staff,
    /// A trading account, named by its login.
    Account,
    /// A customer who is signed in, and proves once more that it is he: named by his number.
    Oneself,
    /// To which a mail is wanted.
    Mailbox,
}

/// A name, however it was typed.
type LoginName = (NameKind, String);

fn login_name(kind: NameKind, name: &str) -> LoginName {
    (kind, name.trim().to_lowercase())
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

    #[test]
    fn many_addresses_with_one_request_each_do_not_shut_newcomers_out() {
        let millis = std::sync::Arc::new(std::sync::atomic::AtomicU64::new(0));
        let source = std::sync::Arc::clone(&millis);
        let clock = LimiterClock::new(move || {
            Duration::from_millis(source.load(std::sync::atomic::Ordering::SeqCst))
        });
        let per_minute = NonZeroU32::new(600).expect("a number");
        let allowance = Allowance::new(per_minute, 100, clock);
        for second in 1..=10 {
            millis.store(second * 1_000, std::sync::atomic::Ordering::SeqCst);
            for address in 0..100 {
                let standing = allowance.count(second * 1_000 + address);
                assert_eq!(standing.remaining, 599, "an allowance of its own");
            }
        }
        assert_eq!(allowance.remembered(), 100);
        // Full of those who asked just now, newcomers share.
        assert_eq!(allowance.count(1).remaining, 599);
        assert_eq!(allowance.count(2).remaining, 598);
    }
}
