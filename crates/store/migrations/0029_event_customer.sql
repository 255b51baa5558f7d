-- Whose event it is: streams tell each customer his own, and staff those of the customers whom they see.
ALTER TABLE event ADD COLUMN customer_id {bigint};
UPDATE event SET customer_id = (SELECT challenge.customer_id FROM challenge WHERE challenge.id = event.challenge_id)
    WHERE challenge_id IS NOT NULL;
UPDATE event SET customer_id = (SELECT purchase.customer_id FROM purchase WHERE purchase.id = event.subject_id)
    WHERE subject_kind = 'purchase' AND customer_id IS NULL;
UPDATE event SET customer_id = (SELECT payment_transaction.customer_id FROM payment_transaction WHERE payment_transaction.id = event.subject_id)
    WHERE subject_kind = 'transaction';
UPDATE event SET customer_id = subject_id WHERE subject_kind = 'customer';
CREATE INDEX event_customer ON event (customer_id, seq) WHERE customer_id IS NOT NULL;
-- Streams end with their session.
CREATE INDEX session_revoked ON session (revoked_at) WHERE revoked_at IS NOT NULL;
