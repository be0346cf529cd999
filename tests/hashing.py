"""How tests hash passwords: by the product's algorithm, without the work that makes guessing dear."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class QuickArgon2PasswordHasher(Argon2PasswordHasher):
    """A fifth of a second less for each password."""

    time_cost = 1
    memory_cost = 64
    parallelism = 1
