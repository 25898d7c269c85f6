-- In which tenants an event is found: the one that it concerns; and where it is about a person themself, every one that
-- they belonged to then. Rows written before say the first alone. The log's chain doesn't cover this: it follows from what
-- the chain covers, and from where people belonged.

create table tenants_of_events (
    tenant blob not null,
    event integer not null,
    primary key (tenant, event)
) strict, without rowid;

insert into tenants_of_events (tenant, event)
select tenant_id, seq from events where tenant_id is not null and seq is not null;
