/** Erasing with a tombstone, and the end of each run's chain beside it. Never edited after it landed. */
export const erasures = `
alter table runs add column last_sequence integer not null default 0;

alter table runs add column last_hash text;

alter table runs add column erased_at text;

-- When what was erased had left the bytes of the file too.
alter table runs add column purged_at text;

update runs set last_sequence = coalesce((select max(sequence) from events where run_id = runs.id), 0);

create index erasures on events (run_id, sequence) where type in ('run.erased', 'wire.erased');

drop trigger events_are_never_changed;

-- But for a payload that goes, once the run's own log says so.
create trigger events_are_never_changed before update on events
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

create trigger wire_events_are_never_changed before update on wire_events
begin
  select raise(abort, 'wire events are never changed');
end;

create trigger wire_events_are_kept_until_erased before delete on wire_events
when not exists (
  select 1 from events where run_id = old.run_id and type in ('run.erased', 'wire.erased')
)
begin
  select raise(abort, 'wire events are never deleted before their run''s log says that they are erased');
end;

create trigger artifacts_are_never_changed before update on artifacts
begin
  select raise(abort, 'artifacts are never changed');
end;

create trigger artifacts_are_kept_until_erased before delete on artifacts
when not exists (
  select 1 from events
  where run_id = old.run_id and type in ('run.erased', 'wire.erased') and type = 'run.erased'
)
begin
  select raise(abort, 'artifacts are never deleted before their run''s log says that they are erased');
end;
`;
