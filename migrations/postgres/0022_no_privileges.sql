-- Whoever belongs to a domain has a role there, also who may nothing (contract 004).
update role_numbers set newest = newest + 1 where id = 1;
insert into roles (id, number, name, description, builtin, created_at, name_key, same_key)
select '0000000000000000000000NPRV', n.newest, w.name, 'Belongs to a domain and may do nothing there.', true, 0, w.name, w.name
from role_numbers n cross join (select case
    when exists (select 1 from roles where tenant_id is null and same_key = 'no-privileges') then 'no-privileges (built-in)'
    else 'no-privileges' end as name) w
where n.id = 1;
insert into role_versions (role_id, version, name, description, patterns, author_id, author_name, at)
select id, version, name, description, '', null, '', 0 from roles where id = '0000000000000000000000NPRV';
