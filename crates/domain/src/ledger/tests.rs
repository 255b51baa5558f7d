use super::*;

/// One line an operation: name, book, from, to, command, reason, comment.
const TABLE: &str = "\
challenge_fee            Cash     login -1    OP_BALANCE_OUT TR_REASON_PROP PROP_CHALLENGE_PURCHASE
challenge_fee_rollback   Cash     -1    login OP_BALANCE_IN  TR_REASON_PROP PROP_CHALLENGE_PURCHASE_ROLLBACK
initial_balance          Notional -10   login OP_BALANCE_IN  TR_REASON_PROP PROP_CHALLENGE_INITIAL_BALANCE
initial_balance_rollback Notional login -10   OP_BALANCE_OUT TR_REASON_PROP PROP_CHALLENGE_INITIAL_BALANCE_ROLLBACK
phase_balance            Notional -10   login OP_BALANCE_IN  TR_REASON_PROP PROP_CHALLENGE_INITIAL_BALANCE
growth Notional -10 login OP_BALANCE_IN TR_REASON_PROP PROP_ACCOUNT_GROWTH
cashier_received         Cash     -2    -3    OP_BALANCE_IN  TR_REASON_API  CASHIER_PAYMENT_RECEIVED
cashier_fee              Cash     -3    -1    OP_BALANCE_IN  TR_REASON_PROP PROP_CHALLENGE_PURCHASE
cashier_fee_refund_due   Cash     -1    -3    OP_BALANCE_OUT TR_REASON_PROP PROP_CHALLENGE_PURCHASE_ROLLBACK
reset_fee                Cash     -3    -1    OP_BALANCE_IN  TR_REASON_PROP PROP_CHALLENGE_RESET
reset_fee_refund_due     Cash     -1    -3    OP_BALANCE_OUT TR_REASON_PROP PROP_CHALLENGE_RESET_ROLLBACK
cashier_refund_paid      Cash     -3    -2    OP_BALANCE_OUT TR_REASON_PROP PROP_REFUND_PAID
deposit                  Cash     -3    login OP_BALANCE_IN  TR_REASON_API  DEPOSIT
withdrawal               Cash     login -2    OP_BALANCE_OUT TR_REASON_API  WITHDRAWAL
opening_balance          Cash     -4    login OP_BALANCE_IN  TR_REASON_API  OPENING_BALANCE
demo_opening_balance     Notional -10   login OP_BALANCE_IN  TR_REASON_API  OPENING_BALANCE
profit_voided            Notional login -10   OP_BALANCE_OUT TR_REASON_PROP PROP_PROFIT_VOIDED
correction_in            Notional -10   login OP_BALANCE_IN  TR_REASON_PROP PROP_CORRECTION
correction_out           Notional login -10   OP_BALANCE_OUT TR_REASON_PROP PROP_CORRECTION
payout_share             Notional login -10   OP_BALANCE_OUT TR_REASON_PROP PROP_CHALLENGE_PAYOUT
payout_firm_share        Notional login -10   OP_BALANCE_OUT TR_REASON_PROP PROP_CHALLENGE_PAYOUT_FIRM_SHARE
payout_share_returned    Notional -10   login OP_BALANCE_IN  TR_REASON_PROP PROP_CHALLENGE_PAYOUT_ROLLBACK
payout_firm_share_returned Notional -10 login OP_BALANCE_IN  TR_REASON_PROP PROP_CHALLENGE_PAYOUT_FIRM_SHARE_ROLLBACK
payout_due               Cash     -5    -6    OP_BALANCE_IN  TR_REASON_PROP PROP_CHALLENGE_PAYOUT
payout_due_rollback      Cash     -6    -5    OP_BALANCE_OUT TR_REASON_PROP PROP_CHALLENGE_PAYOUT_ROLLBACK
payout_paid              Cash     -6    -2    OP_BALANCE_OUT TR_REASON_PROP PROP_CHALLENGE_PAYOUT
payout_fee_refund_due    Cash     -1    -6    OP_BALANCE_IN  TR_REASON_PROP PROP_CHALLENGE_FEE_REFUND
payout_fee_refund_due_rollback Cash -6  -1    OP_BALANCE_OUT TR_REASON_PROP PROP_CHALLENGE_FEE_REFUND_ROLLBACK
payout_fee_refund_paid   Cash     -6    -2    OP_BALANCE_OUT TR_REASON_PROP PROP_CHALLENGE_FEE_REFUND
challenge_fee_refund     Cash     -1    login OP_BALANCE_IN  TR_REASON_PROP PROP_CHALLENGE_REFUND
fee_return_due           Cash     -1    -3    OP_BALANCE_OUT TR_REASON_PROP PROP_CHALLENGE_REFUND
fee_chargeback           Cash     -1    -2    OP_BALANCE_OUT TR_REASON_PROP PROP_CHALLENGE_CHARGEBACK
fee_chargeback_reversed  Cash     -2    -1    OP_BALANCE_IN  TR_REASON_PROP PROP_CHALLENGE_CHARGEBACK_REVERSED
challenge_fee_converted  Cash     login -8    OP_BALANCE_OUT TR_REASON_PROP PROP_CHALLENGE_PURCHASE
challenge_fee_exchanged  Cash     -8    -1    OP_BALANCE_IN  TR_REASON_PROP PROP_CHALLENGE_PURCHASE
challenge_fee_converted_rollback Cash -8 login OP_BALANCE_IN TR_REASON_PROP PROP_CHALLENGE_PURCHASE_ROLLBACK
challenge_fee_exchanged_rollback Cash -1 -8   OP_BALANCE_OUT TR_REASON_PROP PROP_CHALLENGE_PURCHASE_ROLLBACK
challenge_fee_converted_refund Cash -8  login OP_BALANCE_IN  TR_REASON_PROP PROP_CHALLENGE_REFUND
challenge_fee_exchanged_refund Cash -1  -8    OP_BALANCE_OUT TR_REASON_PROP PROP_CHALLENGE_REFUND
manual_credit            Cash     -7    login OP_BALANCE_IN  TR_REASON_API  MANUAL_CREDIT
manual_debit             Cash     login -7    OP_BALANCE_OUT TR_REASON_API  MANUAL_DEBIT
";

fn side(house: Option<HouseAccount>) -> String {
    house.map_or_else(|| "login".to_owned(), |h| h.code().to_string())
}

#[test]
fn every_operation_stands_in_the_table() {
    let rows: Vec<String> = Operation::ALL
        .into_iter()
        .map(|o| {
            let (from, to) = o.sides();
            let (from, to) = (side(from), side(to));
            [
                o.name(),
                &format!("{:?}", o.book()),
                &from,
                &to,
                o.command().name(),
                o.reason().name(),
                o.comment(),
            ]
            .join(" ")
        })
        .collect();
    let wanted: Vec<String> = TABLE
        .lines()
        .map(|l| l.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect();
    assert_eq!(rows, wanted);
}

#[test]
fn no_operation_mixes_the_books() {
    for operation in Operation::ALL {
        let (from, to) = operation.sides();
        let books: Vec<Book> = [from, to]
            .into_iter()
            .flatten()
            .map(HouseAccount::book)
            .collect();
        assert!(
            books.iter().all(|book| *book == operation.book()),
            "{operation:?}"
        );
        assert_eq!(Operation::from_name(operation.name()), Some(operation));
    }
}

#[test]
fn an_entry_wants_an_amount_and_the_right_sides() {
    let head = EntryHead {
        order: OrderNo(1),
        brand_id: BrandId(1),
        at: UnixMicros(0),
    };
    let entry = |operation, login: Option<i64>, minor| {
        Entry::new(
            head.clone(),
            operation,
            login.map(Login),
            Money::new(minor, Currency::USD),
            &ApiData::default(),
        )
    };
    assert_eq!(
        entry(Operation::Fee, Some(5), 0),
        Err(LedgerError::NotPositive)
    );
    assert_eq!(
        entry(Operation::Fee, None, 1),
        Err(LedgerError::AccountWanted(Operation::Fee))
    );
    assert_eq!(
        entry(Operation::CashierFee, Some(5), 1),
        Err(LedgerError::NoAccountWanted(Operation::CashierFee))
    );
    assert_eq!(
        entry(Operation::Fee, Some(5), 7).map(|e| e.signed_minor()),
        Ok(-7)
    );
}
