"""What people say to a closed statement: comments, disputes of lines, acceptance."""
