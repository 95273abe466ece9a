/** The domain log, its projection for listings, the wire log and the index of artifacts. Never edited after it landed. */
export const events = `
create table events (
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

create trigger events_are_never_changed before update on events
begin
  select raise(abort, 'events are never changed');
end;

create trigger events_are_never_deleted before delete on events
begin
  select raise(abort, 'events are never deleted');
end;

create table runs (
  id text primary key,
  goal text not null,
  pipeline text not null,
  status text not null,
  repository text not null,
  branch text not null,
  started_at text not null,
  finished_at text
) strict;

create index runs_by_start on runs (started_at desc, id desc);

create table wire_events (
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

create table artifacts (
  run_id text not null,
  name text not null,
  digest text not null,
  bytes integer not null,
  media_type text not null,
  primary key (run_id, name)
) strict;

create index artifacts_by_digest on artifacts (digest);
`;
