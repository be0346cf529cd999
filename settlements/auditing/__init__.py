"""An auditor by the clock: what must be equal is compared each hour, and where it is not, somebody hears of it."""
