-- OpenID Connect providers, whose tokens may be exchanged for sessions of roles (decision 0058).

CREATE TABLE oidc_provider (
	provider_id TEXT NOT NULL PRIMARY KEY,
	account_id TEXT NOT NULL REFERENCES account,
	url TEXT NOT NULL,
	client_ids TEXT NOT NULL,
	thumbprints TEXT NOT NULL,
	created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX oidc_provider_url ON oidc_provider (account_id, url);

PRAGMA user_version = 9;
