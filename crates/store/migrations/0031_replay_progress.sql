-- Where a replay has begun: `replay_after` says how far it is by now.
ALTER TABLE webhook_endpoint ADD COLUMN replay_from {bigint};
UPDATE webhook_endpoint SET replay_from = replay_after WHERE replay_after IS NOT NULL;
