"""The store that several hosts share: an object store or a mounted folder (``FANGAN_STORE``).

Without it the home's own folders are the store. With it they are its copy on this host: what is
written there is put into the store before the ledger names it, and what a host lacks, or has
damaged, is fetched when it is read and held against its hash. So DuckDB and Parquet read plain
local files, whose every byte was checked, as they do without a store.

``places`` is the interface and the folder, ``s3`` the object store, ``keys`` which files of the
home are shared, ``shared`` how they get there. Add another kind of store as a class here, with
the tests of the others. What is published, looked up, or made again by any run stays on its host.
"""
