-- Mail is sent. What a message says is sealed under the key file, because it may hold a link that opens an account; messages
-- from before this have theirs in `variables`, where nothing secret ever was.

alter table messages add column user_id uuid references users (id) on delete set null;
alter table messages add column locale text collate "C" not null default 'en_US';
alter table messages add column sealed bytea;
-- When it is tried next; past it a sender has it, who may have died with it.
alter table messages add column next_attempt_at bigint not null default 0;
alter table messages add column failed_at bigint;
-- What it holds is worth nothing after this.
alter table messages add column expires_at bigint;
drop index messages_waiting;
create index messages_waiting on messages (next_attempt_at, id) where sent_at is null and failed_at is null;
create index messages_by_created on messages (created_at, id);
create index messages_by_user on messages (user_id) where user_id is not null;

-- Requests for a new password: only the address is noted, known or not, and looked up later, so that the answer tells nobody
-- which accounts there are.
create table reset_requests (
    id uuid primary key,
    login text collate "C" not null,
    address text collate "C",
    created_at bigint not null
);
