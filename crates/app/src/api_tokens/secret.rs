//! What a token looks like: `tst_`, its number, and 64 hexadecimal digits of chance.

use crate::keys::token_hash;
use subtle::ConstantTimeEq;
use touchstone_domain::ApiTokenId;

const MARK: &str = "tst_";
const DIGITS: usize = 64;
/// How much of the chance is shown at either end.
const SHOWN: usize = 4;

/// A token as it is shown once.
pub struct Secret(String);

impl Secret {
    pub(super) fn new(id: ApiTokenId, drawn: [u8; 32]) -> Self {
        Self(format!("{MARK}{id}_{}", hex::encode(drawn)))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(super) fn hash(&self) -> [u8; 32] {
        token_hash(&self.0)
    }

    /// What people know it by: the beginning and the end.
    pub(super) fn shown(&self) -> (String, String) {
        let prefix = self.0.len() - DIGITS + SHOWN;
        let last = self.0.len() - SHOWN;
        (self.0[..prefix].to_owned(), self.0[last..].to_owned())
    }
}

/// Whether a text is meant as a token of this kind.
pub(super) fn is_token(text: &str) -> bool {
    text.starts_with(MARK)
}

/// The number in a token.
pub(super) fn number(text: &str) -> Option<ApiTokenId> {
    let (number, digits) = text.strip_prefix(MARK)?.split_once('_')?;
    let number: i64 = number.parse().ok()?;
    (digits.len() == DIGITS).then_some(ApiTokenId(number))
}

/// Takes as long for a wrong one as for the right one.
pub(super) fn fits(text: &str, hash: &[u8]) -> bool {
    token_hash(text).ct_eq(hash).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_tells_its_number_and_only_its_ends_are_shown() {
        let secret = Secret::new(ApiTokenId(12), [0xa5; 32]);
        assert_eq!(number(secret.as_str()), Some(ApiTokenId(12)));
        assert_eq!(
            secret.shown(),
            ("tst_12_a5a5".to_owned(), "a5a5".to_owned())
        );
        assert!(fits(secret.as_str(), &secret.hash()));
        let other = Secret::new(ApiTokenId(13), [0xa5; 32]);
        assert!(!fits(other.as_str(), &secret.hash()));
        for text in ["tst_12_a5", "tst_x_", "tst_", "12", ""] {
            assert_eq!(number(text), None, "{text}");
        }
    }
}
