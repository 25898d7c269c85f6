-- Roles keep every version; grants can be renewed; what was deleted can come back; the audit log is a chain.

-- No reference to the role: versions stay while a deleted role can still be restored.
create table role_versions (
    role_id text collate "C" not null,
    version bigint not null,
    name text collate "C" not null,
    description text collate "C" not null,
    patterns text collate "C" not null,
    author_id uuid,
    author_name text collate "C" not null,
    reason text collate "C" not null default '',
    at bigint not null,
    primary key (role_id, version)
);
insert into role_versions (role_id, version, name, description, patterns, author_id, author_name, at)
select id, version, name, description,
    coalesce((select string_agg(pattern, ' ' order by pattern) from role_permissions where role_id = roles.id), ''),
    created_by, '', created_at
from roles;

create index role_permissions_by_pattern on role_permissions (pattern, role_id);
create index grants_by_permission on grants (permission) where permission is not null;

alter table grants add column version bigint not null default 1;
alter table grants add column reminded_at bigint;
create index grants_ending on grants (expires_at) where expires_at is not null and reminded_at is null;

alter table memberships add column version bigint not null default 1;
create index tenants_by_parent on tenants (parent_id) where parent_id is not null;

-- What was deleted, as it was, without secrets. Emptied after 30 days.
create table deleted (
    id uuid primary key,
    kind text collate "C" not null check (kind in ('user', 'role', 'group')),
    name text collate "C" not null,
    snapshot text collate "C" not null,
    deleted_at bigint not null
);
create index deleted_by_time on deleted (deleted_at);

-- Filled only inside what-if transactions, which are always rolled back.
create table what_if_people (
    user_id uuid primary key
);

-- `seq` counts without gaps; `mac` is keyed over the row and the `mac` of the row before it.
alter table events add column seq bigint;
alter table events add column mac bytea;
alter table events add column inverse text collate "C";
alter table events add column undoes uuid;
update events set seq = n.seq
from (select id, row_number() over (order by id) as seq from events) n where n.id = events.id;
create unique index events_by_seq on events (seq);
create unique index events_undone_once on events (undoes) where undoes is not null;
create index events_by_verb on events (verb, seq);
create index events_by_tenant on events (tenant_id, seq) where tenant_id is not null;
create index events_by_request on events (request_id) where inverse is not null;
create index events_by_time on events (at, seq);

-- The chain's end. One row; whoever writes an event holds it until commit, so that numbers have no gaps.
create table event_chain (
    id bigint primary key check (id = 1),
    seq bigint not null,
    mac bytea not null
);
insert into event_chain (id, seq, mac) values (1, 0, '');
