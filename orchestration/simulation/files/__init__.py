"""The simulated city's deliveries as files: layouts of sheets, workbooks and csv.

Add here how a district's office programs write. What stands in the rows is decided in the room
above.
"""
