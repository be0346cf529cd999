"""The life of agreements: proposals and their answers, endings, documents, copies, reminders."""
