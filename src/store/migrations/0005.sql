-- What an account's administrators set: a name for it, and what its passwords must be.

CREATE TABLE account_alias (
	account_id TEXT NOT NULL PRIMARY KEY REFERENCES account,
	alias TEXT NOT NULL UNIQUE
) STRICT, WITHOUT ROWID;

CREATE TABLE password_policy (
	account_id TEXT NOT NULL PRIMARY KEY REFERENCES account,
	minimum_length INTEGER NOT NULL CHECK (minimum_length BETWEEN 6 AND 128),
	symbols INTEGER NOT NULL CHECK (symbols BETWEEN 0 AND 1),
	numbers INTEGER NOT NULL CHECK (numbers BETWEEN 0 AND 1),
	uppercase INTEGER NOT NULL CHECK (uppercase BETWEEN 0 AND 1),
	lowercase INTEGER NOT NULL CHECK (lowercase BETWEEN 0 AND 1),
	users_may_change INTEGER NOT NULL CHECK (users_may_change BETWEEN 0 AND 1),
	max_age_days INTEGER NOT NULL,
	reuse_prevention INTEGER NOT NULL,
	hard_expiry INTEGER NOT NULL CHECK (hard_expiry BETWEEN 0 AND 1)
) STRICT, WITHOUT ROWID;

PRAGMA user_version = 5;
