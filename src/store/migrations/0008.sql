-- Signatures that count once (decision 0046), for as long as they could be good.

CREATE TABLE used_signature (
	signature BLOB NOT NULL PRIMARY KEY,
	until_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX used_signature_until ON used_signature (until_at);

PRAGMA user_version = 8;
