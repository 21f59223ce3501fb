"""From answers to the text of a stack file: pure, asked and written elsewhere."""
