-- Whom a change of a group or a tenant is about: the log of a person holds what was done to their memberships, too.
alter table events add column member_id text;
create index events_by_member on events (member_id, seq) where member_id is not null;

-- In the order in which they are read.
drop index events_by_actor;
create index events_by_actor on events (actor_id, seq) where actor_id is not null;
drop index events_by_target;
create index events_by_target on events (target_kind, target_id, seq);

-- Who held a role that was deleted: as many rows as grants, so that nobody's memory has to hold them.
create table deleted_grants (
    id blob primary key,
    user_id blob,
    group_id blob,
    role_id text not null,
    tenant_id blob,
    valid_from integer,
    expires_at integer,
    reason text not null,
    granted_by blob,
    created_at integer not null,
    version integer not null
) strict, without rowid;
create index deleted_grants_by_role on deleted_grants (role_id);

-- Who made a link: it works as long as they may do all that its user may.
alter table codes add column made_by blob;

-- A tenant that is removed is looked for in its roles.
create index roles_by_tenant on roles (tenant_id) where tenant_id is not null;
