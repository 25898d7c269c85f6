-- Names of client credentials are found and compared as other names are; a secret says when it was last used.

alter table clients add column name_key text collate "C" not null default '';
alter table clients add column same_key text collate "C" not null default '';
create index clients_by_name on clients (name_key, id);
create index clients_by_tenant on clients (tenant_id, name_key, id);
create unique index clients_same on clients (tenant_id, same_key);
alter table client_secrets add column last_used_at bigint;
create index client_secrets_by_client on client_secrets (client_id);
create index group_members_by_client on group_members (client_id) where client_id is not null;
create index tokens_by_client on tokens (client_id) where client_id is not null;
create index access_tokens_by_end on tokens (expires_at) where kind = 'access';

-- Client credentials act, too.
alter table events drop constraint events_actor_kind_check;
alter table events add constraint events_actor_kind_check
    check (actor_kind in ('user', 'anonymous', 'command_line', 'system', 'client'));
alter index events_by_verb rename to events_by_action;
