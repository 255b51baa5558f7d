-- Where a withdrawal is to be paid to, as its customer said: a JSON object, or NULL.
ALTER TABLE payment_transaction ADD COLUMN payment_data TEXT;
