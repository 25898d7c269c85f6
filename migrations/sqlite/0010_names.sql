-- Names are found and compared by keys that the program folds (docs/decisions/0015). These first values know capitals of
-- ASCII only; the program folds them anew, a batch at a time, while it serves. No unique index on sameness: twins that
-- are there stay, and the transaction that writes a name refuses new ones.

alter table roles add column name_key text not null default '';
alter table roles add column same_key text not null default '';
update roles set name_key = lower(name), same_key = lower(name);
create index roles_by_key on roles (name_key, id);
create index roles_by_sameness on roles (same_key);

alter table groups add column name_key text not null default '';
alter table groups add column same_key text not null default '';
update groups set name_key = lower(name), same_key = lower(name);
create index groups_by_key on groups (name_key, id);
create index groups_by_tenant on groups (tenant_id, name_key, id);
create index groups_by_sameness on groups (tenant_id, same_key);

alter table tenants add column name_key text not null default '';
alter table tenants add column search_key text not null default '';
update tenants set name_key = lower(name), search_key = lower(name) || ' ' || slug;
create index tenants_by_key on tenants (name_key, id);

-- Beside the chain: what it vouches for is what was written, not how that is found.
alter table events add column actor_key text;
alter table events add column target_key text;
update events set actor_key = lower(actor_name), target_key = lower(target_name);
drop index events_by_actor_name;
drop index events_by_target_name;
create index events_by_actor_key on events (actor_key, seq);
create index events_by_target_key on events (target_key, seq);

-- Members in the order of their names, from one index.
alter table memberships add column name_key text not null default '';
update memberships set name_key = (select name_key from users where id = user_id);
create index memberships_by_name on memberships (tenant_id, name_key, user_id);
alter table group_members add column name_key text not null default '';
update group_members set name_key = (select name_key from users where id = user_id) where user_id is not null;
create index group_members_by_name on group_members (group_id, name_key, user_id) where user_id is not null;

create trigger users_renamed after update of name_key on users when old.name_key <> new.name_key begin
    update memberships set name_key = new.name_key where user_id = new.id;
    update group_members set name_key = new.name_key where user_id = new.id;
end;
create trigger memberships_named after insert on memberships when new.name_key = '' begin
    update memberships set name_key = (select name_key from users where id = new.user_id) where id = new.id;
end;
create trigger group_members_named after insert on group_members when new.user_id is not null and new.name_key = '' begin
    update group_members set name_key = (select name_key from users where id = new.user_id) where id = new.id;
end;

-- How many belong is kept, not counted, as with users: a page of members costs the same however many there are.
alter table tenants add column members integer not null default 0;
update tenants set members = (select count(*) from memberships where tenant_id = tenants.id);
alter table groups add column people integer not null default 0;
update groups set people = (select count(*) from group_members where group_id = groups.id and user_id is not null);
create trigger memberships_total_insert after insert on memberships begin
    update tenants set members = members + 1 where id = new.tenant_id;
end;
create trigger memberships_total_delete after delete on memberships begin
    update tenants set members = members - 1 where id = old.tenant_id;
end;
create trigger group_members_total_insert after insert on group_members when new.user_id is not null begin
    update groups set people = people + 1 where id = new.group_id;
end;
create trigger group_members_total_delete after delete on group_members when old.user_id is not null begin
    update groups set people = people - 1 where id = old.group_id;
end;
