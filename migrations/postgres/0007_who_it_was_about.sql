-- Whom a change of a group or a tenant is about: the log of a person holds what was done to their memberships, too.
alter table events add column member_id text collate "C";
create index events_by_member on events (member_id, seq) where member_id is not null;

-- In the order in which they are read.
drop index events_by_actor;
create index events_by_actor on events (actor_id, seq) where actor_id is not null;
drop index events_by_target;
create index events_by_target on events (target_kind, target_id, seq);

-- Who held a role that was deleted: as many rows as grants, so that nobody's memory has to hold them.
create table deleted_grants (
    id uuid primary key,
    user_id uuid,
    group_id uuid,
    role_id text collate "C" not null,
    tenant_id uuid,
    valid_from bigint,
    expires_at bigint,
    reason text collate "C" not null,
    granted_by uuid,
    created_at bigint not null,
    version bigint not null
);
create index deleted_grants_by_role on deleted_grants (role_id);

-- Who made a link: it works as long as they may do all that its user may.
alter table codes add column made_by uuid;

-- A tenant that is removed is looked for in its roles.
create index roles_by_tenant on roles (tenant_id) where tenant_id is not null;

-- An id as text: what SQLite has built in for its own.
create function hex(uuid) returns text language sql immutable parallel safe
    as $$ select replace(cast($1 as text), '-', '') $$;
