//! What a code takes off, and whom it refuses.

use super::*;
use crate::Currency;
use proptest::prelude::*;
use rstest::rstest;

const NOW: UnixMicros = UnixMicros(1_000);

fn usd(minor: i64) -> Money {
    Money::new(minor, Currency::USD)
}

fn promotion() -> Promotion {
    Promotion {
        id: PromotionId(1),
        brand_id: BrandId(1),
        code: "WELCOME10".into(),
        description: String::new(),
        discount: Discount::Percent(BasisPoints(1_000)),
        valid_from: None,
        valid_to: None,
        total_limit: None,
        customer_limit: None,
        programs: BTreeSet::new(),
        first_purchase_only: false,
        enabled: true,
        reserved: 0,
        used: 0,
        created_by: String::new(),
        created_at: UnixMicros(0),
        updated_at: UnixMicros(0),
    }
}

const fn wish() -> Wish {
    Wish {
        program: ProgramId(1),
        price: Money::new(49_900, Currency::USD),
        uses_of_customer: 0,
        has_bought: false,
        now: NOW,
    }
}

#[rstest]
#[case(" welcome10\n", Some("WELCOME10"))]
#[case("Black-Friday_26", Some("BLACK-FRIDAY_26"))]
#[case("AB", None)]
#[case("A B C", None)]
#[case("ÄÖÜ", None)]
#[case("", None)]
fn a_code_is_kept_in_one_way(#[case] text: &str, #[case] code: Option<&str>) {
    assert_eq!(normalised(text).as_deref(), code);
    assert!(normalised(&"x".repeat(40)).is_some());
    assert_eq!(normalised(&"x".repeat(41)), None);
}

#[rstest]
#[case(Discount::Percent(BasisPoints(1_000)), 49_900, Ok(4_990))]
// 12.5 % of 4 is half a unit: away from zero.
#[case(Discount::Percent(BasisPoints(1_250)), 4, Ok(1))]
#[case(Discount::Percent(BasisPoints(1_249)), 4, Err(Refusal::NothingOff))]
#[case(Discount::Percent(BasisPoints::WHOLE), 49_900, Ok(49_900))]
#[case(Discount::Percent(BasisPoints::WHOLE), i64::MAX, Ok(i64::MAX))]
#[case(Discount::Percent(BasisPoints(1_000)), 0, Err(Refusal::NothingOff))]
#[case(Discount::Fixed(usd(5_000)), 49_900, Ok(5_000))]
#[case(Discount::Fixed(usd(5_000)), 4_000, Ok(4_000))]
#[case(Discount::Fixed(usd(5_000)), 0, Err(Refusal::NothingOff))]
#[case(
    Discount::Fixed(Money::new(5, Currency::EUR)),
    49_900,
    Err(Refusal::WrongCurrency)
)]
fn a_discount_is_never_more_than_the_price(
    #[case] discount: Discount,
    #[case] price: i64,
    #[case] off: Result<i64, Refusal>,
) {
    assert_eq!(discount.off(usd(price)), off);
}

#[rstest]
#[case(|p: &mut Promotion, _: &mut Wish| p.enabled = false, Refusal::Disabled)]
#[case(|p: &mut Promotion, _: &mut Wish| p.valid_from = Some(UnixMicros(1_001)), Refusal::NotYetValid)]
#[case(|p: &mut Promotion, _: &mut Wish| p.valid_to = Some(NOW), Refusal::Expired)]
#[case(|p: &mut Promotion, _: &mut Wish| p.programs = [ProgramId(2)].into(), Refusal::NotForProgram)]
#[case(|p: &mut Promotion, w: &mut Wish| { p.customer_limit = Some(1); w.uses_of_customer = 1 }, Refusal::UsedByCustomer)]
#[case(|p: &mut Promotion, w: &mut Wish| { p.first_purchase_only = true; w.has_bought = true }, Refusal::FirstPurchaseOnly)]
#[case(|p: &mut Promotion, _: &mut Wish| { p.total_limit = Some(3); (p.reserved, p.used) = (1, 2) }, Refusal::UsedUp)]
fn each_condition_refuses(#[case] spoil: fn(&mut Promotion, &mut Wish), #[case] refusal: Refusal) {
    let (mut promotion, mut wish) = (promotion(), wish());
    assert_eq!(promotion.off(&wish), Ok(4_990));
    spoil(&mut promotion, &mut wish);
    assert_eq!(promotion.off(&wish), Err(refusal));
}

#[test]
fn a_code_is_good_to_the_last_use_and_the_last_instant() {
    let promotion = Promotion {
        valid_from: Some(NOW),
        valid_to: Some(UnixMicros(1_001)),
        total_limit: Some(3),
        customer_limit: Some(2),
        programs: [ProgramId(1), ProgramId(2)].into(),
        first_purchase_only: true,
        reserved: 1,
        used: 1,
        ..promotion()
    };
    let wish = Wish {
        uses_of_customer: 1,
        ..wish()
    };
    assert_eq!(promotion.off(&wish), Ok(4_990));
}

#[rstest]
#[case(|p: &mut Promotion| p.code = "welcome".into(), PromotionFault::Code)]
#[case(|p: &mut Promotion| p.discount = Discount::Percent(BasisPoints(10_001)), PromotionFault::Discount)]
#[case(|p: &mut Promotion| p.discount = Discount::Percent(BasisPoints(0)), PromotionFault::Discount)]
#[case(|p: &mut Promotion| p.discount = Discount::Fixed(usd(0)), PromotionFault::Discount)]
#[case(|p: &mut Promotion| (p.valid_from, p.valid_to) = (Some(NOW), Some(NOW)), PromotionFault::Times)]
#[case(|p: &mut Promotion| p.total_limit = Some(0), PromotionFault::TotalLimit)]
#[case(|p: &mut Promotion| p.customer_limit = Some(0), PromotionFault::CustomerLimit)]
#[case(|p: &mut Promotion| (p.total_limit, p.reserved, p.used) = (Some(2), 1, 2), PromotionFault::BelowUses { used: 3 })]
#[case(|p: &mut Promotion| p.customer_limit = Some(1), PromotionFault::BelowUsesOfOne { used: 2 })]
fn what_makes_no_sense_is_refused(
    #[case] spoil: fn(&mut Promotion),
    #[case] fault: PromotionFault,
) {
    let mut promotion = promotion();
    assert_eq!(promotion.check(2), Ok(()));
    spoil(&mut promotion);
    assert_eq!(promotion.check(2), Err(fault));
}

proptest! {
    #[test]
    fn what_is_left_of_a_price_is_never_negative(
        price in 0..=i64::MAX, share in 1..=10_000_i64, fixed in 1..=i64::MAX,
    ) {
        for discount in [Discount::Percent(BasisPoints(share)), Discount::Fixed(usd(fixed))] {
            if let Ok(off) = discount.off(usd(price)) {
                prop_assert!(off > 0 && off <= price);
            }
        }
    }
}
