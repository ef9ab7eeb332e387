-- When a password was changed last, and the report on an account's credentials. When passwords were
-- changed until now is not known.

ALTER TABLE login_profile ADD COLUMN changed_at INTEGER NOT NULL DEFAULT 0;
UPDATE login_profile SET changed_at = created_at;

CREATE TABLE credential_report (
	account_id TEXT NOT NULL PRIMARY KEY REFERENCES account,
	created_at INTEGER NOT NULL,
	content BLOB NOT NULL
) STRICT, WITHOUT ROWID;

PRAGMA user_version = 6;
