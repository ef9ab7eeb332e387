-- Whose a pushed key is, whatever session pushed it (decision 0055). Empty for those from before,
-- which end within a minute.

ALTER TABLE active_key ADD COLUMN owner TEXT NOT NULL DEFAULT '';

PRAGMA user_version = 10;
