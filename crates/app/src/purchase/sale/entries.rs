//! The money that a purchase moves.

use super::{Sale, SaleError};
use crate::transactions::Debt;
use touchstone_domain::ledger::{ApiData, Entry, EntryHead, Operation};
use touchstone_domain::purchase::Funding;
use touchstone_domain::{Money, OrderNo, UnixMicros};
use touchstone_store::{
    Tx,
    repo::{self, counters},
};

impl Sale {
    pub(super) fn take_fee(&mut self, tx: &mut Tx<'_>, now: UnixMicros) -> Result<(), SaleError> {
        let (paid, price) = (self.purchase().paid(), self.purchase().price);
        let order = if self.purchase().conversion.is_some() {
            let order = self.post(tx, Operation::FeeConverted, paid, now)?;
            self.post(tx, Operation::FeeExchanged, price, now)?;
            order
        } else {
            self.post(tx, Operation::Fee, price, now)?
        };
        self.purchase.change().fee_order = order;
        Ok(())
    }

    /// To the wallet that it was taken from, as much as was taken.
    pub(super) fn give_fee_back(
        &mut self,
        tx: &mut Tx<'_>,
        now: UnixMicros,
    ) -> Result<(), SaleError> {
        let (paid, price) = (self.purchase().paid(), self.purchase().price);
        if self.purchase().conversion.is_some() {
            self.post(tx, Operation::FeeConvertedRollback, paid, now)?;
            self.post(tx, Operation::FeeExchangedRollback, price, now)?;
        } else {
            self.post(tx, Operation::FeeRollback, price, now)?;
        }
        Ok(())
    }

    pub(super) fn grant_balance(
        &mut self,
        tx: &mut Tx<'_>,
        now: UnixMicros,
    ) -> Result<(), SaleError> {
        let order = self.post(
            tx,
            Operation::InitialBalance,
            self.group.default_deposit(),
            now,
        )?;
        self.purchase.change().initial_balance_order = order;
        Ok(())
    }

    /// A fee that was earned at a cashier and cannot be delivered: it is the customer's again, and
    /// a refund that staff have to pay.
    pub(super) fn owe_fee(&mut self, tx: &mut Tx<'_>, now: UnixMicros) -> Result<(), SaleError> {
        let Some(order) = self.purchase().fee_order else {
            return Ok(());
        };
        let fee = repo::ledger::by_order(tx, order)?.ok_or_else(|| self.broken("its fee"))?;
        let amount = Money::new(fee.amount_minor, fee.currency);
        let operation = match self.purchase().funding {
            Funding::Reset => Operation::ResetFeeRefundDue,
            _ => Operation::CashierFeeRefundDue,
        };
        self.post(tx, operation, amount, now)?;
        let of = Debt::of_purchase(self.purchase()).ok_or_else(|| self.broken("its payment"))?;
        let why = match self.purchase().adds_to {
            Some(_) => "the add-on could not be applied any more",
            None => "the challenge could not be delivered",
        };
        of.owe(tx, amount, why, now)?;
        Ok(())
    }

    /// Adds an entry; none for an amount of zero.
    pub(super) fn post(
        &mut self,
        tx: &mut Tx<'_>,
        operation: Operation,
        amount: Money,
        now: UnixMicros,
    ) -> Result<Option<OrderNo>, SaleError> {
        if amount.is_zero() {
            return Ok(None);
        }
        let order = OrderNo(tx.next_id(counters::ORDER)?);
        let purchase = self.purchase();
        let login = match operation {
            Operation::Fee
            | Operation::FeeRollback
            | Operation::FeeConverted
            | Operation::FeeConvertedRollback => purchase.payer_login,
            Operation::FeeExchanged
            | Operation::FeeExchangedRollback
            | Operation::CashierFee
            | Operation::CashierFeeRefundDue
            | Operation::ResetFee
            | Operation::ResetFeeRefundDue => None,
            _ => purchase.account_login,
        };
        let about = ApiData {
            program_id: Some(purchase.program_id),
            purchase_id: Some(purchase.id),
            customer_id: Some(purchase.customer_id),
            payer_login: purchase.payer_login,
            challenge_login: purchase.account_login,
            transaction_id: purchase.transaction_id,
            idempotency_key: Some(purchase.idempotency_key.clone().unwrap_or_default()),
            ..ApiData::default()
        };
        let head = EntryHead {
            order,
            brand_id: purchase.brand_id,
            at: now,
        };
        self.entries
            .push(Entry::new(head, operation, login, amount, &about)?);
        Ok(Some(order))
    }
}
