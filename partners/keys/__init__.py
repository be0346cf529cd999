"""Keys for programs: secret ones for servers, publishable ones for web pages.

A secret key acts for its organization with the permissions it was given. A publishable key stands in the source of a
page; it is bound to the origins it was made for and opens the public edge only, never a read of the API.
"""
