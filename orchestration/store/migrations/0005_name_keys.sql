-- The key of masked names, told by its hash: another one in its place would name the same things otherwise.

create table name_key (
    key_id integer primary key autoincrement,
    sha256 text not null, -- of the key, which never leaves its file
    made_at text not null
) strict;

create trigger name_key_refuses_update before update on name_key
begin select raise(abort, 'the ledger only grows: name_key'); end;
create trigger name_key_refuses_delete before delete on name_key
begin select raise(abort, 'the ledger only grows: name_key'); end;
