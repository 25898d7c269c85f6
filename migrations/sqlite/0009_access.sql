-- Who may do what is said once: in which groups a group is, at any depth, and which grant reaches whom and where.

-- Each group with itself and with every group around it. The program keeps it when groups are put into groups, taken
-- out of them, made and deleted.
create table group_closure (
    group_id blob not null references groups (id) on delete cascade,
    ancestor_id blob not null references groups (id) on delete cascade,
    primary key (group_id, ancestor_id)
) strict, without rowid;
create index group_closure_by_ancestor on group_closure (ancestor_id, group_id);

insert into group_closure (group_id, ancestor_id)
with recursive reach (group_id, ancestor_id) as (
    select id, id from groups
    union
    select r.group_id, m.group_id from reach r join group_members m on m.member_group_id = r.ancestor_id
)
select group_id, ancestor_id from reach;

-- Whoever holds something everywhere today goes on holding it everywhere.
update users set tenant_scope = 'any'
where id in (select user_id from grants where user_id is not null and tenant_id is null);

-- What bounds a person's own grants everywhere is looked up for each of them.
create unique index users_by_scope on users (id, tenant_scope);
create index tenants_by_type on tenants (type, id);

-- A row for each grant, person whom it reaches, and place where it counts (null: everywhere). It counts at a moment with
-- `begins <= moment and ends > moment`. One in a tenant counts for the tenant's active members. A person's own grants
-- everywhere count in their active memberships (tenant_scope 'list'), in the tenants of type test ('type_test'), or
-- everywhere ('any'); the built-in role admin does so in any case. What reaches them through a group counts as it
-- stands, whatever their scope. The program asks by a constant or by `exists` and `in`: joined under a group or a left
-- join, SQLite would work the whole view out.
create view effective_grants
    (user_id, grant_id, group_id, role_id, permission, tenant_id, begins, ends) as
select g.user_id, g.id, g.group_id, g.role_id, g.permission, g.tenant_id,
    coalesce(g.valid_from, 0), coalesce(g.expires_at, 9223372036854775807)
from grants g
where g.user_id is not null and case
    when g.tenant_id is not null then exists (select 1 from memberships m
        where m.user_id = g.user_id and m.tenant_id = g.tenant_id and m.status = 'active')
    else g.role_id is not distinct from '0000000000000000000000ADM1' or exists (select 1 from users u
        where u.id = g.user_id and u.tenant_scope = 'any') end
union all
select g.user_id, g.id, g.group_id, g.role_id, g.permission, m.tenant_id,
    coalesce(g.valid_from, 0), coalesce(g.expires_at, 9223372036854775807)
from grants g cross join users u cross join memberships m
where g.tenant_id is null and g.role_id is distinct from '0000000000000000000000ADM1'
    and u.id = g.user_id and u.tenant_scope = 'list' and m.user_id = u.id and m.status = 'active'
union all
select g.user_id, g.id, g.group_id, g.role_id, g.permission, t.id,
    coalesce(g.valid_from, 0), coalesce(g.expires_at, 9223372036854775807)
from grants g cross join users u cross join tenants t
where g.tenant_id is null and g.role_id is distinct from '0000000000000000000000ADM1'
    and u.id = g.user_id and u.tenant_scope = 'type_test' and t.type = 'test'
union all
select p.user_id, g.id, g.group_id, g.role_id, g.permission, g.tenant_id,
    coalesce(g.valid_from, 0), coalesce(g.expires_at, 9223372036854775807)
from group_members p join group_closure c on c.group_id = p.group_id join grants g on g.group_id = c.ancestor_id
where p.user_id is not null
    and (g.tenant_id is null or exists (select 1 from memberships m
        where m.user_id = p.user_id and m.tenant_id = g.tenant_id and m.status = 'active'));
