-- When a customer's personal data were overwritten; the row stays for the books.
ALTER TABLE customer ADD COLUMN erased_at {bigint};
CREATE INDEX customer_erased ON customer (id) WHERE erased_at IS NOT NULL;

-- Whose mail it is, so that it goes with him; empty for one to staff. Of mails from before, whoever has the address.
ALTER TABLE mail ADD COLUMN customer_id {bigint} REFERENCES customer (id);
CREATE INDEX mail_by_customer ON mail (customer_id) WHERE customer_id IS NOT NULL;
-- An address is compared as the customers' are.
CREATE TABLE mail_address (
    id {bigint} PRIMARY KEY,
    brand_id {bigint} NOT NULL,
    email {text} NOT NULL
) {strict};
INSERT INTO mail_address (id, brand_id, email) SELECT id, brand_id, recipient FROM mail;
UPDATE mail SET customer_id = (SELECT c.id FROM mail_address m JOIN customer c ON c.brand_id = m.brand_id AND c.email = m.email
    WHERE m.id = mail.id);
DROP TABLE mail_address;

-- What providers have told of one customer.
CREATE INDEX kyc_event_by_customer ON kyc_event (customer_id);

-- What the audit says of one thing.
CREATE INDEX audit_by_subject ON audit (subject_kind, subject_id, id);

-- A person's sessions, ended ones too.
DROP INDEX session_by_subject;
CREATE INDEX session_by_subject ON session (subject_kind, subject_id, id);

-- What staff have said when they refused a payout stands in its row alone: an event is not overwritten with him.
UPDATE event SET body = (
    SELECT '{"payout_id":' || p.id || ',"challenge_id":' || p.challenge_id || ',"account_login":' || p.login
        || ',"customer_id":' || p.customer_id || ',"status":"rejected","number":' || p.number
        || ',"trader_minor":' || p.trader_minor || ',"currency":"' || p.currency || '"}'
    FROM payout p WHERE p.id = event.subject_id)
WHERE kind = 'payout.rejected' AND subject_id IN (SELECT id FROM payout);
