-- When somebody signed in for whom a program changes refresh tokens: what it gets for them ends for good some time after.
alter table tokens add column begun_at integer;
update tokens set begun_at = created_at where kind = 'refresh';
