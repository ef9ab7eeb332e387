-- The certificates of agents are renewed (decision 0057): when the present one ends and who issued
-- it; the next one, with which the agent has not connected yet; and when the agent was revoked.

ALTER TABLE agent ADD COLUMN cert_not_after INTEGER NOT NULL DEFAULT 0;
ALTER TABLE agent ADD COLUMN issuer_id TEXT REFERENCES pki;
ALTER TABLE agent ADD COLUMN next_sha256 TEXT;
ALTER TABLE agent ADD COLUMN next_not_after INTEGER NOT NULL DEFAULT 0;
ALTER TABLE agent ADD COLUMN next_issuer_id TEXT REFERENCES pki;
ALTER TABLE agent ADD COLUMN revoked_at INTEGER NOT NULL DEFAULT 0;
CREATE UNIQUE INDEX agent_next ON agent (next_sha256);
CREATE INDEX agent_issuer ON agent (issuer_id);
CREATE INDEX agent_next_issuer ON agent (next_issuer_id);
UPDATE agent SET issuer_id = (SELECT max(cert_id) FROM pki WHERE kind = 6);

PRAGMA user_version = 11;
