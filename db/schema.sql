CREATE TRIGGER artifacts_are_kept_until_erased before delete on artifacts
when not exists (
  select 1 from events
  where run_id = old.run_id and type in ('run.erased', 'wire.erased') and type = 'run.erased'
)
begin
  select raise(abort, 'artifacts are never deleted before their run''s log says that they are erased');
end;

CREATE TRIGGER artifacts_are_never_changed before update on artifacts
begin
  select raise(abort, 'artifacts are never changed');
end;

CREATE TRIGGER events_are_never_changed before update on events
when new.payload <> ''
  or new.id is not old.id or new.run_id is not old.run_id or new.sequence is not old.sequence
  or new.type is not old.type or new.version is not old.version or new.time is not old.time
  or new.actor is not old.actor or new.task_key is not old.task_key or new.attempt_id is not old.attempt_id
  or new.effect_id is not old.effect_id or new.causation_id is not old.causation_id
  or new.payload_digest is not old.payload_digest or new.previous_hash is not old.previous_hash
  or not exists (
    select 1 from events
    where run_id = old.run_id and type in ('run.erased', 'wire.erased') and type = 'run.erased' and sequence > old.sequence
  )
begin
  select raise(abort, 'events are never changed');
end;

CREATE TRIGGER events_are_never_deleted before delete on events
begin
  select raise(abort, 'events are never deleted');
end;

CREATE TRIGGER events_have_no_gap before insert on events
when new.sequence <> 1 + (select coalesce(max(sequence), 0) from events where run_id = new.run_id)
  or exists (select 1 from events where id = new.id)
begin
  select raise(abort, 'events are only added at the end of their run');
end;

CREATE TRIGGER wire_events_are_kept_until_erased before delete on wire_events
when not exists (
  select 1 from events where run_id = old.run_id and type in ('run.erased', 'wire.erased')
)
begin
  select raise(abort, 'wire events are never deleted before their run''s log says that they are erased');
end;

CREATE TRIGGER wire_events_are_never_changed before update on wire_events
begin
  select raise(abort, 'wire events are never changed');
end;

CREATE TABLE artifacts (
  run_id text not null,
  name text not null,
  digest text not null,
  bytes integer not null,
  media_type text not null,
  primary key (run_id, name, digest)
) strict;

CREATE TABLE cancellations (
  run_id text not null primary key,
  requested_by text not null,
  time text not null
) strict;

CREATE TABLE events (
  id text primary key,
  run_id text not null,
  sequence integer not null,
  type text not null,
  version integer not null,
  time text not null,
  actor text not null,
  task_key text,
  attempt_id text,
  effect_id text,
  causation_id text,
  payload text not null,
  payload_digest text not null,
  previous_hash text not null,
  unique (run_id, sequence)
) strict;

CREATE TABLE leases (
  name text not null primary key,
  holder text,
  token integer not null check (token >= 1),
  expires_at integer not null
) strict;

CREATE TABLE runs (
  id text primary key,
  goal text not null,
  pipeline text not null,
  status text not null,
  repository text not null,
  branch text not null,
  started_at text not null,
  finished_at text
, last_sequence integer not null default 0, last_hash text, erased_at text, purged_at text) strict;

CREATE TABLE wire_events (
  id integer primary key,
  run_id text not null,
  position integer not null,
  attempt_id text not null,
  thread_id text,
  time text not null,
  type text not null,
  payload text not null,
  unique (run_id, position)
) strict;

CREATE INDEX artifacts_by_digest on artifacts (digest);

CREATE INDEX erasures on events (run_id, sequence) where type in ('run.erased', 'wire.erased');

CREATE INDEX runs_by_start on runs (started_at desc, id desc);
