-- Readings only grow, so that the audit log can tell of each; who approved stands beside who decided;
-- and a decision is settled once all that follows from it is in place.

create table kept_reading (
    reading_id integer primary key autoincrement,
    delivery_id integer not null references arrival (delivery_id),
    reader_version text not null,
    landing_sha256 text not null,
    content text not null, -- JSON of the reading: row roles, columns, problems
    read_at text not null
) strict;

insert into kept_reading (delivery_id, reader_version, landing_sha256, content, read_at)
select delivery_id, reader_version, landing_sha256, content, read_at from reading order by rowid;

drop table reading;

alter table kept_reading rename to reading;

create index reading_of_delivery on reading (delivery_id, reader_version);

create trigger reading_refuses_update before update on reading
begin select raise(abort, 'the ledger only grows: reading'); end;
create trigger reading_refuses_delete before delete on reading
begin select raise(abort, 'the ledger only grows: reading'); end;

alter table release_decision add column approved_by text;
alter table sample add column drawn_by text;
alter table sample add column approved_by text;

create table settlement (
    decision_id integer primary key references release_decision (decision_id),
    settled_at text not null
) strict;

insert into settlement select decision_id, decided_at from release_decision;

create trigger settlement_refuses_update before update on settlement
begin select raise(abort, 'the ledger only grows: settlement'); end;
create trigger settlement_refuses_delete before delete on settlement
begin select raise(abort, 'the ledger only grows: settlement'); end;
