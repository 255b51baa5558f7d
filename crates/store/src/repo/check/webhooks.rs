//! Webhooks: nobody is told of another brand's events, and nothing that waits is forgotten.

use super::Draft;

pub(super) const ALL: &[Draft] = &[
    Draft {
        name: "webhook.event",
        rule: "a delivery is of an event of its endpoint's brand, or a test",
        sql: "
SELECT 'webhook_delivery', d.id, 'an event of brand ' || w.brand_id,
    'number ' || d.seq || COALESCE(' of brand ' || e.brand_id, ', which is none')
FROM webhook_delivery d
JOIN webhook_endpoint w ON w.id = d.endpoint_id
LEFT JOIN event e ON e.seq = d.seq
WHERE d.seq IS NOT NULL AND (e.seq IS NULL OR e.brand_id <> w.brand_id)",
    },
    Draft {
        name: "webhook.order",
        rule: "of the deliveries that wait in a lane the first is due, and no other",
        sql: "
SELECT 'webhook_delivery', d.id,
    CASE WHEN b.id IS NULL THEN 'due, as the first of ' || d.lane ELSE 'not due, after ' || b.id || ' of ' || d.lane END,
    CASE WHEN d.due_at IS NULL THEN 'not due' ELSE 'due' END
FROM webhook_delivery d
LEFT JOIN webhook_delivery b ON b.state = 0 AND b.endpoint_id = d.endpoint_id AND b.lane = d.lane AND b.seq = (
    SELECT MIN(f.seq) FROM webhook_delivery f
    WHERE f.state = 0 AND f.endpoint_id = d.endpoint_id AND f.lane = d.lane AND f.seq < d.seq)
WHERE d.state = 0 AND (b.id IS NULL) <> (d.due_at IS NOT NULL)",
    },
    Draft {
        name: "webhook.end",
        rule: "a delivery that has ended is not due, and one of a deleted endpoint has ended",
        sql: "
SELECT 'webhook_delivery', d.id,
    CASE WHEN d.state = 0 THEN 'an end, with its endpoint' ELSE 'a time of its end, and not due' END,
    CASE WHEN d.state = 0 THEN 'it waits' WHEN d.ended_at IS NULL THEN 'no end' ELSE 'due' END
FROM webhook_delivery d JOIN webhook_endpoint w ON w.id = d.endpoint_id
WHERE (d.state <> 0 AND (d.due_at IS NOT NULL OR d.ended_at IS NULL)) OR (d.state = 0 AND w.deleted_at IS NOT NULL)",
    },
    Draft {
        name: "webhook.position",
        rule: "the outbox was not read further than it goes",
        sql: "
SELECT 'setting', CAST(s.value AS BIGINT), 'at most ' || m.newest, 'event ' || s.value
FROM setting s CROSS JOIN (SELECT COALESCE(MAX(seq), 0) AS newest FROM event) m
WHERE s.name = 'webhooks_position' AND CAST(s.value AS BIGINT) > m.newest",
    },
];
