"""Use cases: one module, one public function each."""
