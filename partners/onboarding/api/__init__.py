"""The API of onboarding: an applicant's side, the host's, and bank accounts."""
