//! Groups and trading accounts.

use crate::{BrandId, Currency, CustomerId, GroupId, Login, Money, UnixMicros};
use serde::{Deserialize, Serialize};

/// Whether a group's accounts hold real money. The numbers are ScaleTrade's `account_mode_id`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum AccountMode {
    Demo = 0,
    Real = 1,
}

impl AccountMode {
    pub const fn code(self) -> i64 {
        self as i64
    }

    pub const fn from_code(code: i64) -> Option<Self> {
        match code {
            0 => Some(Self::Demo),
            1 => Some(Self::Real),
            _ => None,
        }
    }

    pub const fn name(self) -> &'static str {
        match self {
            Self::Demo => "DEMO",
            Self::Real => "REAL",
        }
    }
}

/// Trading conditions of accounts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    pub id: GroupId,
    pub brand_id: BrandId,
    pub name: String,
    pub mode: AccountMode,
    pub currency: Currency,
    pub leverage: i64,
    /// What a new account of this group starts with; 0 for none.
    pub default_deposit_minor: i64,
    pub enabled: bool,
    /// Customers may open accounts of this group themselves.
    pub public_opening: bool,
    /// Open positions allowed at once; 0 for no limit.
    pub max_positions: i64,
}

impl Group {
    pub fn default_deposit(&self) -> Money {
        Money::new(self.default_deposit_minor, self.currency)
    }
}

/// What an account is for. Challenge accounts never pay and are never withdrawn from, although
/// the group of a funded one is REAL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountKind {
    /// Opened by the customer; of real money when its group is REAL.
    Personal = 0,
    /// Opened for a phase of a challenge.
    Challenge = 1,
}

impl AccountKind {
    pub const fn code(self) -> i64 {
        self as i64
    }

    pub const fn from_code(code: i64) -> Option<Self> {
        match code {
            0 => Some(Self::Personal),
            1 => Some(Self::Challenge),
            _ => None,
        }
    }
}

/// A trading account. Its balance follows from the ledger and is checked against it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    pub login: Login,
    pub brand_id: BrandId,
    pub customer_id: CustomerId,
    pub group_id: GroupId,
    pub kind: AccountKind,
    pub currency: Currency,
    pub leverage: i64,
    pub enabled: bool,
    pub balance_minor: i64,
    /// Money of pending withdrawals and purchases; never above the balance.
    pub held_minor: i64,
    pub created_at: UnixMicros,
    pub closed_at: Option<UnixMicros>,
    pub must_change_password: bool,
}

impl Account {
    pub const fn available_minor(&self) -> i64 {
        self.balance_minor.saturating_sub(self.held_minor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::all_free(120_000, 0, 120_000)]
    #[case::part_held(120_000, 49_900, 70_100)]
    #[case::all_held(49_900, 49_900, 0)]
    #[case::lost_more_than_it_had(-500, 0, -500)]
    #[case::does_not_wrap(i64::MIN, 1, i64::MIN)]
    fn held_money_is_not_available(
        #[case] balance_minor: i64,
        #[case] held_minor: i64,
        #[case] available_minor: i64,
    ) {
        let account = Account {
            login: Login(100_001),
            brand_id: BrandId(1),
            customer_id: CustomerId(5),
            group_id: GroupId(1),
            kind: AccountKind::Personal,
            currency: Currency::USD,
            leverage: 100,
            enabled: true,
            balance_minor,
            held_minor,
            created_at: UnixMicros(0),
            closed_at: None,
            must_change_password: false,
        };
        assert_eq!(account.available_minor(), available_minor);
    }

    #[test]
    fn a_group_gives_its_deposit_in_its_own_currency() {
        let group = Group {
            id: GroupId(1),
            brand_id: BrandId(1),
            name: "PROP-DEMO-JPY".into(),
            mode: AccountMode::Demo,
            currency: "JPY".parse().unwrap(),
            leverage: 100,
            default_deposit_minor: 10_000_000,
            enabled: true,
            public_opening: false,
            max_positions: 0,
        };
        assert_eq!(group.default_deposit().fixed(), "10000000");
        assert_eq!(group.default_deposit().currency.code(), "JPY");
    }

    #[test]
    fn the_numbers_of_the_modes_are_those_of_scaletrade() {
        assert_eq!(
            [0, 1, 2].map(AccountMode::from_code),
            [Some(AccountMode::Demo), Some(AccountMode::Real), None]
        );
        assert_eq!(AccountMode::Demo.name(), "DEMO");
        assert_eq!(AccountMode::Real.name(), "REAL");
        for kind in [AccountKind::Personal, AccountKind::Challenge] {
            assert_eq!(AccountKind::from_code(kind.code()), Some(kind));
        }
        assert_eq!(AccountKind::from_code(2), None);
    }
}
