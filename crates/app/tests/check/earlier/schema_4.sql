-- What schema 4 added: who asked for a new password, as he typed it.
INSERT INTO password_reset_request (id, brand_id, email, asked_at) VALUES
(1, 1, 'trader@demo.test', 1778160000000000),
(2, 1, 'nobody@demo.test', 1778160000000001);
