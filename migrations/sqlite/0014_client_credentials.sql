-- Names of client credentials are found and compared as other names are; a secret says when it was last used.

alter table clients add column name_key text not null default '';
alter table clients add column same_key text not null default '';
create index clients_by_name on clients (name_key, id);
create index clients_by_tenant on clients (tenant_id, name_key, id);
create unique index clients_same on clients (tenant_id, same_key);
alter table client_secrets add column last_used_at integer;
create index client_secrets_by_client on client_secrets (client_id);
create index group_members_by_client on group_members (client_id) where client_id is not null;
create index tokens_by_client on tokens (client_id) where client_id is not null;
create index access_tokens_by_end on tokens (expires_at) where kind = 'access';

-- Client credentials act, too. SQLite changes no check, so the table is made anew; its rows stay as they are.
create table events_next (
    id blob primary key,
    at integer not null,
    actor_kind text not null check (actor_kind in ('user', 'anonymous', 'command_line', 'system', 'client')),
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
