-- Which sessions the audit names without saying whose they were: these rows alone need the session to be kept.
CREATE INDEX audit_of_session ON audit (subject_id) WHERE subject_kind = 'session' AND before IS NULL;
