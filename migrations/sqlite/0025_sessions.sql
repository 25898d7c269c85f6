-- A session ends when nobody used it for a while, and holds what pages keep in it between requests.
alter table sessions add column last_seen_at integer not null default 0;
alter table sessions add column idle integer not null default 7200000;
alter table sessions add column data text not null default '{}';
update sessions set last_seen_at = created_at;
