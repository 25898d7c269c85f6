-- Keys for programs. A token acts for whoever it belongs to, no wider than that person or service account; a key pair is a
-- tenant's own. `permissions` are patterns that bound what it may be used for; `allowed_from` are networks, apart by blanks,
-- and empty for everywhere. Only account tokens and the secrets of key pairs can be read again: sealed under the key file.

-- Tokens are counted: numbers rise and are never given twice, also when the last one was deleted.
create table counters (
    name text primary key,
    value integer not null
) strict, without rowid;
insert into counters (name, value) select 'token', coalesce(max(number), 0) from tokens;

-- Access tokens have no number: nobody manages them one by one. Who made a token may go before it.
create table tokens_next (
    id blob primary key,
    number integer unique,
    tenant_id blob references tenants (id),
    kind text not null check (kind in ('account', 'personal', 'service_key', 'access', 'refresh')),
    name text not null,
    user_id blob references users (id) on delete cascade,
    created_by blob,
    client_id blob references clients (id) on delete cascade,
    audience text not null default '',
    scope text not null default '',
    permissions text not null default '*.*',
    allowed_from text not null default '',
    prefix text not null,
    token_hash blob not null unique,
    token_sealed blob,
    disabled_at integer,
    expires_at integer,
    last_used_at integer,
    last_used_from text,
    version integer not null default 1,
    created_at integer not null,
    updated_at integer not null,
    check (kind = 'account' or token_sealed is null),
    check ((user_id is null) <> (client_id is null)),
    check ((number is null) = (kind in ('access', 'refresh')))
) strict, without rowid;
insert into tokens_next (id, tenant_id, kind, name, client_id, scope, prefix, token_hash, expires_at, created_at, updated_at)
select id, tenant_id, kind, name, client_id, scope, prefix, token_hash, expires_at, created_at, updated_at from tokens
where kind = 'access' and client_id is not null;
drop table tokens;
alter table tokens_next rename to tokens;
create index tokens_by_user on tokens (user_id) where user_id is not null;
create index tokens_by_client on tokens (client_id) where client_id is not null;
create index tokens_by_tenant on tokens (tenant_id, number);
create index access_tokens_by_end on tokens (expires_at) where kind = 'access';

alter table clients add column allowed_from text not null default '';
alter table clients add column expires_at integer;
alter table clients add column last_used_at integer;
alter table clients add column last_used_from text;

alter table key_pairs add column permissions text not null default '';
alter table key_pairs add column allowed_from text not null default '';
alter table key_pairs add column expires_at integer;
alter table key_pairs add column last_used_at integer;
alter table key_pairs add column last_used_from text;
alter table key_pairs add column version integer not null default 1;
alter table key_pairs add column updated_at integer not null default 0;
create index key_pairs_by_tenant on key_pairs (tenant_id, id);

-- Which permission a token, client credentials or a key pair used on which day (in UTC, counted from 1970).
create table permission_uses (
    credential_id blob not null,
    permission text not null,
    day integer not null,
    primary key (credential_id, permission, day)
) strict, without rowid;
create index permission_uses_by_day on permission_uses (day);

-- Service accounts hold service keys and are no people: lists and totals of people are without them. A membership says so
-- of its user, because it is counted while its user goes.
alter table memberships add column kind text not null default 'human';
update memberships set kind = 'service_account' where user_id in (select id from users where kind <> 'human');
update tenants set members = (select count(*) from memberships m where m.tenant_id = tenants.id and m.kind = 'human');
drop trigger memberships_total_insert;
drop trigger memberships_total_delete;
create trigger memberships_total_insert after insert on memberships when new.kind = 'human' begin
    update tenants set members = members + 1 where id = new.tenant_id;
end;
create trigger memberships_total_delete after delete on memberships when old.kind = 'human' begin
    update tenants set members = members - 1 where id = old.tenant_id;
end;
drop trigger users_total_insert;
drop trigger users_total_delete;
drop trigger users_total_update;
create trigger users_total_insert after insert on users when new.kind = 'human' begin
    update user_totals set total = total + 1 where status = new.status;
end;
create trigger users_total_delete after delete on users when old.kind = 'human' begin
    update user_totals set total = total - 1 where status = old.status;
end;
create trigger users_total_update after update on users when old.status <> new.status and old.kind = 'human' begin
    update user_totals set total = total - 1 where status = old.status;
    update user_totals set total = total + 1 where status = new.status;
end;
drop trigger users_search_insert;
drop trigger users_search_delete;
drop trigger users_search_update;
create trigger users_search_insert after insert on users when new.kind = 'human' begin
    insert into users_search (rowid, search_key) values (new.number, new.search_key);
end;
create trigger users_search_delete after delete on users when old.kind = 'human' begin
    insert into users_search (users_search, rowid, search_key) values ('delete', old.number, old.search_key);
end;
create trigger users_search_update after update of search_key on users
when old.search_key <> new.search_key and old.kind = 'human' begin
    insert into users_search (users_search, rowid, search_key) values ('delete', old.number, old.search_key);
    insert into users_search (rowid, search_key) values (new.number, new.search_key);
end;

-- Key pairs act, too. SQLite changes no check, so the table is made anew; its rows stay as they are.
create table events_next (
    id blob primary key,
    at integer not null,
    actor_kind text not null check (actor_kind in ('user', 'anonymous', 'command_line', 'system', 'client', 'key_pair')),
    actor_id blob,
    actor_name text not null,
    action text not null,
    target_kind text not null,
    target_id text not null,
    target_name text not null,
    tenant_id blob,
    before text,
    after text,
    address text,
    request_id text,
    seq integer,
    mac blob,
    undo_data text,
    undoes blob,
    member_id text,
    actor_key text,
    target_key text,
    format integer not null default 1,
    undo_kind text,
    undo_version integer,
    undo_subject text
) strict, without rowid;
insert into events_next (id, at, actor_kind, actor_id, actor_name, action, target_kind, target_id, target_name, tenant_id, before, after,
    address, request_id, seq, mac, undo_data, undoes, member_id, actor_key, target_key, format, undo_kind, undo_version,
    undo_subject)
select id, at, actor_kind, actor_id, actor_name, action, target_kind, target_id, target_name, tenant_id, before, after,
    address, request_id, seq, mac, undo_data, undoes, member_id, actor_key, target_key, format, undo_kind, undo_version,
    undo_subject
from events;
drop table events;
alter table events_next rename to events;
create unique index events_by_seq on events (seq);
create unique index events_undone_once on events (undoes) where undoes is not null;
create index events_by_action on events (action, seq);
create index events_by_tenant on events (tenant_id, seq) where tenant_id is not null;
create index events_by_request on events (request_id) where undo_data is not null;
create index events_by_time on events (at, seq);
create index events_by_member on events (member_id, seq) where member_id is not null;
create index events_by_actor on events (actor_id, seq) where actor_id is not null;
create index events_by_target on events (target_kind, target_id, seq);
create index events_by_actor_key on events (actor_key, seq);
create index events_by_target_key on events (target_key, seq);
create index events_by_undo on events (undo_subject, undo_kind, seq) where undo_subject is not null;
