"""The faces of terms: what the API says and takes, and how two versions differ. What terms are: `partners.domain.terms`."""
