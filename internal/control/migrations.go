package control

// migrations are all steps that the tables have come by. Append only.
//
// Times are microseconds since 1970 in UTC, flags 0 and 1, lists and objects JSON; a tenant "" is the provider. An id is a text that says nothing, apart from
// the tenants', which are given from outside.
var migrations = []migration{
	{
		name: "the beginning",
		sql: `
CREATE TABLE facts (
	name  TEXT NOT NULL PRIMARY KEY,
	value TEXT NOT NULL
);
CREATE TABLE ingest_counts (
	tenant  TEXT   NOT NULL,
	slot    BIGINT NOT NULL,
	source  TEXT   NOT NULL,
	outcome TEXT   NOT NULL,
	reason  TEXT   NOT NULL,
	count   BIGINT NOT NULL,
	PRIMARY KEY (tenant, slot, source, outcome, reason)
);
CREATE TABLE audit (
	seq          BIGINT NOT NULL PRIMARY KEY,
	time         BIGINT NOT NULL,
	actor_kind   TEXT   NOT NULL,
	actor_id     TEXT   NOT NULL,
	actor_name   TEXT   NOT NULL,
	actor_tenant TEXT   NOT NULL,
	tenant       TEXT   NOT NULL,
	action       TEXT   NOT NULL,
	object_kind  TEXT   NOT NULL,
	object_id    TEXT   NOT NULL,
	address      TEXT   NOT NULL,
	request_id   TEXT   NOT NULL,
	before_json  TEXT   NOT NULL,
	after_json   TEXT   NOT NULL,
	previous     TEXT   NOT NULL,
	hash         TEXT   NOT NULL
);
CREATE INDEX audit_tenant ON audit (tenant, seq);
CREATE INDEX audit_object ON audit (object_kind, object_id, seq);
CREATE TABLE audit_head (
	one  BIGINT NOT NULL PRIMARY KEY CHECK (one = 1),
	seq  BIGINT NOT NULL,
	hash TEXT   NOT NULL
);
INSERT INTO audit_head (one, seq, hash) VALUES (1, 0, '');
CREATE TABLE tenants (
	id      TEXT   NOT NULL PRIMARY KEY,
	parent  TEXT   NOT NULL,
	created BIGINT NOT NULL
);
CREATE INDEX tenants_parent ON tenants (parent);
CREATE TABLE roles (
	id          TEXT   NOT NULL PRIMARY KEY,
	tenant      TEXT   NOT NULL,
	name        TEXT   NOT NULL,
	name_key    TEXT   NOT NULL,
	description TEXT   NOT NULL,
	permissions TEXT   NOT NULL,
	manage_all  BIGINT NOT NULL,
	for_tenants BIGINT NOT NULL,
	system      BIGINT NOT NULL,
	created     BIGINT NOT NULL,
	UNIQUE (tenant, name_key)
);
CREATE TABLE role_manages (
	role    TEXT NOT NULL REFERENCES roles (id) ON DELETE CASCADE,
	managed TEXT NOT NULL REFERENCES roles (id) ON DELETE CASCADE,
	PRIMARY KEY (role, managed)
);
CREATE INDEX role_manages_managed ON role_manages (managed);
CREATE TABLE members (
	id        TEXT   NOT NULL PRIMARY KEY,
	email     TEXT   NOT NULL,
	email_key TEXT   NOT NULL UNIQUE,
	name      TEXT   NOT NULL,
	tenant    TEXT   NOT NULL,
	status    TEXT   NOT NULL,
	password  TEXT   NOT NULL,
	created   BIGINT NOT NULL
);
CREATE INDEX members_tenant ON members (tenant);
CREATE TABLE member_roles (
	member TEXT NOT NULL REFERENCES members (id) ON DELETE CASCADE,
	role   TEXT NOT NULL REFERENCES roles (id),
	PRIMARY KEY (member, role)
);
CREATE INDEX member_roles_role ON member_roles (role);
CREATE TABLE identities (
	issuer  TEXT   NOT NULL,
	subject TEXT   NOT NULL,
	member  TEXT   NOT NULL REFERENCES members (id) ON DELETE CASCADE,
	created BIGINT NOT NULL,
	PRIMARY KEY (issuer, subject)
);
CREATE INDEX identities_member ON identities (member);
CREATE TABLE links (
	hash    TEXT   NOT NULL PRIMARY KEY,
	kind    TEXT   NOT NULL,
	member  TEXT   REFERENCES members (id) ON DELETE CASCADE,
	created BIGINT NOT NULL,
	expires BIGINT NOT NULL
);
CREATE INDEX links_member ON links (member);
CREATE TABLE sessions (
	id      TEXT   NOT NULL PRIMARY KEY,
	hash    TEXT   NOT NULL UNIQUE,
	member  TEXT   NOT NULL REFERENCES members (id) ON DELETE CASCADE,
	created BIGINT NOT NULL,
	used    BIGINT NOT NULL,
	expires BIGINT NOT NULL,
	agent   TEXT   NOT NULL,
	address TEXT   NOT NULL
);
CREATE INDEX sessions_member ON sessions (member);
CREATE TABLE guesses (
	subject TEXT   NOT NULL PRIMARY KEY,
	fails   BIGINT NOT NULL,
	until   BIGINT NOT NULL,
	last    BIGINT NOT NULL
);
CREATE TABLE api_keys (
	id           TEXT   NOT NULL PRIMARY KEY,
	hash         TEXT   NOT NULL UNIQUE,
	name         TEXT   NOT NULL,
	tenant       TEXT   NOT NULL,
	scopes       TEXT   NOT NULL,
	expires      BIGINT NOT NULL,
	revoked      BIGINT NOT NULL,
	created      BIGINT NOT NULL,
	maker        TEXT   NOT NULL,
	maker_name   TEXT   NOT NULL,
	maker_tenant TEXT   NOT NULL,
	used         BIGINT NOT NULL
);
CREATE INDEX api_keys_tenant ON api_keys (tenant);
CREATE TABLE settings (
	name    TEXT   NOT NULL PRIMARY KEY,
	value   TEXT   NOT NULL,
	changed BIGINT NOT NULL
);
CREATE TABLE answers (
	principal TEXT   NOT NULL,
	name      TEXT   NOT NULL,
	digest    TEXT   NOT NULL,
	claim     TEXT   NOT NULL,
	claimed   BIGINT NOT NULL,
	expires   BIGINT NOT NULL,
	status    BIGINT NOT NULL,
	header    TEXT   NOT NULL,
	body      TEXT   NOT NULL,
	PRIMARY KEY (principal, name)
);
CREATE INDEX answers_expires ON answers (expires);
`,
		sqlite: `
CREATE TRIGGER audit_not_edited BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER audit_not_deleted BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
CREATE TRIGGER audit_head_not_deleted BEFORE DELETE ON audit_head
BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END;
`,
		postgres: `
CREATE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql AS
$$BEGIN RAISE EXCEPTION 'the audit log is append-only'; END$$;
CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
FOR EACH STATEMENT EXECUTE FUNCTION audit_append_only();
CREATE TRIGGER audit_head_append_only BEFORE DELETE OR TRUNCATE ON audit_head
FOR EACH STATEMENT EXECUTE FUNCTION audit_append_only();
`,
	},
	{
		name: "the ledger of exports, schedules, runs and deliveries",
		sql: `
CREATE TABLE schedules (
	id            TEXT   NOT NULL PRIMARY KEY,
	tenant        TEXT   NOT NULL,
	owner         TEXT   NOT NULL,
	owner_name    TEXT   NOT NULL,
	name          TEXT   NOT NULL,
	description   TEXT   NOT NULL,
	job           TEXT   NOT NULL,
	recurrence    TEXT   NOT NULL,
	settle        BIGINT NOT NULL,
	catch_up      TEXT   NOT NULL,
	recipients    TEXT   NOT NULL,
	attach        BIGINT NOT NULL,
	enabled       BIGINT NOT NULL,
	next_at       BIGINT NOT NULL,
	covered_until BIGINT NOT NULL,
	version       BIGINT NOT NULL,
	stopped       TEXT   NOT NULL,
	created       BIGINT NOT NULL,
	edited        BIGINT NOT NULL
);
CREATE INDEX schedules_tenant ON schedules (tenant);
CREATE INDEX schedules_name ON schedules (name, id);
CREATE INDEX schedules_next ON schedules (next_at, id) WHERE enabled = 1;
CREATE TABLE runs (
	id            TEXT   NOT NULL PRIMARY KEY,
	kind          TEXT   NOT NULL,
	tenant        TEXT   NOT NULL,
	name          TEXT   NOT NULL,
	description   TEXT   NOT NULL,
	job           TEXT   NOT NULL,
	maker         TEXT   NOT NULL,
	maker_name    TEXT   NOT NULL,
	schedule      TEXT   NOT NULL,
	due           BIGINT NOT NULL,
	own_key       TEXT   NOT NULL,
	period_from   BIGINT NOT NULL,
	period_before BIGINT NOT NULL,
	late          BIGINT NOT NULL,
	state         TEXT   NOT NULL,
	not_before    BIGINT NOT NULL,
	cancel        BIGINT NOT NULL,
	claim         TEXT   NOT NULL,
	worker        TEXT   NOT NULL,
	lease         BIGINT NOT NULL,
	attempts      BIGINT NOT NULL,
	progress_rows BIGINT NOT NULL,
	percent       BIGINT NOT NULL,
	position      TEXT   NOT NULL,
	error         TEXT   NOT NULL,
	file_name     TEXT   NOT NULL,
	file_media    TEXT   NOT NULL,
	file_size     BIGINT NOT NULL,
	file_sha256   TEXT   NOT NULL,
	receipt       TEXT   NOT NULL,
	tenants       TEXT   NOT NULL,
	created       BIGINT NOT NULL,
	started       BIGINT NOT NULL,
	finished      BIGINT NOT NULL,
	file_removed  BIGINT NOT NULL,
	deleted       BIGINT NOT NULL,
	UNIQUE (schedule, due, own_key)
);
CREATE INDEX runs_newest ON runs (created, due, id);
CREATE INDEX runs_kind ON runs (kind, created, due, id);
CREATE INDEX runs_schedule ON runs (schedule, created, due, id);
CREATE INDEX runs_open ON runs (not_before, due, id) WHERE state IN ('queued', 'running');
CREATE INDEX runs_files ON runs (finished) WHERE file_name <> '' AND file_removed = 0;
CREATE TABLE deliveries (
	id           TEXT   NOT NULL PRIMARY KEY,
	run          TEXT   NOT NULL,
	schedule     TEXT   NOT NULL,
	kind         TEXT   NOT NULL,
	topic        TEXT   NOT NULL,
	recipient    TEXT   NOT NULL,
	way          TEXT   NOT NULL,
	address      TEXT   NOT NULL,
	name         TEXT   NOT NULL,
	member       TEXT   NOT NULL,
	secret       TEXT   NOT NULL,
	message_id   TEXT   NOT NULL,
	subject      TEXT   NOT NULL,
	body         TEXT   NOT NULL,
	state        TEXT   NOT NULL,
	attempts     BIGINT NOT NULL,
	since        BIGINT NOT NULL,
	next_at      BIGINT NOT NULL,
	answer       TEXT   NOT NULL,
	claim        TEXT   NOT NULL,
	worker       TEXT   NOT NULL,
	lease        BIGINT NOT NULL,
	link_hash    TEXT   NOT NULL,
	link_expires BIGINT NOT NULL,
	link_revoked BIGINT NOT NULL,
	link_uses    BIGINT NOT NULL,
	created      BIGINT NOT NULL,
	finished     BIGINT NOT NULL
);
CREATE INDEX deliveries_run ON deliveries (run, state);
CREATE UNIQUE INDEX deliveries_notice ON deliveries (run, topic, member) WHERE kind = 'notice';
CREATE INDEX deliveries_pending ON deliveries (next_at, id) WHERE state = 'pending';
CREATE INDEX deliveries_sending ON deliveries (lease) WHERE state = 'sending';
CREATE UNIQUE INDEX deliveries_link ON deliveries (link_hash) WHERE link_hash <> '';
`,
	},
	{
		name: "what a run shows of its file, and workers beside the server",
		sql: `
ALTER TABLE runs ADD COLUMN summary TEXT NOT NULL DEFAULT '';
CREATE TABLE workers (
	token_hash TEXT   NOT NULL PRIMARY KEY,
	name       TEXT   NOT NULL,
	seen       BIGINT NOT NULL
);
`,
	},
	{
		name: "who gets a run is kept with what it makes",
		sql: `
ALTER TABLE runs ADD COLUMN recipients TEXT NOT NULL DEFAULT '[]';
ALTER TABLE runs ADD COLUMN attach BIGINT NOT NULL DEFAULT 0;
UPDATE runs
SET attach = COALESCE((SELECT attach FROM schedules WHERE schedules.id = runs.schedule), 0)
WHERE schedule <> '';
UPDATE runs
SET recipients = COALESCE((SELECT recipients FROM schedules WHERE schedules.id = runs.schedule), '[]')
WHERE schedule <> '' AND state IN ('queued', 'running');
`,
	},
	{
		name: "a delivery has one link, until it is revoked",
		sql: `
ALTER TABLE deliveries ADD COLUMN link_generation BIGINT NOT NULL DEFAULT 0;
`,
	},
	{
		name: "tenants take turns",
		sql: `
CREATE INDEX runs_queued ON runs (tenant, kind, not_before, due, id) WHERE state = 'queued';
CREATE INDEX runs_running ON runs (tenant, kind) WHERE state = 'running';
`,
	},
	{
		name: "names are found whatever the case, in every script",
		sql: `
ALTER TABLE members ADD COLUMN name_key TEXT NOT NULL DEFAULT '';
ALTER TABLE schedules ADD COLUMN name_key TEXT NOT NULL DEFAULT '';
ALTER TABLE runs ADD COLUMN name_key TEXT NOT NULL DEFAULT '';
UPDATE members SET name_key = LOWER(name);
UPDATE schedules SET name_key = LOWER(name);
UPDATE runs SET name_key = LOWER(name);
`,
	},
	{
		name: "lists of runs don't read what only one run shows",
		sql: `
ALTER TABLE runs ADD COLUMN late_events BIGINT NOT NULL DEFAULT 0;
`,
		sqlite: `
UPDATE runs SET late_events = COALESCE(json_extract(summary, '$.late_events'), 0) WHERE summary <> '';
`,
		postgres: `
UPDATE runs SET late_events = COALESCE((summary::json ->> 'late_events')::BIGINT, 0) WHERE summary <> '';
`,
	},
	{
		name: "which times a schedule has told of",
		sql: `
CREATE TABLE told (
	schedule TEXT   NOT NULL,
	tenant   TEXT   NOT NULL,
	begins   BIGINT NOT NULL,
	ends     BIGINT NOT NULL,
	PRIMARY KEY (schedule, tenant, begins)
);
`,
	},
	{
		name: "which ways somebody goes",
		sql: `
CREATE INDEX deliveries_claimed ON deliveries (way, lease) WHERE lease > 0;
`,
	},
	{
		name: "what waits for one way holds up no other",
		sql: `
CREATE INDEX deliveries_way ON deliveries (way, next_at, id) WHERE state = 'pending';
`,
	},
}
