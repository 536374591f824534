-- Without an earlier month's results every row is read.
create or replace temp view fresh_code as from delivered_code;
create or replace temp view fresh_plate as from delivered_plate;
