-- Without an earlier month's results every code is looked at.
create or replace temp view wanted as from read_code;
create or replace temp view plate_in_question as from plate;
