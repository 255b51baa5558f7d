//! Fees that went away again: each once, by its own entries, and with what that means for the challenge.

use super::Draft;

pub(super) const ALL: &[Draft] = &[
    Draft {
        name: "claim.entries",
        rule: "a refund or chargeback is of its purchase's fee, an entry over its amount, and one in return when it was reversed",
        sql: "
SELECT 'fee_claim', c.id,
    CASE WHEN c.kind = {claim.refund} THEN 'a refund' ELSE 'a chargeback' END || ' of ' || c.amount_minor || ' ' || c.currency
        || ' of purchase ' || c.purchase_id || CASE WHEN c.reversed_at IS NULL THEN '' ELSE ', and its reversal' END,
    COALESCE('order ' || e.order_no || ': ' || e.operation || ' of ' || e.amount_minor || ' ' || e.currency || ' of purchase '
        || COALESCE(CAST(e.purchase_id AS TEXT), 'none'), 'no order ' || c.order_no)
        || COALESCE(', order ' || r.order_no || ': ' || r.operation || ' of ' || r.amount_minor, '')
FROM fee_claim c
LEFT JOIN purchase p ON p.id = c.purchase_id
LEFT JOIN entry f ON f.order_no = p.fee_order
LEFT JOIN entry e ON e.order_no = c.order_no
LEFT JOIN entry r ON r.order_no = c.reversal_order
WHERE p.id IS NULL OR p.customer_id <> c.customer_id OR p.brand_id <> c.brand_id
    OR COALESCE(p.resets, p.adds_to, p.challenge_id, 0) <> c.challenge_id
    OR f.order_no IS NULL
    OR c.amount_minor > CASE WHEN p.paid_minor IS NULL THEN f.amount_minor ELSE p.price_minor END
    OR (c.kind = {claim.chargeback} AND c.amount_minor <> f.amount_minor)
    OR e.order_no IS NULL OR COALESCE(e.purchase_id, 0) <> c.purchase_id OR e.amount_minor <> c.amount_minor
    OR e.currency <> c.currency
    OR e.operation <> CASE WHEN c.kind = {claim.chargeback} THEN {operation.fee_chargeback}
        WHEN p.paid_minor IS NOT NULL THEN {operation.challenge_fee_exchanged_refund}
        WHEN p.funding = {funding.wallet} THEN {operation.challenge_fee_refund} ELSE {operation.fee_return_due} END
    OR (c.reversed_at IS NULL) <> (c.reversal_order IS NULL) OR (c.reversed_at IS NULL) <> (c.reversal IS NULL)
    OR (c.reversed_at IS NOT NULL
        AND (c.kind <> {claim.chargeback} OR r.order_no IS NULL OR r.operation <> {operation.fee_chargeback_reversed}
            OR r.amount_minor <> c.amount_minor OR r.currency <> c.currency
            OR COALESCE(r.purchase_id, 0) <> c.purchase_id))",
    },
    Draft {
        name: "claim.linked",
        rule: "a fee that went away again, and one that came back, belong to a refund or a chargeback",
        sql: "
SELECT 'order', e.order_no, 'a refund or chargeback', e.operation || ' of ' || e.amount_minor || ' ' || e.currency
FROM entry e
LEFT JOIN fee_claim c ON c.order_no = e.order_no
LEFT JOIN fee_claim r ON r.reversal_order = e.order_no
WHERE e.operation IN ({operation.challenge_fee_refund}, {operation.challenge_fee_exchanged_refund}, {operation.fee_return_due}, {operation.fee_chargeback},
        {operation.fee_chargeback_reversed})
    AND c.id IS NULL AND r.id IS NULL",
    },
    Draft {
        name: "claim.challenge",
        rule: "a challenge whose fee went away for good is over, and its accounts are closed",
        sql: "
SELECT 'challenge', b.id, 'cancelled, no open account', 'state ' || b.state || ', ' || b.open || ' open accounts'
FROM (
    SELECT h.id, h.state, (
        SELECT COUNT(*) FROM phase f JOIN account a ON a.login = f.account_login
        WHERE f.challenge_id = h.id AND a.closed_at IS NULL) AS open
    FROM challenge h
    WHERE h.id IN (SELECT c.challenge_id FROM fee_claim c WHERE c.effect = {effect.end})) b
WHERE b.state <> {challenge.cancelled} OR b.open <> 0",
    },
    Draft {
        name: "purchase.fee_state",
        rule: "what has become of a purchase's fee is what its refund or chargeback says",
        sql: "
SELECT 'purchase', b.id, 'fee state ' || b.wanted, 'fee state ' || b.fee_state || ', state ' || b.state
FROM (
    SELECT p.id, p.state, p.fee_state,
        CASE WHEN c.id IS NULL THEN {fee.earned} WHEN c.kind = {claim.chargeback} THEN {fee.charged_back}
             WHEN t.state = {transaction.PENDING} THEN {fee.refund_due} ELSE {fee.refunded} END AS wanted
    FROM purchase p
    LEFT JOIN fee_claim c ON c.purchase_id = p.id AND c.reversed_at IS NULL
    LEFT JOIN payment_transaction t ON t.id = c.transaction_id
    WHERE p.fee_state <> {fee.earned} OR c.id IS NOT NULL) b
WHERE b.fee_state <> b.wanted OR b.state <> {purchase.active}",
    },
];
