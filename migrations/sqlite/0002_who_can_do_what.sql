-- Roles keep every version; grants can be renewed; what was deleted can come back; the audit log is a chain.

-- No reference to the role: versions stay while a deleted role can still be restored.
create table role_versions (
    role_id text not null,
    version integer not null,
    name text not null,
    description text not null,
    patterns text not null,
    author_id blob,
    author_name text not null,
    reason text not null default '',
    at integer not null,
    primary key (role_id, version)
) strict, without rowid;
insert into role_versions (role_id, version, name, description, patterns, author_id, author_name, at)
select id, version, name, description,
    coalesce((select group_concat(pattern, ' ') from
        (select pattern from role_permissions where role_id = roles.id order by pattern)), ''),
    created_by, '', created_at
from roles;

create index role_permissions_by_pattern on role_permissions (pattern, role_id);
create index grants_by_permission on grants (permission) where permission is not null;

alter table grants add column version integer not null default 1;
alter table grants add column reminded_at integer;
create index grants_ending on grants (expires_at) where expires_at is not null and reminded_at is null;

alter table memberships add column version integer not null default 1;
create index tenants_by_parent on tenants (parent_id) where parent_id is not null;

-- What was deleted, as it was, without secrets. Emptied after 30 days.
create table deleted (
    id blob primary key,
    kind text not null check (kind in ('user', 'role', 'group')),
    name text not null,
    snapshot text not null,
    deleted_at integer not null
) strict, without rowid;
create index deleted_by_time on deleted (deleted_at);

-- Filled only inside what-if transactions, which are always rolled back.
create table what_if_people (
    user_id blob primary key
) strict, without rowid;

-- `seq` counts without gaps; `mac` is keyed over the row and the `mac` of the row before it.
alter table events add column seq integer;
alter table events add column mac blob;
alter table events add column inverse text;
alter table events add column undoes blob;
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
    id integer primary key check (id = 1),
    seq integer not null,
    mac blob not null
) strict;
insert into event_chain (id, seq, mac) values (1, 0, x'');
