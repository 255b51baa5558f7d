//! Codes: what they are made of, and whether one is good now.

use crate::App;
use crate::keys::SealError;
use totp_rs::{Builder, Secret, Totp};
use touchstone_domain::UnixMicros;
use touchstone_store::repo::totp::{self, Subject};
use touchstone_store::{StoreError, Tx};

/// Bytes of a secret, as long as the hash is wide.
pub(super) const SECRET_BYTES: usize = 20;
/// Codes for who has lost the device.
pub(super) const BACKUP_CODES: usize = 10;
const DIGITS: u8 = 6;
const STEP_SECONDS: u64 = 30;
/// Steps early or late.
const SKEW: u16 = 1;
/// Wrong codes in a row that a person may send before a pause: three codes are good at any time, so that a guess a
/// minute finds one in half a year.
const WRONG_CODES_MAX: i64 = 5;
/// The pause after that many.
const PAUSE_SECONDS: i64 = 300;

#[derive(Debug, thiserror::Error)]
pub enum CodeError {
    /// The factor is on, and no code was sent.
    #[error("a code of the second factor is wanted")]
    Wanted,
    /// Wrong, out of date, or taken before.
    #[error("the code does not fit, is out of date, or was taken before")]
    Wrong,
    /// Too many wrong ones in a row; this one was not looked at.
    #[error("too many wrong codes; wait {wait_seconds} seconds")]
    TooSoon { wait_seconds: i64 },
    #[error(transparent)]
    Sealed(#[from] SealError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The codes of a secret; `issuer` and `account` are shown by the device.
pub(super) fn codes(secret: &[u8], issuer: &str, account: &str) -> Option<Totp> {
    // A colon would end the issuer.
    let plain = |text: &str| text.replace(':', " ");
    Builder::new()
        .with_digits(DIGITS)
        .with_skew(SKEW)
        .with_step_duration(STEP_SECONDS)
        .with_secret(Secret::from(secret.to_vec()))
        .with_issuer(Some(plain(issuer)))
        .with_account_name(plain(account))
        .build()
        .ok()
}

/// Eight letters and digits that are hard to mix up, in two groups.
pub(super) fn backup_code(drawn: [u8; 8]) -> String {
    const LETTERS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz023456789";
    let letter = |byte: &u8| char::from(LETTERS[usize::from(byte % 32)]);
    let (one, other) = drawn.split_at(4);
    let group = |bytes: &[u8]| bytes.iter().map(letter).collect::<String>();
    format!("{}-{}", group(one), group(other))
}

/// As it was shown, however it was typed in.
fn normal(code: &str) -> String {
    let signs = code
        .chars()
        .filter(|sign| !sign.is_whitespace() && *sign != '-');
    signs.collect::<String>().to_lowercase()
}

impl App {
    pub(super) fn backup_hash(&self, of: Subject, code: &str) -> [u8; 32] {
        self.keys.backup_code_hash(of, &normal(code))
    }

    /// Takes a code of the device, or one for who has lost it. Neither is taken twice. A wrong one is counted, which
    /// [`kept`] commits.
    pub(super) fn take_code(
        &self,
        tx: &mut Tx<'_>,
        of: Subject,
        factor: &mut totp::Totp,
        code: &str,
        now: UnixMicros,
    ) -> Result<(), CodeError> {
        wait_seconds(factor, now).map_or(Ok(()), |wait_seconds| {
            Err(CodeError::TooSoon { wait_seconds })
        })?;
        let secret = self.keys.open_totp(of, &factor.sealed_secret)?;
        let codes = codes(&secret, "", "").ok_or(CodeError::Wrong)?;
        let seconds = u64::try_from(now.seconds()).unwrap_or(0);
        // As devices show it: 123 456.
        let typed: String = code.split_whitespace().collect();
        let step = codes.check(&typed, seconds);
        let step = step.and_then(|step| i64::try_from(step).ok());
        // A good code that is sent again is no guess: its answer may have been lost.
        let is_repeated = step.is_some_and(|step| step <= factor.last_step);
        if is_repeated {
            return Err(CodeError::Wrong);
        }
        let is_spare = step.is_none()
            && factor.confirmed_at.is_some()
            && totp::use_backup_code(tx, of, &self.backup_hash(of, code), now)?;
        if step.is_none() && !is_spare {
            factor.wrong_codes = factor.wrong_codes % WRONG_CODES_MAX + 1;
            factor.wrong_at = Some(now);
            totp::put(tx, of, factor)?;
            return Err(CodeError::Wrong);
        }
        factor.last_step = step.unwrap_or(factor.last_step);
        factor.wrong_codes = 0;
        factor.wrong_at = None;
        totp::put(tx, of, factor)?;
        Ok(())
    }
}

/// How long no code is looked at, if so.
fn wait_seconds(factor: &totp::Totp, now: UnixMicros) -> Option<i64> {
    let last = factor
        .wrong_at
        .filter(|_| factor.wrong_codes >= WRONG_CODES_MAX)?;
    let left = last.plus_seconds(PAUSE_SECONDS).0 - now.0;
    // A clock that was put back makes nobody wait longer than that.
    (left > 0).then(|| ((left - 1) / 1_000_000 + 1).min(PAUSE_SECONDS))
}

/// The count of a wrong code stays: the transaction is committed, and its answer is the refusal.
pub(crate) fn kept<T, E>(
    outcome: Result<T, E>,
    is_wrong: fn(&E) -> bool,
) -> Result<Result<T, E>, E> {
    match outcome {
        Err(error) if !is_wrong(&error) => Err(error),
        outcome => Ok(outcome),
    }
}

/// What a sign-in has to bring besides the password; nothing without a confirmed factor, which it tells.
pub(crate) fn require_second(
    app: &App,
    tx: &mut Tx<'_>,
    of: Subject,
    code: Option<&str>,
    now: UnixMicros,
) -> Result<bool, CodeError> {
    let factor = totp::lock(tx, of)?.filter(|factor| factor.confirmed_at.is_some());
    let Some(mut factor) = factor else {
        return Ok(false);
    };
    let code = code.filter(|code| !code.trim().is_empty());
    app.take_code(tx, of, &mut factor, code.ok_or(CodeError::Wanted)?, now)?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Test vectors of RFC 6238, appendix B, of which the last six digits are shown.
    #[test]
    fn codes_are_those_of_the_standard() {
        let codes = codes(b"12345678901234567890", "Firm", "a@b.test").expect("a secret");
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(codes.generate(seconds).to_string(), code);
            let step = seconds / 30;
            for (at, found) in [
                (seconds, Some(step)),
                (seconds + 30, Some(step)),
                (seconds - 30, Some(step)),
                (seconds + 60, None),
            ] {
                assert_eq!(codes.check(code, at), found, "{seconds} {at}");
            }
        }
    }

    #[test]
    fn a_spare_code_is_read_however_it_is_typed() {
        let code = backup_code([0, 1, 31, 32, 33, 255, 128, 7]);
        assert_eq!(code, "ab9a-b9ah");
        assert_eq!(normal(" AB9A b9ah "), normal(&code));
    }

    #[test]
    fn a_secret_that_is_too_short_makes_no_codes() {
        assert!(codes(b"short", "", "").is_none());
    }
}
