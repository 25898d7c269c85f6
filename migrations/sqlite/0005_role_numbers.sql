-- The number that the newest role got. It only rises, so that no number ever stands for two roles. One row.
create table role_numbers (
    id integer primary key check (id = 1),
    newest integer not null
) strict;
insert into role_numbers (id, newest) select 1, coalesce(max(number), 0) from roles;
