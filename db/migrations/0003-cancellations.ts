/** Requests to end a run. */
export const cancellations = `
create table cancellations (
  run_id text not null primary key,
  requested_by text not null,
  time text not null
) strict;
`;
