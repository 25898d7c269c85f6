-- The second step of sign-in. A session that awaits something is nobody's: after the right password it waits for a code, or
-- for another password, and lives for ten minutes.

alter table sessions add column awaits text collate "C" not null default '' check (awaits in ('', 'second_factor', 'password'));
-- A secret that is offered to whoever must have a second factor and has none yet, sealed under the key file.
alter table sessions add column enrolment bytea;
-- The step of time of the last code that was taken: none is taken twice (RFC 6238, 5.2).
alter table users add column totp_step bigint;
-- The sign-in that a typed code belongs to; none for a program's.
alter table codes add column session_id uuid references sessions (id) on delete cascade;
create index codes_by_session on codes (session_id) where session_id is not null;
