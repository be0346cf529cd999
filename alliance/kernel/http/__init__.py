"""What the faces share: doors, typed requests, translators of errors, pagination, throttling."""
