-- Limits count failures by lane, and forget them one by one; what was counted before is worth nothing.
drop table throttles;
create table throttles (
    subject blob primary key,
    account blob,
    lane text not null,
    tries integer not null,
    counted_at integer not null,
    blocked_until integer not null,
    forgotten_at integer not null
) strict, without rowid;
create index throttles_by_account on throttles (account) where account is not null;
create index throttles_by_end on throttles (forgotten_at);

-- What was refused, by day (since 1970, UTC) and kind.
create table refusals (
    day integer not null,
    kind text not null,
    times integer not null,
    primary key (day, kind)
) strict, without rowid;
