-- When and by whom an instance was stopped or terminated, in the words of EC2's
-- StateTransitionReason. Empty for those of which it is not known.

ALTER TABLE instance ADD COLUMN transition_reason TEXT NOT NULL DEFAULT '';

PRAGMA user_version = 7;
