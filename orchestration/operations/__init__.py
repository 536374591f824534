"""What unattended operation asks: which months are due, which runs died, what lies wrongly.

The ledger and ``raw`` are the truth; Dagster's records only say what was tried. Add a question
here that sensors, the schedule and commands all ask. Acting on the answers is theirs, and
telling people of them is not done here.
"""
