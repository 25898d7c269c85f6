-- The log is searched by what people and things were called, and deleted people by their login.

create index events_by_actor_name on events (lower(actor_name), seq);
create index events_by_target_name on events (lower(target_name), seq);

update deleted set name = json_extract(snapshot, '$.profile.email') where kind = 'user';
create index deleted_by_name on deleted (kind, name);

-- A tenant that is removed is looked for in what could belong to it.
create index codes_by_tenant on codes (tenant_id) where tenant_id is not null;
create index grants_by_tenant on grants (tenant_id, user_id, group_id) where tenant_id is not null;
create index tokens_by_tenant on tokens (tenant_id) where tenant_id is not null;
