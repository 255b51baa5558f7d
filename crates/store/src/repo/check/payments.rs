//! Transactions: what came in, what became of it, and the purchases that are paid through them.

use super::Draft;

pub(super) const ALL: &[Draft] = &[
    Draft {
        name: "purchase.payment",
        rule: "an enrolment, grant or reset is paid through its own fee over its price, and nothing else is",
        sql: "
SELECT 'purchase', p.id,
    CASE WHEN p.funding = {funding.wallet} THEN 'no transaction'
         WHEN p.adds_to IS NOT NULL THEN 'its add-on fee of '
             || p.price_minor || ' ' || p.currency || ' of customer ' || p.customer_id
         WHEN p.funding = {funding.reset} THEN 'its reset fee of '
             || p.price_minor || ' ' || p.currency || ' of customer ' || p.customer_id
         ELSE 'its challenge fee of ' || p.price_minor || ' ' || p.currency || ' of customer ' || p.customer_id END,
    COALESCE('transaction ' || t.id || ' of kind ' || t.kind || ' over ' || t.amount_minor || ' ' || t.currency
        || ' of customer ' || t.customer_id || ' for purchase ' || COALESCE(CAST(t.purchase_id AS TEXT), 'none'),
        'no transaction ' || COALESCE(CAST(p.transaction_id AS TEXT), ''))
FROM purchase p LEFT JOIN payment_transaction t ON t.id = p.transaction_id
WHERE (p.funding = {funding.wallet} AND p.transaction_id IS NOT NULL)
    OR (p.funding <> {funding.wallet}
        AND (t.id IS NULL OR t.kind <> CASE WHEN p.adds_to IS NOT NULL THEN {kind.CHALLENGE_ADDON_FEE}
                WHEN p.funding = {funding.reset} THEN {kind.CHALLENGE_RESET_FEE}
                ELSE {kind.CHALLENGE_FEE} END
            OR t.amount_minor <> p.price_minor
            OR t.currency <> p.currency OR t.customer_id <> p.customer_id OR t.brand_id <> p.brand_id
            OR COALESCE(t.purchase_id, 0) <> p.id))",
    },
    Draft {
        name: "purchase.payment_state",
        rule: "an enrolment, grant or reset waits while its fee is open, is delivered when it was approved, and ends with it",
        sql: "
SELECT 'purchase', p.id,
    CASE WHEN p.state = {purchase.awaiting_payment} THEN 'an open fee'
         WHEN p.state = {purchase.abandoned} THEN 'a declined fee'
         WHEN p.state IN ({purchase.refund_due}, {purchase.refunded}) THEN 'a fee that was decided'
         ELSE 'an approved fee' END,
    'purchase in state ' || p.state || ', transaction ' || t.id || ' in state ' || t.state
FROM purchase p JOIN payment_transaction t ON t.id = p.transaction_id
WHERE p.funding <> {funding.wallet}
    AND CASE WHEN p.state = {purchase.awaiting_payment}
                THEN CASE WHEN t.state IN ({transaction.PENDING}, {transaction.UNDERPAID}) THEN 0 ELSE 1 END
             WHEN p.state = {purchase.abandoned}
                THEN CASE WHEN t.state = {transaction.DECLINED} THEN 0 ELSE 1 END
             WHEN p.state IN ({purchase.refund_due}, {purchase.refunded})
                THEN CASE WHEN t.state IN ({transaction.APPROVED}, {transaction.OVERPAID}, {transaction.DECLINED})
                    THEN 0 ELSE 1 END
             ELSE CASE WHEN t.state IN ({transaction.APPROVED}, {transaction.OVERPAID}) THEN 0 ELSE 1 END END = 1",
    },
    Draft {
        name: "purchase.cashier_fee",
        rule: "the fee of an enrolment, grant or reset is earned once, whole unless staff waived a part, and not kept when it is not delivered",
        sql: "
SELECT 'purchase', b.id,
    CASE WHEN b.owed = 0 THEN 'nothing earned'
         WHEN b.owed = 1 THEN 'earned once: ' || b.price_minor
         ELSE 'earned and owed again, or never earned' END,
    'earned ' || b.earned || ' in ' || b.earnings || ' entries, owed again ' || b.back || ' in ' || b.backs
FROM (
    SELECT p.id, p.price_minor,
        CASE WHEN p.funding = {funding.wallet} OR p.price_minor = 0
                OR p.state IN ({purchase.awaiting_payment}, {purchase.abandoned}) THEN 0
             WHEN p.state IN ({purchase.refund_due}, {purchase.refunded}) THEN 2 ELSE 1 END AS owed,
        CASE WHEN t.state = {transaction.APPROVED} AND t.approved_by IS NOT NULL THEN 1 ELSE 0 END AS by_staff,
        COALESCE(s.earned, 0) AS earned, COALESCE(s.earnings, 0) AS earnings,
        COALESCE(s.back, 0) AS back, COALESCE(s.backs, 0) AS backs
    FROM purchase p
    LEFT JOIN payment_transaction t ON t.id = p.transaction_id
    LEFT JOIN (
        SELECT e.purchase_id,
            CAST(SUM(CASE WHEN {earns} THEN e.amount_minor ELSE 0 END) AS BIGINT) AS earned,
            SUM(CASE WHEN {earns} THEN 1 ELSE 0 END) AS earnings,
            CAST(SUM(CASE WHEN {earns} THEN 0 ELSE e.amount_minor END) AS BIGINT) AS back,
            SUM(CASE WHEN {earns} THEN 0 ELSE 1 END) AS backs
        FROM entry e
        WHERE e.operation IN ({operation.cashier_fee}, {operation.reset_fee}, {operation.cashier_fee_refund_due},
            {operation.reset_fee_refund_due})
        GROUP BY e.purchase_id) s ON s.purchase_id = p.id) b
WHERE (b.owed = 0 AND b.earnings + b.backs > 0)
    OR (b.owed = 1 AND (b.earnings <> 1 OR b.backs <> 0 OR b.earned > b.price_minor
        OR (b.earned < b.price_minor AND b.by_staff = 0)))
    OR (b.owed = 2 AND (b.earnings > 1 OR b.backs <> b.earnings OR b.earned <> b.back))",
    },
    Draft {
        name: "transaction.owner",
        rule: "a transaction's customer and account are of its brand, and the account is the customer's",
        sql: "
SELECT 'transaction', t.id, 'customer ' || t.customer_id || ' of brand ' || t.brand_id,
    'customer of brand ' || COALESCE(CAST(c.brand_id AS TEXT), 'none')
        || CASE WHEN t.login IS NULL THEN ''
                ELSE ', account ' || t.login || ' of customer ' || COALESCE(CAST(a.customer_id AS TEXT), 'none') END
FROM payment_transaction t
LEFT JOIN customer c ON c.id = t.customer_id
LEFT JOIN account a ON a.login = t.login
WHERE c.id IS NULL OR c.brand_id <> t.brand_id
    OR (t.login IS NOT NULL
        AND (a.login IS NULL OR a.customer_id <> t.customer_id OR a.brand_id <> t.brand_id))
    OR (t.login IS NULL AND t.kind IN ({kind.DEPOSIT}, {kind.WITHDRAWAL}, {kind.manual}))",
    },
    Draft {
        name: "transaction.account",
        rule: "a deposit, withdrawal or what staff did by hand is on a personal account in its currency, never on a challenge account",
        sql: "
SELECT 'transaction', t.id, 'a personal account in ' || t.currency,
    'account ' || a.login || ' in ' || a.currency
        || CASE WHEN a.kind = {challenge_account} THEN ', of a challenge' ELSE '' END
FROM payment_transaction t JOIN account a ON a.login = t.login
WHERE t.kind IN ({kind.DEPOSIT}, {kind.WITHDRAWAL}, {kind.manual})
    AND (a.kind <> {personal_account} OR a.currency <> t.currency)",
    },
    Draft {
        name: "transaction.purchase",
        rule: "the fee of a challenge or a reset belongs to one purchase, which names it",
        sql: "
SELECT 'transaction', t.id, 'a purchase that is paid through it',
    'purchase ' || COALESCE(CAST(t.purchase_id AS TEXT), 'none') || ', which names transaction '
        || COALESCE(CAST(p.transaction_id AS TEXT), 'none')
FROM payment_transaction t LEFT JOIN purchase p ON p.id = t.purchase_id
WHERE t.kind IN ({kind.fees}) AND (p.id IS NULL OR COALESCE(p.transaction_id, 0) <> t.id)",
    },
    Draft {
        name: "transaction.related",
        rule: "a refund gives back what came in for another transaction of the same customer, a chargeback takes back a fee, and what undoes something is its mirror",
        sql: "
SELECT 'transaction', t.id,
    CASE WHEN t.kind IN ({kind.refunds}) THEN 'a payment of customer ' || t.customer_id
         WHEN t.kind = {kind.CHARGEBACK} THEN 'a fee of customer ' || t.customer_id
         WHEN t.kind = {kind.CHARGEBACK_REVERSAL} THEN 'a chargeback of ' || t.amount_minor || ' ' || t.currency
         WHEN t.kind IN ({kind.manual}) THEN 'none, or one over ' || t.amount_minor || ' on its account'
         ELSE 'no related transaction' END,
    COALESCE('transaction ' || r.id || ' of kind ' || r.kind || ' of customer ' || r.customer_id,
        'no transaction ' || COALESCE(CAST(t.related_id AS TEXT), ''))
FROM payment_transaction t LEFT JOIN payment_transaction r ON r.id = t.related_id
WHERE (t.kind IN ({kind.refunds})
        AND (r.id IS NULL OR r.customer_id <> t.customer_id OR r.kind NOT IN ({kind.payable})))
    OR (t.kind = {kind.CHARGEBACK}
        AND (r.id IS NULL OR r.customer_id <> t.customer_id OR r.kind NOT IN ({kind.fees}) OR r.currency <> t.currency))
    OR (t.kind = {kind.CHARGEBACK_REVERSAL}
        AND (r.id IS NULL OR r.customer_id <> t.customer_id OR r.kind <> {kind.CHARGEBACK}
            OR r.amount_minor <> t.amount_minor OR r.currency <> t.currency))
    OR (t.kind IN ({kind.manual}) AND t.related_id IS NOT NULL
        AND (r.id IS NULL OR COALESCE(r.login, 0) <> COALESCE(t.login, 0) OR r.kind NOT IN ({kind.manual}) OR r.kind = t.kind
            OR r.amount_minor <> t.amount_minor OR r.currency <> t.currency OR r.state <> {transaction.APPROVED}))
    OR (t.kind NOT IN ({kind.refunds}, {kind.CHARGEBACK}, {kind.CHARGEBACK_REVERSAL}, {kind.manual})
        AND t.related_id IS NOT NULL)",
    },
    Draft {
        name: "transaction.state",
        rule: "a transaction's state fits to what came in, and to the times of its end",
        sql: "
SELECT 'transaction', t.id,
    CASE WHEN t.state = {transaction.PENDING} THEN 'open, nothing received'
         WHEN t.state = {transaction.UNDERPAID} THEN 'open, less received than ' || t.amount_minor
         WHEN t.state = {transaction.OVERPAID} THEN 'approved, more received than ' || t.amount_minor
         WHEN t.state = {transaction.APPROVED} THEN 'approved'
         WHEN t.state = {transaction.DECLINED} THEN 'declined'
         ELSE 'a known state' END
        || CASE WHEN t.kind IN ({kind.payable}) THEN '' ELSE ', nothing received' END,
    'state ' || t.state || ', received ' || t.received_minor
        || CASE WHEN t.approved_at IS NULL THEN '' ELSE ', approved' END
        || CASE WHEN t.declined_at IS NULL THEN '' ELSE ', declined' END
FROM payment_transaction t
WHERE (t.approved_at IS NOT NULL) <> (t.state IN ({transaction.APPROVED}, {transaction.OVERPAID}))
    OR (t.declined_at IS NOT NULL) <> (t.state = {transaction.DECLINED})
    OR t.state NOT IN ({transaction.PENDING}, {transaction.UNDERPAID}, {transaction.OVERPAID},
        {transaction.APPROVED}, {transaction.DECLINED})
    OR (t.state = {transaction.PENDING} AND t.received_minor <> 0)
    OR (t.state = {transaction.UNDERPAID} AND (t.received_minor <= 0 OR t.received_minor >= t.amount_minor))
    OR (t.state = {transaction.OVERPAID} AND t.received_minor <= t.amount_minor)
    OR (t.kind NOT IN ({kind.payable}) AND t.received_minor <> 0)",
    },
    Draft {
        name: "transaction.received",
        rule: "what came in for a transaction is what cashiers told of it, and what the ledger received",
        sql: "
SELECT 'transaction', t.id,
    'received ' || t.received_minor || CASE WHEN t.approved_by IS NULL THEN '' ELSE ', or staff vouched for all' END,
    'cashiers told of ' || COALESCE(m.minor, 0) || ', entries over ' || COALESCE(s.minor, 0)
FROM payment_transaction t
LEFT JOIN (
    SELECT v.transaction_id, v.currency, CAST(SUM(v.amount_minor) AS BIGINT) AS minor
    FROM payment_event v WHERE v.kind = 'received' GROUP BY v.transaction_id, v.currency) m
    ON m.transaction_id = t.id AND m.currency = t.currency
LEFT JOIN (
    SELECT e.transaction_id, e.currency, CAST(SUM(e.amount_minor) AS BIGINT) AS minor
    FROM entry e WHERE e.operation = {operation.cashier_received} GROUP BY e.transaction_id, e.currency) s
    ON s.transaction_id = t.id AND s.currency = t.currency
WHERE t.received_minor <> COALESCE(m.minor, 0)
    OR NOT (COALESCE(s.minor, 0) = t.received_minor
        OR (t.state IN ({transaction.APPROVED}, {transaction.DECLINED}) AND t.approved_by IS NOT NULL
            AND COALESCE(s.minor, 0) = t.received_minor + t.amount_minor))",
    },
    Draft {
        name: "transaction.order",
        rule: "an approved deposit, withdrawal, refund, chargeback or what staff did by hand is exactly one entry over its amount, and an open or declined one none",
        sql: "
SELECT 'transaction', t.id,
    CASE WHEN t.state IN ({transaction.APPROVED}, {transaction.OVERPAID})
        THEN 'one entry over ' || t.amount_minor || ', its order' ELSE 'no entry' END,
    COALESCE(s.entries, 0) || ' entries over ' || COALESCE(s.minor, 0) || ' from order '
        || COALESCE(CAST(s.order_no AS TEXT), 'none') || ', its order '
        || COALESCE(CAST(t.order_no AS TEXT), 'none')
FROM payment_transaction t LEFT JOIN (
    SELECT e.transaction_id, COUNT(*) AS entries, MIN(e.order_no) AS order_no,
        MIN(e.operation) AS operation, CAST(SUM(e.amount_minor) AS BIGINT) AS minor
    FROM entry e
    WHERE e.operation IN ({operation.deposit}, {operation.withdrawal}, {operation.cashier_refund_paid},
        {operation.payout_paid}, {operation.payout_fee_refund_paid}, {operation.fee_chargeback},
        {operation.fee_chargeback_reversed}, {operation.manual_credit}, {operation.manual_debit})
    GROUP BY e.transaction_id) s ON s.transaction_id = t.id
WHERE (t.kind IN ({kind.fees}) AND s.transaction_id IS NOT NULL)
    OR (t.kind NOT IN ({kind.fees}) AND t.state NOT IN ({transaction.APPROVED}, {transaction.OVERPAID})
        AND (s.transaction_id IS NOT NULL OR t.order_no IS NOT NULL))
    OR (t.kind NOT IN ({kind.fees}) AND t.state IN ({transaction.APPROVED}, {transaction.OVERPAID})
        AND (COALESCE(s.entries, 0) <> 1 OR COALESCE(t.order_no, 0) <> s.order_no OR s.minor > t.amount_minor
            OR (s.minor < t.amount_minor AND NOT (t.kind = {kind.DEPOSIT} AND t.approved_by IS NOT NULL))
            OR s.operation <> CASE WHEN t.kind = {kind.DEPOSIT} THEN {operation.deposit}
                WHEN t.kind = {kind.WITHDRAWAL} THEN {operation.withdrawal}
                WHEN t.kind = {kind.CHALLENGE_PAYOUT} THEN {operation.payout_paid}
                WHEN t.kind = {kind.PAYOUT_FEE_REFUND} THEN {operation.payout_fee_refund_paid}
                WHEN t.kind = {kind.CHARGEBACK} THEN {operation.fee_chargeback}
                WHEN t.kind = {kind.CHARGEBACK_REVERSAL} THEN {operation.fee_chargeback_reversed}
                WHEN t.kind = {kind.CORRECTION_IN} THEN {operation.manual_credit}
                WHEN t.kind = {kind.CORRECTION_OUT} THEN {operation.manual_debit}
                ELSE {operation.cashier_refund_paid} END))",
    },
    Draft {
        name: "house.customer_money",
        rule: "of each payment the house holds what came in while it is open, and what has to go back",
        sql: "
SELECT 'transaction', s.family, CAST(SUM(s.wanted) AS BIGINT) || ' ' || s.currency,
    CAST(SUM(s.found) AS BIGINT) || ' ' || s.currency
FROM (
    SELECT COALESCE(t.related_id, t.id, 0) AS family, e.currency, e.amount_minor AS found, 0 AS wanted
    FROM entry e LEFT JOIN payment_transaction t ON t.id = e.transaction_id
    WHERE e.to_account = {house.customer_money}
    UNION ALL
    SELECT COALESCE(t.related_id, t.id, 0), e.currency, -e.amount_minor, 0
    FROM entry e LEFT JOIN payment_transaction t ON t.id = e.transaction_id
    WHERE e.from_account = {house.customer_money}
    UNION ALL
    SELECT t.id, t.currency, 0, t.received_minor FROM payment_transaction t
    WHERE t.kind IN ({kind.payable}) AND t.state IN ({transaction.PENDING}, {transaction.UNDERPAID})
    UNION ALL
    SELECT COALESCE(t.related_id, t.id), t.currency, 0, t.amount_minor FROM payment_transaction t
    WHERE t.kind IN ({kind.refunds}) AND t.state = {transaction.PENDING}) s
GROUP BY s.family, s.currency HAVING SUM(s.found) <> SUM(s.wanted)",
    },
    Draft {
        name: "transaction.fee_order",
        rule: "a settled fee names its purchase's fee order, and no other fee an order",
        sql: "
SELECT 'transaction', t.id,
    CASE WHEN t.state IN ({transaction.APPROVED}, {transaction.OVERPAID})
        THEN 'order ' || COALESCE(CAST(p.fee_order AS TEXT), 'none') ELSE 'no order' END,
    'order ' || COALESCE(CAST(t.order_no AS TEXT), 'none')
FROM payment_transaction t LEFT JOIN purchase p ON p.id = t.purchase_id
WHERE t.kind IN ({kind.fees}) AND COALESCE(t.order_no, 0) <>
    CASE WHEN t.state IN ({transaction.APPROVED}, {transaction.OVERPAID}) THEN COALESCE(p.fee_order, 0) ELSE 0 END",
    },
];
