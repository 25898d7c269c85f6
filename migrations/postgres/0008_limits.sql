-- Limits count failures by lane, and forget them one by one; what was counted before is worth nothing.
drop table throttles;
create table throttles (
    subject bytea primary key,
    account bytea,
    lane text not null,
    tries bigint not null,
    counted_at bigint not null,
    blocked_until bigint not null,
    forgotten_at bigint not null
);
create index throttles_by_account on throttles (account) where account is not null;
create index throttles_by_end on throttles (forgotten_at);

-- What was refused, by day (since 1970, UTC) and kind.
create table refusals (
    day bigint not null,
    kind text not null,
    times bigint not null,
    primary key (day, kind)
);
