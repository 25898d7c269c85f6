-- What was deleted says which version of it was kept. Rows of before have version 0, and are read as they are.

alter table deleted add column version bigint not null default 0;
