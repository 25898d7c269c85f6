-- Passwords that people had, as hashes, where it is asked that none of the last ones is chosen again. The one with the
-- highest position was replaced last.
create table former_passwords (
    user_id uuid not null references users (id) on delete cascade,
    position bigint not null,
    hash text collate "C" not null,
    primary key (user_id, position)
);
