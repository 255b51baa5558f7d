//! What the desk keeps: how phases ended and by which breach, deals and orders, and numbers without a gap.

use super::Draft;

pub(super) const ALL: &[Draft] = &[
    Draft {
        name: "phase.final",
        rule: "a phase that was passed, has failed or was called off has its end and its last balance and equity, one that runs has none",
        sql: "
SELECT 'phase', f.id,
    CASE WHEN f.state IN ({challenge.passed}, {challenge.failed}, {challenge.cancelled}) THEN 'an end after its start, a last balance and equity'
         ELSE 'no end, no last balance and equity' END,
    'state ' || f.state || ', started at ' || f.started_at || ', ended at ' || COALESCE(CAST(f.ended_at AS TEXT), 'none')
        || ', balance ' || COALESCE(CAST(f.final_balance_minor AS TEXT), 'none')
        || ', equity ' || COALESCE(CAST(f.final_equity_minor AS TEXT), 'none')
FROM phase f
WHERE (f.state IN ({challenge.passed}, {challenge.failed}, {challenge.cancelled})
        AND (f.ended_at IS NULL OR f.ended_at < f.started_at
            OR f.final_balance_minor IS NULL OR f.final_equity_minor IS NULL))
    OR (f.state = {challenge.active}
        AND (f.ended_at IS NOT NULL OR f.final_balance_minor IS NOT NULL OR f.final_equity_minor IS NOT NULL))",
    },
    Draft {
        name: "breach.phase",
        rule: "a phase has failed by exactly one breach that was not reverted, and no other phase has one",
        sql: "
SELECT 'phase', f.id, CASE WHEN f.state = {challenge.failed} THEN '1' ELSE '0' END || ' in state ' || f.state,
    CAST(COALESCE(b.number, 0) AS TEXT)
FROM phase f LEFT JOIN (
    SELECT phase_id, COUNT(*) AS number FROM breach
    WHERE severity = {severity.terminal} AND review <> {review.reverted} GROUP BY phase_id) b ON b.phase_id = f.id
WHERE COALESCE(b.number, 0) <> CASE WHEN f.state = {challenge.failed} THEN 1 ELSE 0 END",
    },
    Draft {
        name: "breach.owner",
        rule: "a breach is of a phase, on its account, and of its challenge's customer and brand",
        sql: "
SELECT 'breach', b.id,
    COALESCE('account ' || f.account_login || ', customer ' || c.customer_id || ', brand ' || c.brand_id,
        'a phase ' || b.phase_id || ' of challenge ' || b.challenge_id),
    'account ' || b.login || ', customer ' || b.customer_id || ', brand ' || b.brand_id
FROM breach b
LEFT JOIN phase f ON f.challenge_id = b.challenge_id AND f.id = b.phase_id
LEFT JOIN challenge c ON c.id = f.challenge_id
WHERE c.id IS NULL OR f.account_login <> b.login OR c.customer_id <> b.customer_id OR c.brand_id <> b.brand_id",
    },
    Draft {
        name: "breach.review",
        rule: "a breach that was reviewed says by whom and when, and one that was not does not",
        sql: "
SELECT 'breach', b.id,
    CASE WHEN b.review = {review.pending} THEN 'nobody, never'
         WHEN b.review IN ({review.confirmed}, {review.reverted}) THEN 'somebody at some time'
         ELSE 'a known review' END || ', a known severity',
    'review ' || b.review || ' by ' || COALESCE(CAST(b.reviewed_by AS TEXT), 'nobody') || ' at '
        || COALESCE(CAST(b.reviewed_at AS TEXT), 'no time') || ', severity ' || b.severity
FROM breach b
WHERE b.review NOT IN ({review.pending}, {review.confirmed}, {review.reverted})
    OR b.severity NOT IN ({severity.warning}, {severity.terminal})
    OR (b.review = {review.pending}) <> (b.reviewed_by IS NULL)
    OR (b.review = {review.pending}) <> (b.reviewed_at IS NULL)",
    },
    Draft {
        name: "deal.account",
        rule: "deals are of a challenge account that the desk has saved, and of its brand",
        sql: "
SELECT 'account', d.login, COALESCE('a saved challenge account of brand ' || a.brand_id, 'an account'),
    'kind ' || COALESCE(CAST(a.kind AS TEXT), 'none') || ', brands ' || d.lowest || ' to ' || d.highest
        || CASE WHEN s.login IS NULL THEN ', not saved' ELSE '' END
FROM (SELECT login, MIN(brand_id) AS lowest, MAX(brand_id) AS highest FROM deal GROUP BY login) d
LEFT JOIN account a ON a.login = d.login
LEFT JOIN desk_account s ON s.login = d.login
WHERE a.login IS NULL OR s.login IS NULL OR a.kind <> {challenge_account}
    OR d.lowest <> a.brand_id OR d.highest <> a.brand_id",
    },
    Draft {
        name: "deal.order",
        rule: "a deal that an order asked for names one of its account, and an order that was filled has a deal",
        sql: "
SELECT 'deal', d.id, 'an order ' || d.order_id || ' of account ' || d.login, 'none'
FROM deal d LEFT JOIN trade_order o ON o.login = d.login AND o.id = d.order_id
WHERE d.order_id IS NOT NULL AND o.id IS NULL
UNION ALL
SELECT 'order', o.id, 'a deal on account ' || o.login, 'none'
FROM trade_order o
LEFT JOIN (SELECT DISTINCT login, order_id FROM deal WHERE order_id IS NOT NULL) d
    ON d.login = o.login AND d.order_id = o.id
WHERE o.state = 'filled' AND d.order_id IS NULL",
    },
    Draft {
        name: "desk.events",
        rule: "the events that an account was judged with are numbered 1, 2, 3 ... up to the last that the desk has saved",
        sql: "
SELECT 'account', e.login, '1 to ' || COALESCE(s.last_event_no, 0),
    e.number || ' from ' || e.first || ' to ' || e.last
FROM (SELECT login, COUNT(*) AS number, MIN(no) AS first, MAX(no) AS last FROM account_event GROUP BY login) e
LEFT JOIN desk_account s ON s.login = e.login
WHERE e.number <> COALESCE(s.last_event_no, 0) OR e.first <> 1 OR e.last <> e.number
UNION ALL
SELECT 'account', s.login, '1 to ' || s.last_event_no, 'none'
FROM desk_account s
WHERE s.last_event_no <> 0 AND NOT EXISTS (SELECT 1 FROM account_event e WHERE e.login = s.login)",
    },
    Draft {
        name: "tick.numbers",
        rule: "stored ticks are numbered 1, 2, 3 ... without a gap up to the shard's last, in the order of their time",
        sql: "
SELECT 'tick', t.first_seq, 'tick ' || t.wanted || ' first, at ' || t.from_at || ' or later',
    'ticks ' || t.first_seq || ' to ' || t.last_seq || ', at ' || t.first_at || ' to ' || t.last_at
FROM (
    SELECT first_seq, last_seq, first_at, last_at,
        COALESCE(LAG(last_seq) OVER (ORDER BY first_seq), 0) + 1 AS wanted,
        COALESCE(LAG(last_at) OVER (ORDER BY first_seq), first_at) AS from_at
    FROM tick_block) t
WHERE t.first_seq <> t.wanted OR t.last_seq < t.first_seq OR t.first_at < t.from_at OR t.last_at < t.first_at
UNION ALL
SELECT 'shard', s.id, 'last tick ' || s.stored, 'last tick ' || s.last_seq
FROM (
    SELECT id, last_seq, COALESCE((SELECT last_seq FROM tick_block ORDER BY first_seq DESC LIMIT 1), 0) AS stored
    FROM desk_shard) s
WHERE s.last_seq <> s.stored",
    },
    Draft {
        name: "desk.numbers",
        rule: "nothing of the desk names a tick that is not durable, or a number that the shard has not given out",
        sql: "
SELECT 'shard', s.id, 'ticks up to ' || u.seq || ', a next trade number above ' || u.trade_no,
    'ticks up to ' || s.last_seq || ', next ' || s.next_trade_no
FROM desk_shard s CROSS JOIN (
    SELECT
        (SELECT COALESCE(MAX(m.seq), 0) FROM (
            SELECT MAX(as_of_seq) AS seq FROM desk_account
            UNION ALL SELECT MAX(after_seq) FROM account_event
            UNION ALL SELECT MAX(seq) FROM breach) m) AS seq,
        (SELECT COALESCE(MAX(n.no), 0) FROM (
            SELECT MAX(id) AS no FROM deal UNION ALL SELECT MAX(id) FROM trade_order) n) AS trade_no) u
WHERE u.seq > s.last_seq OR u.trade_no >= s.next_trade_no",
    },
];
