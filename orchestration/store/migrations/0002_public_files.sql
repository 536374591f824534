-- What was written for the public, file by file: without it a file could only be held against itself.

create table public_file (
    entry_id integer primary key autoincrement,
    path text not null, -- below the home
    sha256 text, -- null where the file was taken away
    written_at text not null
) strict;

create index public_file_of_path on public_file (path, entry_id);

create trigger public_file_refuses_update before update on public_file
begin select raise(abort, 'the ledger only grows: public_file'); end;
create trigger public_file_refuses_delete before delete on public_file
begin select raise(abort, 'the ledger only grows: public_file'); end;
