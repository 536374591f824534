-- Without an earlier month's results only what was matched now is valid.
create or replace temp view still_valid as
from judged_now;
