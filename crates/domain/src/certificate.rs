//! The code of a certificate: a UUID in digits and letters that people can read out and type.

use uuid::Uuid;

/// Crockford's: no letter that looks like a digit, and no U.
const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// 130 bits, of which the first two are 0.
const LENGTH: usize = 26;
const GROUPS: [usize; 5] = [6, 5, 5, 5, 5];

/// In groups, as `0Q2J8K-5T0ZB-...`.
pub fn code(id: Uuid) -> String {
    let bits = id.as_u128();
    let mut digits = (0..LENGTH).rev().map(|place| {
        let digit = (bits >> (5 * place)) & 31;
        char::from(DIGITS[digit as usize])
    });
    let groups = GROUPS.map(|length| digits.by_ref().take(length).collect::<String>());
    groups.join("-")
}

/// The UUID of a code as somebody has typed it: in any case, with or without its hyphens, and with O for 0 or I and L
/// for 1.
pub fn parse(text: &str) -> Option<Uuid> {
    let mut bits: u128 = 0;
    let mut length = 0;
    for letter in text.chars().filter(|letter| !matches!(letter, '-' | ' ')) {
        let letter = match letter.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        };
        let digit = DIGITS
            .iter()
            .position(|digit| char::from(*digit) == letter)?;
        if length == LENGTH || (length == 0 && digit > 7) {
            return None;
        }
        bits = bits << 5 | digit as u128;
        length += 1;
    }
    (length == LENGTH).then(|| Uuid::from_u128(bits))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_code_leads_back_to_its_uuid_however_it_is_typed(bits: u128) {
            let id = Uuid::from_u128(bits);
            let written = code(id);
            prop_assert_eq!(parse(&written), Some(id));
            let typed = written.to_lowercase().replace('-', " ").replace('0', "o").replace('1', "l");
            prop_assert_eq!(parse(&typed), Some(id));
        }

        #[test]
        fn any_text_is_a_code_or_none(text in "\\PC{0,40}") {
            let _ = parse(&text);
        }
    }

    #[test]
    fn what_is_too_short_too_long_or_no_digit_is_none() {
        let written = code(Uuid::from_u128(u128::MAX));
        assert_eq!(written, "7ZZZZZ-ZZZZZ-ZZZZZ-ZZZZZ-ZZZZZ");
        for wrong in [
            "",
            &written[1..],
            &format!("{written}0"),
            "8ZZZZZ-ZZZZZ-ZZZZZ-ZZZZZ-ZZZZZ",
            "7ZZZZZ-ZZZZZ-ZZZZZ-ZZZZZ-ZZZZU",
        ] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }
}
