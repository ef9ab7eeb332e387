-- The path of an MFA device is part of its name: "dev" and "/x/dev" are two.

DROP INDEX mfa_device_name;
CREATE UNIQUE INDEX mfa_device_name ON mfa_device (account_id, path, lower(name));

PRAGMA user_version = 4;
