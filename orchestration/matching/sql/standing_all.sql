-- Without an earlier month's results nothing stands but what was matched now.
create or replace temp view standing as
from judged_now;
