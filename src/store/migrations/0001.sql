-- The first schema. Absent text is '', absent time 0; NULL stands only where a
-- reference to another row is absent. Times are UTC seconds unless named _ms.
-- Enumerations are the numbers of the headers.

CREATE TABLE account (
	account_id TEXT NOT NULL PRIMARY KEY,
	created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE meta (
	name TEXT NOT NULL PRIMARY KEY,
	value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- Users, groups and roles: what policies are attached to. Names are unique
-- within account and kind, and found, without regard to case.
CREATE TABLE entity (
	entity_id TEXT NOT NULL PRIMARY KEY,
	account_id TEXT NOT NULL REFERENCES account,
	kind INTEGER NOT NULL CHECK (kind BETWEEN 1 AND 3),
	name TEXT NOT NULL,
	path TEXT NOT NULL,
	arn TEXT NOT NULL UNIQUE,
	boundary_arn TEXT REFERENCES policy (arn),
	created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX entity_name ON entity (account_id, kind, lower(name));
CREATE INDEX entity_boundary ON entity (boundary_arn, entity_id);

CREATE TABLE login_profile (
	user_id TEXT NOT NULL PRIMARY KEY REFERENCES entity,
	sealed_password BLOB NOT NULL,
	created_at INTEGER NOT NULL,
	reset_required INTEGER NOT NULL CHECK (reset_required BETWEEN 0 AND 1),
	last_used_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE group_member (
	group_id TEXT NOT NULL REFERENCES entity,
	user_id TEXT NOT NULL REFERENCES entity,
	PRIMARY KEY (group_id, user_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX group_member_user ON group_member (user_id, group_id);

CREATE TABLE role (
	role_id TEXT NOT NULL PRIMARY KEY REFERENCES entity,
	description TEXT NOT NULL,
	trust_policy TEXT NOT NULL,
	max_session_s INTEGER NOT NULL,
	service_name TEXT NOT NULL,	-- of a service-linked role
	last_used_at INTEGER NOT NULL,
	last_used_region TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE slr_task (
	task_id TEXT NOT NULL PRIMARY KEY,
	account_id TEXT NOT NULL REFERENCES account,
	role_name TEXT NOT NULL,
	status INTEGER NOT NULL CHECK (status BETWEEN 1 AND 4),
	reason TEXT NOT NULL,
	usage TEXT NOT NULL,
	created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX slr_task_created ON slr_task (created_at);

CREATE TABLE instance_profile (
	profile_id TEXT NOT NULL PRIMARY KEY,
	account_id TEXT NOT NULL REFERENCES account,
	name TEXT NOT NULL,
	path TEXT NOT NULL,
	arn TEXT NOT NULL UNIQUE,
	role_id TEXT REFERENCES role,
	created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX instance_profile_name ON instance_profile (account_id, lower(name));
CREATE INDEX instance_profile_role ON instance_profile (role_id);

-- Managed policies; those of AWS belong to no account.
CREATE TABLE policy (
	policy_id TEXT NOT NULL PRIMARY KEY,
	account_id TEXT REFERENCES account,
	arn TEXT NOT NULL UNIQUE,
	name TEXT NOT NULL,
	path TEXT NOT NULL,
	description TEXT NOT NULL,
	default_version INTEGER NOT NULL,
	next_version INTEGER NOT NULL,
	created_at INTEGER NOT NULL,
	updated_at INTEGER NOT NULL,
	CHECK (0 < default_version AND default_version < next_version)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX policy_name ON policy (coalesce(account_id, 'aws'), lower(name));

CREATE TABLE policy_version (
	policy_id TEXT NOT NULL REFERENCES policy,
	version INTEGER NOT NULL,
	document TEXT NOT NULL,
	created_at INTEGER NOT NULL,
	PRIMARY KEY (policy_id, version)
) STRICT;

CREATE TABLE attachment (
	entity_id TEXT NOT NULL REFERENCES entity,
	policy_id TEXT NOT NULL REFERENCES policy,
	attached_at INTEGER NOT NULL,
	PRIMARY KEY (entity_id, policy_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX attachment_policy ON attachment (policy_id, entity_id);

CREATE TABLE inline_policy (
	entity_id TEXT NOT NULL REFERENCES entity,
	name TEXT NOT NULL,
	document TEXT NOT NULL,
	size INTEGER NOT NULL,	-- what counts against the quota: no white space
	PRIMARY KEY (entity_id, name)
) STRICT;
CREATE UNIQUE INDEX inline_policy_name ON inline_policy (entity_id, lower(name));

-- A key without a user is the root's of its account.
CREATE TABLE access_key (
	access_key_id TEXT NOT NULL PRIMARY KEY,
	account_id TEXT NOT NULL REFERENCES account,
	user_id TEXT REFERENCES entity,
	sealed_secret BLOB NOT NULL,
	status INTEGER NOT NULL CHECK (status BETWEEN 1 AND 2),
	created_at INTEGER NOT NULL,
	last_used_at INTEGER NOT NULL,
	last_used_region TEXT NOT NULL,
	last_used_service TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX access_key_user ON access_key (user_id);
CREATE INDEX access_key_principal ON access_key (coalesce(user_id, account_id), created_at,
	access_key_id);

CREATE TABLE mfa_device (
	serial_number TEXT NOT NULL PRIMARY KEY,
	account_id TEXT NOT NULL REFERENCES account,
	name TEXT NOT NULL,
	path TEXT NOT NULL,
	user_id TEXT REFERENCES entity,
	sealed_seed BLOB NOT NULL,
	enabled_at INTEGER NOT NULL,
	last_step INTEGER NOT NULL,
	drift_steps INTEGER NOT NULL CHECK (drift_steps BETWEEN -2880 AND 2880),
	failures INTEGER NOT NULL,
	locked_until_at INTEGER NOT NULL,
	created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX mfa_device_name ON mfa_device (account_id, lower(name));
CREATE INDEX mfa_device_account ON mfa_device (account_id, serial_number);
CREATE INDEX mfa_device_user ON mfa_device (user_id, enabled_at, serial_number);

CREATE TABLE pki (
	cert_id TEXT NOT NULL PRIMARY KEY,
	kind INTEGER NOT NULL CHECK (kind BETWEEN 1 AND 7),
	state INTEGER NOT NULL CHECK (state BETWEEN 1 AND 2),
	issuer_id TEXT REFERENCES pki,
	sealed_key BLOB NOT NULL,
	cert_der BLOB NOT NULL,
	not_before_at INTEGER NOT NULL,
	not_after_at INTEGER NOT NULL
) STRICT;

CREATE TABLE pki_staple (
	cert_id TEXT NOT NULL PRIMARY KEY REFERENCES pki,
	ocsp_der BLOB NOT NULL,
	this_update_at INTEGER NOT NULL,
	next_update_at INTEGER NOT NULL
) STRICT;

CREATE TABLE vpc (
	vpc_id TEXT NOT NULL PRIMARY KEY,
	account_id TEXT NOT NULL REFERENCES account,
	cidr TEXT NOT NULL,
	is_default INTEGER NOT NULL CHECK (is_default BETWEEN 0 AND 1),
	state INTEGER NOT NULL CHECK (state BETWEEN 1 AND 2),
	created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX vpc_account ON vpc (account_id, vpc_id);
CREATE UNIQUE INDEX vpc_default ON vpc (account_id) WHERE is_default = 1;

CREATE TABLE agent (
	agent_id TEXT NOT NULL PRIMARY KEY,
	account_id TEXT NOT NULL REFERENCES account,
	cert_sha256 TEXT NOT NULL UNIQUE,
	vpc_id TEXT REFERENCES vpc,
	instance_id TEXT,
	created_at INTEGER NOT NULL,
	last_seen_at INTEGER NOT NULL,
	CHECK ((vpc_id IS NULL) <> (instance_id IS NULL))
) STRICT, WITHOUT ROWID;
CREATE INDEX agent_vpc ON agent (vpc_id, created_at);
CREATE INDEX agent_instance ON agent (instance_id, created_at);

CREATE TABLE subnet (
	subnet_id TEXT NOT NULL PRIMARY KEY,
	account_id TEXT NOT NULL REFERENCES account,
	vpc_id TEXT NOT NULL REFERENCES vpc,
	cidr TEXT NOT NULL,
	availability_zone TEXT NOT NULL,
	availability_zone_id TEXT NOT NULL,
	default_for_az INTEGER NOT NULL CHECK (default_for_az BETWEEN 0 AND 1),
	map_public_ip INTEGER NOT NULL CHECK (map_public_ip BETWEEN 0 AND 1),
	state INTEGER NOT NULL CHECK (state BETWEEN 1 AND 2),
	created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX subnet_account ON subnet (account_id, subnet_id);
CREATE INDEX subnet_vpc ON subnet (vpc_id, availability_zone, subnet_id);
CREATE UNIQUE INDEX subnet_default ON subnet (vpc_id, availability_zone) WHERE default_for_az = 1;

CREATE TABLE address_pool (
	pool_id TEXT NOT NULL PRIMARY KEY,
	first_address INTEGER NOT NULL,
	last_address INTEGER NOT NULL,
	next_address INTEGER NOT NULL,	-- where the search for a free one begins
	CHECK (first_address <= next_address AND next_address <= last_address)
) STRICT, WITHOUT ROWID;

CREATE TABLE address (
	pool_id TEXT NOT NULL REFERENCES address_pool,
	address INTEGER NOT NULL,
	owner_id TEXT NOT NULL,
	PRIMARY KEY (pool_id, address)
) STRICT, WITHOUT ROWID;
CREATE INDEX address_owner ON address (owner_id);

CREATE TABLE security_group (
	group_id TEXT NOT NULL PRIMARY KEY,
	account_id TEXT NOT NULL REFERENCES account,
	vpc_id TEXT NOT NULL REFERENCES vpc,
	name TEXT NOT NULL,
	description TEXT NOT NULL,
	created_at INTEGER NOT NULL,
	UNIQUE (vpc_id, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX security_group_account ON security_group (account_id, group_id);

CREATE TABLE security_group_rule (
	rule_id TEXT NOT NULL PRIMARY KEY,
	group_id TEXT NOT NULL REFERENCES security_group,
	is_egress INTEGER NOT NULL CHECK (is_egress BETWEEN 0 AND 1),
	protocol TEXT NOT NULL,
	from_port INTEGER NOT NULL,
	to_port INTEGER NOT NULL,
	cidr_ipv4 TEXT,
	cidr_ipv6 TEXT,
	prefix_list_id TEXT,
	referenced_group_id TEXT REFERENCES security_group,
	description TEXT NOT NULL,
	CHECK (1 = (CASE WHEN cidr_ipv4 IS NULL THEN 0 ELSE 1 END)
		+ (CASE WHEN cidr_ipv6 IS NULL THEN 0 ELSE 1 END)
		+ (CASE WHEN prefix_list_id IS NULL THEN 0 ELSE 1 END)
		+ (CASE WHEN referenced_group_id IS NULL THEN 0 ELSE 1 END))
) STRICT, WITHOUT ROWID;
-- A group has a rule once. The peer is whichever of the four there is: their
-- forms cannot be mistaken for each other.
CREATE UNIQUE INDEX security_group_rule_same ON security_group_rule (group_id, is_egress,
	protocol, from_port, to_port,
	coalesce(cidr_ipv4, cidr_ipv6, prefix_list_id, referenced_group_id));
CREATE INDEX security_group_rule_referenced ON security_group_rule (referenced_group_id);

CREATE TABLE image (
	image_id TEXT NOT NULL PRIMARY KEY,
	account_id TEXT NOT NULL REFERENCES account,
	name TEXT NOT NULL,
	description TEXT NOT NULL,
	architecture TEXT NOT NULL,
	state INTEGER NOT NULL CHECK (state BETWEEN 1 AND 2),
	created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX image_account ON image (account_id, image_id);

CREATE TABLE instance (
	seq INTEGER PRIMARY KEY AUTOINCREMENT,
	instance_id TEXT NOT NULL UNIQUE,
	account_id TEXT NOT NULL REFERENCES account,
	reservation_id TEXT NOT NULL,
	ami_launch_index INTEGER NOT NULL,
	image_id TEXT NOT NULL REFERENCES image,
	instance_type TEXT NOT NULL,
	client_token TEXT NOT NULL,
	availability_zone TEXT NOT NULL,
	key_name TEXT NOT NULL,
	user_data BLOB NOT NULL,
	hostname TEXT NOT NULL,
	eni_id TEXT NOT NULL,
	mac TEXT NOT NULL,
	public_ip_auto INTEGER NOT NULL CHECK (public_ip_auto BETWEEN 0 AND 1),
	created_at INTEGER NOT NULL,
	state INTEGER NOT NULL CHECK (state IN (0, 16, 32, 48, 64, 80)),
	state_reason_code TEXT NOT NULL,
	state_reason TEXT NOT NULL,
	launched_at INTEGER NOT NULL,
	terminated_at INTEGER NOT NULL,
	vpc_id TEXT REFERENCES vpc,
	subnet_id TEXT REFERENCES subnet,
	private_ip TEXT NOT NULL,
	public_ip TEXT NOT NULL,
	agent_id TEXT NOT NULL,
	http_endpoint INTEGER NOT NULL CHECK (http_endpoint BETWEEN 0 AND 1),
	http_tokens_required INTEGER NOT NULL CHECK (http_tokens_required BETWEEN 0 AND 1),
	http_hop_limit INTEGER NOT NULL CHECK (http_hop_limit BETWEEN 1 AND 64)
) STRICT;
CREATE INDEX instance_account ON instance (account_id, seq);
CREATE INDEX instance_vpc ON instance (vpc_id, seq);
CREATE INDEX instance_subnet ON instance (subnet_id);
CREATE INDEX instance_image ON instance (image_id);
CREATE INDEX instance_state ON instance (state, seq);

CREATE TABLE instance_group (
	instance_id TEXT NOT NULL REFERENCES instance (instance_id),
	position INTEGER NOT NULL,
	group_id TEXT NOT NULL REFERENCES security_group,
	PRIMARY KEY (instance_id, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX instance_group_group ON instance_group (group_id);

CREATE TABLE tag (
	resource_id TEXT NOT NULL,
	key TEXT NOT NULL,
	value TEXT NOT NULL,
	account_id TEXT NOT NULL REFERENCES account,
	resource_type TEXT NOT NULL,
	PRIMARY KEY (resource_id, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE client_token (
	account_id TEXT NOT NULL REFERENCES account,
	action TEXT NOT NULL,
	token TEXT NOT NULL,
	request_hash BLOB NOT NULL,
	result BLOB NOT NULL,
	created_at INTEGER NOT NULL,
	PRIMARY KEY (account_id, action, token)
) STRICT, WITHOUT ROWID;
CREATE INDEX client_token_created ON client_token (created_at);

CREATE TABLE active_key (
	request_id TEXT NOT NULL,
	instance_id TEXT NOT NULL REFERENCES instance (instance_id),
	os_user TEXT NOT NULL,
	public_key TEXT NOT NULL,
	caller_arn TEXT NOT NULL,
	signer_id TEXT NOT NULL,
	entry TEXT NOT NULL,
	created_at INTEGER NOT NULL,
	expires_at INTEGER NOT NULL,
	boot_id TEXT NOT NULL,
	boot_deadline_ms INTEGER NOT NULL,
	PRIMARY KEY (instance_id, created_at, request_id)
) STRICT;
CREATE INDEX active_key_user ON active_key (instance_id, os_user);
CREATE INDEX active_key_deadline ON active_key (boot_id, boot_deadline_ms);

CREATE TABLE audit_event (
	seq INTEGER PRIMARY KEY,	-- 1, 2, ...: given by the store, without a gap
	event_id TEXT NOT NULL UNIQUE,
	event_at INTEGER NOT NULL,
	account_id TEXT NOT NULL REFERENCES account,
	event_source TEXT NOT NULL,
	event_name TEXT NOT NULL,
	read_only INTEGER NOT NULL CHECK (read_only BETWEEN 0 AND 1),
	access_key_id TEXT NOT NULL,
	username TEXT NOT NULL,
	principal_arn TEXT NOT NULL,
	source_ip TEXT NOT NULL,
	user_agent TEXT NOT NULL,
	request_id TEXT NOT NULL,
	error_code TEXT NOT NULL,
	prev_hash BLOB NOT NULL CHECK (length(prev_hash) = 32),
	hash BLOB NOT NULL CHECK (length(hash) = 32),
	record TEXT NOT NULL
) STRICT;
CREATE INDEX audit_event_time ON audit_event (account_id, event_at);
CREATE INDEX audit_event_name ON audit_event (account_id, event_name, event_at);
CREATE INDEX audit_event_read_only ON audit_event (account_id, read_only, event_at);
CREATE INDEX audit_event_username ON audit_event (account_id, username, event_at);
CREATE INDEX audit_event_source ON audit_event (account_id, event_source, event_at);
CREATE INDEX audit_event_access_key ON audit_event (account_id, access_key_id, event_at);

CREATE TABLE audit_resource (
	seq INTEGER NOT NULL REFERENCES audit_event,
	position INTEGER NOT NULL,
	account_id TEXT NOT NULL,
	event_at INTEGER NOT NULL,
	resource_type TEXT NOT NULL,
	resource_name TEXT NOT NULL,
	PRIMARY KEY (seq, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX audit_resource_type ON audit_resource (account_id, resource_type, event_at, seq);
CREATE INDEX audit_resource_name ON audit_resource (account_id, resource_name, event_at, seq);

-- The signed digests over stretches of audit_event.
CREATE TABLE audit_digest (
	seq INTEGER PRIMARY KEY AUTOINCREMENT,
	created_at INTEGER NOT NULL,
	first_seq INTEGER NOT NULL,
	last_seq INTEGER NOT NULL,
	last_hash BLOB NOT NULL,
	previous_signature BLOB NOT NULL,
	signature BLOB NOT NULL,
	digest TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX audit_digest_last ON audit_digest (last_seq);

-- Events up to last_seq may be deleted, nothing else may change. The hash is the
-- one of that event, with which the chain of those left begins.
CREATE TABLE audit_retention (
	only INTEGER NOT NULL PRIMARY KEY CHECK (only = 1),
	last_seq INTEGER NOT NULL,
	last_hash BLOB NOT NULL CHECK (length(last_hash) = 32)
) STRICT;
INSERT INTO audit_retention VALUES (1, 0,
	X'0000000000000000000000000000000000000000000000000000000000000000');

CREATE TRIGGER audit_retention_update BEFORE UPDATE ON audit_retention
WHEN NEW.last_seq <= OLD.last_seq
BEGIN SELECT RAISE(ABORT, 'retention cannot go back'); END;
CREATE TRIGGER audit_retention_delete BEFORE DELETE ON audit_retention
BEGIN SELECT RAISE(ABORT, 'retention cannot be deleted'); END;

CREATE TRIGGER audit_event_update BEFORE UPDATE ON audit_event
BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
CREATE TRIGGER audit_event_delete BEFORE DELETE ON audit_event
WHEN OLD.seq > (SELECT last_seq FROM audit_retention)
BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
CREATE TRIGGER audit_resource_update BEFORE UPDATE ON audit_resource
BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
CREATE TRIGGER audit_resource_delete BEFORE DELETE ON audit_resource
WHEN OLD.seq > (SELECT last_seq FROM audit_retention)
BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
CREATE TRIGGER audit_digest_update BEFORE UPDATE ON audit_digest
BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
CREATE TRIGGER audit_digest_delete BEFORE DELETE ON audit_digest
WHEN OLD.last_seq >= (SELECT last_seq FROM audit_retention)
BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;

PRAGMA user_version = 1;
