-- Without an earlier month's results every plate was read.
create or replace temp view every_plate as from read_plate;
create or replace temp view plate as from read_plate where is_candidate;
