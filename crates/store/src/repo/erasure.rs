//! A customer's personal data, overwritten. What the books need stays: docs/adr/0024 goes through every column.

use crate::{StoreError, Tx, params};
use touchstone_domain::challenge::ChallengeState;
use touchstone_domain::claim::{ClaimEffect, ClaimKind};
use touchstone_domain::erasure::OpenThings;
use touchstone_domain::payout::PayoutState;
use touchstone_domain::purchase::State;
use touchstone_domain::transaction::TransactionState;
use touchstone_domain::{AccountKind, AccountMode, CustomerId, UnixMicros};

/// What still needs to know who he is. The caller holds the locks of the customer and of his accounts.
pub fn open_things(tx: &mut Tx<'_>, customer: CustomerId) -> Result<OpenThings, StoreError> {
    const _: () = assert!(
        AccountKind::Personal.code() == 0 && ClaimKind::Chargeback.code() == 1,
        "as the statements say"
    );
    let mut count = |sql: &'static str, code: i64| {
        tx.query_one(sql, params![customer.0, code], |row| row.int(0))
    };
    let mut purchases = count(
        "SELECT COUNT(*) FROM purchase WHERE customer_id = $1 AND state <> $2",
        State::Active.code(),
    )?;
    for ended in [State::Refunded, State::Failed, State::Abandoned] {
        purchases -= count(
            "SELECT COUNT(*) FROM purchase WHERE customer_id = $1 AND state = $2",
            ended.code(),
        )?;
    }
    Ok(OpenThings {
        purchases,
        running_challenges: count(
            "SELECT COUNT(*) FROM purchase p JOIN challenge c ON c.id = p.challenge_id
             WHERE p.customer_id = $1 AND c.state = $2",
            ChallengeState::Active.code(),
        )?,
        accounts_with_positions: count(
            "SELECT COUNT(*) FROM desk_account d WHERE (d.winding_up = 1 OR d.open_positions > $2)
                AND d.login IN (SELECT f.account_login FROM purchase p JOIN phase f ON f.challenge_id = p.challenge_id
                    WHERE p.customer_id = $1)",
            0,
        )?,
        transactions: count(
            "SELECT COUNT(*) FROM payment_transaction WHERE customer_id = $1 AND state <= $2",
            TransactionState::Underpaid.code(),
        )?,
        payouts: count(
            "SELECT COUNT(*) FROM payout WHERE customer_id = $1 AND state < $2",
            PayoutState::Paid.code(),
        )?,
        wallets_with_money: count(
            "SELECT COUNT(*) FROM account a JOIN account_group g ON g.id = a.group_id
             WHERE a.customer_id = $1 AND a.kind = 0 AND g.mode = $2 AND (a.balance_minor <> 0 OR a.held_minor <> 0)",
            AccountMode::Real.code(),
        )?,
        suspended_challenges: count(
            "SELECT COUNT(DISTINCT f.challenge_id) FROM purchase p JOIN fee_claim f ON f.purchase_id = p.id
             WHERE p.customer_id = $1 AND f.reversed_at IS NULL AND f.effect = $2",
            ClaimEffect::Suspend.code(),
        )?,
        chargebacks: count(
            "SELECT COUNT(*) FROM purchase p JOIN fee_claim f ON f.purchase_id = p.id
             WHERE p.customer_id = $1 AND f.reversed_at IS NULL AND f.kind = 1 AND f.effect = $2",
            ClaimEffect::End.code(),
        )?,
    })
}

/// Overwrites everything at once: `false`, and nothing is changed, where it was done before.
pub fn erase(tx: &mut Tx<'_>, customer: CustomerId, now: UnixMicros) -> Result<bool, StoreError> {
    let email = tx.query_opt(
        "SELECT email, brand_id FROM customer WHERE id = $1 AND erased_at IS NULL",
        params![customer.0],
        |row| Ok((row.string(0)?, row.int(1)?)),
    )?;
    let Some((email, brand)) = email else {
        return Ok(false);
    };
    access(tx, customer, now)?;
    tx.execute(
        "DELETE FROM password_reset_request WHERE email = $1 AND (brand_id IS NULL OR brand_id = $2)",
        params![email.as_str(), brand],
    )?;
    records(tx, customer)?;
    audit(tx, customer)?;
    // It is no address, so that nobody can register with it before.
    tx.put(
        "UPDATE customer SET email = $2, password_hash = NULL, first_name = '', last_name = '', phone = '', country = '',
                enabled = 0, updated_at = $3, last_login_at = NULL, kyc = 0, kyc_at = NULL, kyc_provider = '',
                registration_source = '', erased_at = $3
         WHERE id = $1",
        params![customer.0, format!("erased-{}", customer.0).as_str(), now.0],
    )?;
    Ok(true)
}

/// Everything with which somebody comes in, for himself or for one of his accounts.
fn access(tx: &mut Tx<'_>, customer: CustomerId, now: UnixMicros) -> Result<(), StoreError> {
    let id = customer.0;
    tx.execute(
        "UPDATE session SET revoked_at = COALESCE(revoked_at, $2), refresh_hash = NULL
         WHERE subject_kind = 0 AND subject_id = $1",
        params![id, now.0],
    )?;
    for sql in [
        "DELETE FROM totp_backup_code WHERE subject_kind = 0 AND subject_id = $1",
        "DELETE FROM totp WHERE subject_kind = 0 AND subject_id = $1",
        "DELETE FROM password_reset WHERE subject_kind = 0 AND subject_id = $1",
    ] {
        tx.execute(sql, params![id])?;
    }
    for (account, _) in super::accounts::of_customer(tx, customer)? {
        let login = account.login.0;
        tx.execute(
            "UPDATE session SET revoked_at = COALESCE(revoked_at, $2), refresh_hash = NULL
             WHERE subject_kind = 2 AND subject_id = $1",
            params![login, now.0],
        )?;
        tx.execute(
            "UPDATE account SET enabled = 0, closed_at = COALESCE(closed_at, $2), temporary_password_hash = NULL,
                    password_hash = NULL
             WHERE login = $1",
            params![login, now.0],
        )?;
        tx.execute(
            "UPDATE audit SET note = '' WHERE subject_kind = 'account' AND subject_id = $1 AND note <> ''",
            params![login],
        )?;
    }
    Ok(())
}

/// Texts that people have typed about him, and what was kept to reach or to know him.
fn records(tx: &mut Tx<'_>, customer: CustomerId) -> Result<(), StoreError> {
    for sql in [
        "DELETE FROM kyc_event WHERE customer_id = $1",
        "UPDATE acceptance SET address = '' WHERE customer_id = $1",
        "UPDATE mail SET recipient = '', subject = '', body = '', last_error = '', due_at = NULL WHERE customer_id = $1",
        "UPDATE payment_transaction SET comment = '', payment_data = NULL WHERE customer_id = $1",
        "UPDATE purchase SET note = '' WHERE customer_id = $1",
        "UPDATE purchase_step SET detail = '' WHERE purchase_id IN (SELECT id FROM purchase WHERE customer_id = $1)",
        "UPDATE fee_claim SET reason = '' WHERE purchase_id IN (SELECT id FROM purchase WHERE customer_id = $1)",
        // The hash of a breach covers what was judged, not what was said of it.
        "UPDATE breach SET review_reason = '' WHERE review_reason <> '' AND challenge_id IN
            (SELECT challenge_id FROM purchase WHERE customer_id = $1 AND challenge_id IS NOT NULL)",
    ] {
        tx.execute(sql, params![customer.0])?;
    }
    // What a payout was refused for by itself are names of conditions.
    tx.execute(
        "UPDATE payout SET reason = '' WHERE customer_id = $1 AND state <> $2",
        params![customer.0, PayoutState::AutoRejected.code()],
    )?;
    Ok(())
}

/// Who did what and when stays; what was said, and what of himself was changed, goes.
fn audit(tx: &mut Tx<'_>, customer: CustomerId) -> Result<(), StoreError> {
    for sql in [
        "UPDATE audit SET before = NULL, after = NULL, note = '' WHERE subject_kind = 'customer' AND subject_id = $1",
        "UPDATE audit SET note = '' WHERE subject_kind = 'purchase' AND note <> ''
            AND subject_id IN (SELECT id FROM purchase WHERE customer_id = $1)",
        "UPDATE audit SET note = '' WHERE subject_kind = 'challenge' AND note <> ''
            AND subject_id IN (SELECT challenge_id FROM purchase WHERE customer_id = $1)",
        "UPDATE audit SET note = '' WHERE subject_kind = 'transaction' AND note <> ''
            AND subject_id IN (SELECT id FROM payment_transaction WHERE customer_id = $1)",
        "UPDATE audit SET note = '' WHERE subject_kind = 'payout' AND note <> ''
            AND subject_id IN (SELECT id FROM payout WHERE customer_id = $1)",
        "UPDATE audit SET note = '' WHERE subject_kind = 'breach' AND note <> '' AND subject_id IN
            (SELECT b.id FROM purchase p JOIN breach b ON b.challenge_id = p.challenge_id WHERE p.customer_id = $1)",
    ] {
        tx.execute(sql, params![customer.0])?;
    }
    Ok(())
}
