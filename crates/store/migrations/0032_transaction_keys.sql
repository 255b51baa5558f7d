-- What a program calls its request to pay in or out: the same request is done once.
ALTER TABLE payment_transaction ADD COLUMN idempotency_key {text};
CREATE UNIQUE INDEX payment_transaction_by_key ON payment_transaction (customer_id, idempotency_key)
    WHERE idempotency_key IS NOT NULL;
