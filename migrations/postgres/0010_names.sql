-- Names are found and compared by keys that the program folds (docs/decisions/0015). These first values know capitals of
-- ASCII only; the program folds them anew, a batch at a time, while it serves. No unique index on sameness: twins that
-- are there stay, and the transaction that writes a name refuses new ones.

alter table roles add column name_key text collate "C" not null default '';
alter table roles add column same_key text collate "C" not null default '';
update roles set name_key = lower(name), same_key = lower(name);
create index roles_by_key on roles (name_key, id);
create index roles_by_sameness on roles (same_key);

alter table groups add column name_key text collate "C" not null default '';
alter table groups add column same_key text collate "C" not null default '';
update groups set name_key = lower(name), same_key = lower(name);
create index groups_by_key on groups (name_key, id);
create index groups_by_tenant on groups (tenant_id, name_key, id);
create index groups_by_sameness on groups (tenant_id, same_key);

alter table tenants add column name_key text collate "C" not null default '';
alter table tenants add column search_key text collate "C" not null default '';
update tenants set name_key = lower(name), search_key = lower(name) || ' ' || slug;
create index tenants_by_key on tenants (name_key, id);

-- Beside the chain: what it vouches for is what was written, not how that is found.
alter table events add column actor_key text collate "C";
alter table events add column target_key text collate "C";
update events set actor_key = lower(actor_name), target_key = lower(target_name);
drop index events_by_actor_name;
drop index events_by_target_name;
create index events_by_actor_key on events (actor_key, seq);
create index events_by_target_key on events (target_key, seq);

-- Members in the order of their names, from one index.
alter table memberships add column name_key text collate "C" not null default '';
update memberships m set name_key = u.name_key from users u where u.id = m.user_id;
create index memberships_by_name on memberships (tenant_id, name_key, user_id);
alter table group_members add column name_key text collate "C" not null default '';
update group_members m set name_key = u.name_key from users u where u.id = m.user_id;
create index group_members_by_name on group_members (group_id, name_key, user_id) where user_id is not null;

create function rename_member() returns trigger language plpgsql as $$
begin
    update memberships set name_key = new.name_key where user_id = new.id;
    update group_members set name_key = new.name_key where user_id = new.id;
    return null;
end $$;
create trigger users_renamed after update on users for each row
    when (old.name_key is distinct from new.name_key) execute function rename_member();
create function name_member() returns trigger language plpgsql as $$
begin
    new.name_key := coalesce((select u.name_key from users u where u.id = new.user_id), '');
    return new;
end $$;
create trigger memberships_named before insert on memberships for each row
    when (new.name_key = '') execute function name_member();
create trigger group_members_named before insert on group_members for each row
    when (new.user_id is not null and new.name_key = '') execute function name_member();

-- How many belong is kept, not counted, as with users: a page of members costs the same however many there are.
-- By statement, so that a bulk insert changes each total once; in the order of ids, so that two never wait for each other.
alter table tenants add column members bigint not null default 0;
update tenants t set members = (select count(*) from memberships m where m.tenant_id = t.id);
alter table groups add column people bigint not null default 0;
update groups g set people = (select count(*) from group_members m where m.group_id = g.id and m.user_id is not null);
create function count_memberships() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' then
        update tenants t set members = t.members - c.n
        from (select tenant_id, count(*) as n from gone group by tenant_id order by tenant_id) c where c.tenant_id = t.id;
    end if;
    if tg_op = 'INSERT' then
        update tenants t set members = t.members + c.n
        from (select tenant_id, count(*) as n from come group by tenant_id order by tenant_id) c where c.tenant_id = t.id;
    end if;
    return null;
end $$;
create trigger memberships_total_insert after insert on memberships
    referencing new table as come for each statement execute function count_memberships();
create trigger memberships_total_delete after delete on memberships
    referencing old table as gone for each statement execute function count_memberships();
create function count_group_members() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' then
        update groups g set people = g.people - c.n
        from (select group_id, count(user_id) as n from gone group by group_id order by group_id) c where c.group_id = g.id;
    end if;
    if tg_op = 'INSERT' then
        update groups g set people = g.people + c.n
        from (select group_id, count(user_id) as n from come group by group_id order by group_id) c where c.group_id = g.id;
    end if;
    return null;
end $$;
create trigger group_members_total_insert after insert on group_members
    referencing new table as come for each statement execute function count_group_members();
create trigger group_members_total_delete after delete on group_members
    referencing old table as gone for each statement execute function count_group_members();
