//! Events without a gap, and counters that are ahead of what they gave out.

use super::Draft;

pub(super) const ALL: &[Draft] = &[
    Draft {
        name: "event.numbers",
        rule: "events are numbered 1, 2, 3 ... without a gap",
        sql: "
SELECT 'event', e.id, 'number ' || (e.seq - 1) || ' before it', 'number ' || e.seq
FROM event e LEFT JOIN event b ON b.seq = e.seq - 1
WHERE e.seq IS NOT NULL AND e.seq <> 1 AND b.seq IS NULL",
    },
    Draft {
        name: "counter.ahead",
        rule: "a counter's next number is above every number that is in use",
        sql: "
SELECT s.name, s.used, 'a next number above ' || s.used, 'next ' || COALESCE(c.next, 1)
FROM (
    SELECT 'brand' AS name, MAX(id) AS used FROM brand
    UNION ALL SELECT 'staff', MAX(id) FROM staff
    UNION ALL SELECT 'customer', MAX(id) FROM customer
    UNION ALL SELECT 'session', MAX(id) FROM session
    UNION ALL SELECT 'account_group', MAX(id) FROM account_group
    UNION ALL SELECT 'login', MAX(login) FROM account
    UNION ALL SELECT 'program', MAX(id) FROM program
    UNION ALL SELECT 'program_version', MAX(id) FROM program_version
    UNION ALL SELECT 'purchase', MAX(id) FROM purchase
    UNION ALL SELECT 'purchase_step', MAX(id) FROM purchase_step
    UNION ALL SELECT 'challenge', MAX(id) FROM challenge
    UNION ALL SELECT 'phase', MAX(id) FROM phase
    UNION ALL SELECT 'order', MAX(order_no) FROM entry
    UNION ALL SELECT 'transaction', MAX(id) FROM payment_transaction
    UNION ALL SELECT 'breach', MAX(id) FROM breach
    UNION ALL SELECT 'payout', MAX(id) FROM payout
    UNION ALL SELECT 'fee_claim', MAX(id) FROM fee_claim
    UNION ALL SELECT 'audit', MAX(id) FROM audit
    UNION ALL SELECT 'webhook', MAX(id) FROM webhook_endpoint
    UNION ALL SELECT 'webhook_delivery', MAX(id) FROM webhook_delivery
    UNION ALL SELECT 'mail', MAX(id) FROM mail) s
LEFT JOIN counter c ON c.name = s.name
WHERE s.used IS NOT NULL AND s.used >= COALESCE(c.next, 1)",
    },
];
