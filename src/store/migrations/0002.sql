-- One audit chain for each node, so that several can record without waiting for
-- each other. What a store of one node holds stays as it is: its node is 0.
--
-- audit_event.seq, and with it audit_resource.seq, is the place of an event among
-- those of all nodes: the node's number times 2^48 (281474976710656), plus its
-- number in the node's chain. So the events of a chain lie together, in order, and
-- no row that exists is written again.

DROP TRIGGER audit_retention_update;
DROP TRIGGER audit_retention_delete;
DROP TRIGGER audit_event_delete;
DROP TRIGGER audit_resource_delete;
DROP TRIGGER audit_digest_update;
DROP TRIGGER audit_digest_delete;
DROP INDEX audit_digest_last;

-- Of each chain, events up to number last_seq may be deleted, nothing else may
-- change. The hash is the one of that event, with which what is left begins.
CREATE TABLE audit_mark (
	node_id INTEGER NOT NULL PRIMARY KEY CHECK (node_id BETWEEN 0 AND 32767),
	last_seq INTEGER NOT NULL CHECK (last_seq >= 0),
	last_hash BLOB NOT NULL CHECK (length(last_hash) = 32)
) STRICT;
INSERT INTO audit_mark SELECT 0, last_seq, last_hash FROM audit_retention;
DROP TABLE audit_retention;
ALTER TABLE audit_mark RENAME TO audit_retention;

CREATE TABLE audit_digest_of_node (
	node_id INTEGER NOT NULL CHECK (node_id BETWEEN 0 AND 32767),
	seq INTEGER NOT NULL,	-- 1, 2, ... of the node
	created_at INTEGER NOT NULL,
	first_seq INTEGER NOT NULL,
	last_seq INTEGER NOT NULL,
	last_hash BLOB NOT NULL,
	previous_signature BLOB NOT NULL,
	signature BLOB NOT NULL,
	digest TEXT NOT NULL,
	PRIMARY KEY (node_id, seq)
) STRICT;
INSERT INTO audit_digest_of_node SELECT 0, seq, created_at, first_seq, last_seq, last_hash,
	previous_signature, signature, digest FROM audit_digest;
DROP TABLE audit_digest;
ALTER TABLE audit_digest_of_node RENAME TO audit_digest;
CREATE UNIQUE INDEX audit_digest_last ON audit_digest (node_id, last_seq);

CREATE TRIGGER audit_retention_update BEFORE UPDATE ON audit_retention
WHEN NEW.last_seq <= OLD.last_seq OR NEW.node_id <> OLD.node_id
BEGIN SELECT RAISE(ABORT, 'retention cannot go back'); END;
CREATE TRIGGER audit_retention_delete BEFORE DELETE ON audit_retention
BEGIN SELECT RAISE(ABORT, 'retention cannot be deleted'); END;

CREATE TRIGGER audit_event_delete BEFORE DELETE ON audit_event
WHEN NOT EXISTS (SELECT 1 FROM audit_retention WHERE node_id = OLD.seq / 281474976710656
	AND OLD.seq % 281474976710656 <= last_seq)
BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
CREATE TRIGGER audit_resource_delete BEFORE DELETE ON audit_resource
WHEN NOT EXISTS (SELECT 1 FROM audit_retention WHERE node_id = OLD.seq / 281474976710656
	AND OLD.seq % 281474976710656 <= last_seq)
BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
CREATE TRIGGER audit_digest_update BEFORE UPDATE ON audit_digest
BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
CREATE TRIGGER audit_digest_delete BEFORE DELETE ON audit_digest
WHEN NOT EXISTS (SELECT 1 FROM audit_retention r WHERE r.node_id = OLD.node_id
	AND OLD.last_seq < r.last_seq)
BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;

PRAGMA user_version = 2;
