"""Books that prove themselves: sealed journals, statements that anybody recomputes, and an auditor that looks each hour."""
