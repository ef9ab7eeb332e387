-- What kind of key a certificate is of: there are two signers at a time, one of each.
-- Until now only the server's certificate and the agents' authority were on P-256.

ALTER TABLE pki ADD COLUMN key_kind INTEGER NOT NULL DEFAULT 1
	CHECK (key_kind BETWEEN 1 AND 2);
UPDATE pki SET key_kind = 2 WHERE kind IN (5, 6);

PRAGMA user_version = 3;
