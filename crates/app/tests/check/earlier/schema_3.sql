-- What schema 3 added: where a withdrawal is to be paid to.
UPDATE payment_transaction SET payment_data = '{"iban":"DE02120300000000202051"}' WHERE id = (SELECT MIN(id) FROM payment_transaction);
INSERT INTO password_reset (token_hash, customer_id, expires_at, used_at) VALUES
({hex:0000000000000000000000000000000000000000000000000000000000000003}, 5, 1778170000000000, NULL);
