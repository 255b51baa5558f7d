//! Customers who were erased: nothing personal is left of them, and they can do nothing.

use super::Draft;

pub(super) const ALL: &[Draft] = &[
    Draft {
        name: "erasure.data",
        rule: "of an erased customer nothing personal is left, nor what people had said about him until then",
        sql: "
SELECT 'customer', l.id, 'nothing personal', l.what
FROM (
    SELECT c.id, 'himself' AS what FROM customer c WHERE c.erased_at IS NOT NULL
        AND (c.email <> 'erased-' || c.id OR c.first_name <> '' OR c.last_name <> '' OR c.phone <> ''
            OR c.country <> '' OR c.registration_source <> '' OR c.kyc <> 0 OR c.kyc_at IS NOT NULL OR c.kyc_provider <> ''
            OR c.last_login_at IS NOT NULL)
    UNION ALL SELECT c.id, 'an address' FROM customer c JOIN acceptance a ON a.customer_id = c.id
        WHERE c.erased_at IS NOT NULL AND a.address <> ''
    UNION ALL SELECT c.id, 'a message about his identity' FROM customer c JOIN kyc_event k ON k.customer_id = c.id
        WHERE c.erased_at IS NOT NULL
    UNION ALL SELECT c.id, 'a mail' FROM customer c JOIN mail m ON m.customer_id = c.id
        WHERE c.erased_at IS NOT NULL
            AND (m.recipient <> '' OR m.subject <> '' OR m.body <> '' OR m.last_error <> '' OR m.due_at IS NOT NULL)
    UNION ALL SELECT c.id, 'transaction ' || t.id FROM customer c JOIN payment_transaction t ON t.customer_id = c.id
        WHERE c.erased_at IS NOT NULL AND t.updated_at < c.erased_at AND (t.comment <> '' OR t.payment_data IS NOT NULL)
    UNION ALL SELECT c.id, 'purchase ' || p.id FROM customer c JOIN purchase p ON p.customer_id = c.id
        WHERE c.erased_at IS NOT NULL AND p.updated_at < c.erased_at AND p.note <> ''
    UNION ALL SELECT c.id, 'a step of purchase ' || p.id
        FROM customer c JOIN purchase p ON p.customer_id = c.id JOIN purchase_step s ON s.purchase_id = p.id
        WHERE c.erased_at IS NOT NULL AND s.at < c.erased_at AND s.detail <> ''
    UNION ALL SELECT c.id, 'claim ' || f.id FROM customer c JOIN fee_claim f ON f.customer_id = c.id
        WHERE c.erased_at IS NOT NULL AND f.made_at < c.erased_at AND f.reason <> ''
    UNION ALL SELECT c.id, 'payout ' || o.id FROM customer c JOIN payout o ON o.customer_id = c.id
        WHERE c.erased_at IS NOT NULL AND o.updated_at < c.erased_at AND o.state <> {payout.auto_rejected} AND o.reason <> ''
    UNION ALL SELECT c.id, 'the review of breach ' || b.id FROM customer c JOIN breach b ON b.customer_id = c.id
        WHERE c.erased_at IS NOT NULL AND b.reviewed_at < c.erased_at AND b.review_reason <> ''
    UNION ALL SELECT c.id, 'row ' || a.id || ' of the audit' FROM customer c
        JOIN audit a ON a.subject_kind = 'customer' AND a.subject_id = c.id
        WHERE c.erased_at IS NOT NULL AND a.at < c.erased_at AND (a.before IS NOT NULL OR a.after IS NOT NULL OR a.note <> '')
    UNION ALL SELECT c.id, 'row ' || a.id || ' of the audit' FROM customer c JOIN purchase p ON p.customer_id = c.id
        JOIN audit a ON a.subject_kind = 'purchase' AND a.subject_id = p.id
        WHERE c.erased_at IS NOT NULL AND a.at < c.erased_at AND a.note <> ''
    UNION ALL SELECT c.id, 'row ' || a.id || ' of the audit' FROM customer c
        JOIN payment_transaction t ON t.customer_id = c.id
        JOIN audit a ON a.subject_kind = 'transaction' AND a.subject_id = t.id
        WHERE c.erased_at IS NOT NULL AND a.at < c.erased_at AND a.note <> ''
    UNION ALL SELECT c.id, 'row ' || a.id || ' of the audit' FROM customer c JOIN payout o ON o.customer_id = c.id
        JOIN audit a ON a.subject_kind = 'payout' AND a.subject_id = o.id
        WHERE c.erased_at IS NOT NULL AND a.at < c.erased_at AND a.note <> ''
    UNION ALL SELECT c.id, 'row ' || a.id || ' of the audit' FROM customer c JOIN breach b ON b.customer_id = c.id
        JOIN audit a ON a.subject_kind = 'breach' AND a.subject_id = b.id
        WHERE c.erased_at IS NOT NULL AND a.at < c.erased_at AND a.note <> ''
    UNION ALL SELECT c.id, 'row ' || a.id || ' of the audit' FROM customer c JOIN account n ON n.customer_id = c.id
        JOIN audit a ON a.subject_kind = 'account' AND a.subject_id = n.login
        WHERE c.erased_at IS NOT NULL AND a.at < c.erased_at AND a.note <> '') l",
    },
    Draft {
        name: "erasure.access",
        rule: "an erased customer has no way in, no account that is open and no money in one, and nothing of his runs",
        sql: "
SELECT 'customer', l.id, 'no way in, nothing open', l.what
FROM (
    SELECT c.id, 'he is enabled, or has a password' AS what FROM customer c
        WHERE c.erased_at IS NOT NULL AND (c.enabled <> 0 OR c.password_hash IS NOT NULL)
    UNION ALL SELECT c.id, 'account ' || a.login FROM customer c JOIN account a ON a.customer_id = c.id
        WHERE c.erased_at IS NOT NULL AND (a.enabled <> 0 OR a.closed_at IS NULL
            OR a.password_hash IS NOT NULL OR a.temporary_password_hash IS NOT NULL)
    UNION ALL SELECT c.id, 'session ' || s.id FROM customer c
        JOIN session s ON s.subject_kind = 0 AND s.subject_id = c.id
        WHERE c.erased_at IS NOT NULL AND (s.revoked_at IS NULL OR s.refresh_hash IS NOT NULL)
    UNION ALL SELECT c.id, 'a session of account ' || a.login FROM customer c JOIN account a ON a.customer_id = c.id
        JOIN session s ON s.subject_kind = 2 AND s.subject_id = a.login
        WHERE c.erased_at IS NOT NULL AND s.revoked_at IS NULL
    UNION ALL SELECT c.id, 'a second factor' FROM customer c JOIN totp t ON t.subject_kind = 0 AND t.subject_id = c.id
        WHERE c.erased_at IS NOT NULL
    UNION ALL SELECT c.id, 'a spare code' FROM customer c
        JOIN totp_backup_code t ON t.subject_kind = 0 AND t.subject_id = c.id
        WHERE c.erased_at IS NOT NULL
    UNION ALL SELECT c.id, 'a token for another password' FROM customer c
        JOIN password_reset r ON r.subject_kind = 0 AND r.subject_id = c.id
        WHERE c.erased_at IS NOT NULL
    UNION ALL SELECT c.id, 'challenge ' || h.id FROM customer c JOIN challenge h ON h.customer_id = c.id
        WHERE c.erased_at IS NOT NULL AND h.state = {challenge.active}
    UNION ALL SELECT c.id, 'money in account ' || a.login FROM customer c JOIN account a ON a.customer_id = c.id
        JOIN account_group g ON g.id = a.group_id
        WHERE c.erased_at IS NOT NULL AND a.kind = 0 AND g.mode = {real}
            AND (a.balance_minor <> 0 OR a.held_minor <> 0)) l",
    },
];
