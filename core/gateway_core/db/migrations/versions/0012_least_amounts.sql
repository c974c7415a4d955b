-- Each table is read once to validate, about a second for some millions of rows; lock_timeout bounds the wait before it.
ALTER TABLE orders
    DROP CONSTRAINT ck_orders_amount,
    ADD CONSTRAINT ck_orders_amount CHECK (amount BETWEEN 1 AND 9007199254740991) NOT VALID;
ALTER TABLE payments
    DROP CONSTRAINT ck_payments_amount,
    ADD CONSTRAINT ck_payments_amount CHECK (amount >= 1) NOT VALID;
ALTER TABLE orders VALIDATE CONSTRAINT ck_orders_amount;
ALTER TABLE payments VALIDATE CONSTRAINT ck_payments_amount;
