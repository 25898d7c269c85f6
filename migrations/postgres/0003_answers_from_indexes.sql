-- Indexes so that no question reads a whole table of people or of what they hold.

create index users_disabled on users (id) where disabled_at is not null;

drop index grants_by_role;
create index grants_by_role on grants (role_id, user_id, group_id, tenant_id, valid_from, expires_at)
    where role_id is not null;

create index tokens_by_owner on tokens (owner_id) where owner_id is not null;

-- The program folds the two small sigmas into one now, as the search index does.
update users set name_key = replace(name_key, 'ς', 'σ'), search_key = replace(search_key, 'ς', 'σ')
where search_key like '%ς%';
