-- Without an earlier month's results there is nothing to keep.
create or replace temp view outcome_before_conflicts as from machine;
create or replace temp view pair_to_keep as from undecided_pair;