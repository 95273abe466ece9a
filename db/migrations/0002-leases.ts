/** Leases; events only at the end of their run; several contents of one name among a run's artifacts. */
export const leases = `
create table leases (
  name text not null primary key,
  holder text,
  token integer not null check (token >= 1),
  expires_at integer not null
) strict;

-- Also what refuses INSERT OR REPLACE, for which SQLite runs no trigger on the row that it deletes.
create trigger events_have_no_gap before insert on events
when new.sequence <> 1 + (select coalesce(max(sequence), 0) from events where run_id = new.run_id)
  or exists (select 1 from events where id = new.id)
begin
  select raise(abort, 'events are only added at the end of their run');
end;

alter table artifacts rename to artifacts_before;

create table artifacts (
  run_id text not null,
  name text not null,
  digest text not null,
  bytes integer not null,
  media_type text not null,
  primary key (run_id, name, digest)
) strict;

insert into artifacts select run_id, name, digest, bytes, media_type from artifacts_before order by rowid;

drop table artifacts_before;

create index artifacts_by_digest on artifacts (digest);
`;
