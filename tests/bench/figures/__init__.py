"""One module a figure (or a pair that is measured in one go): ``measure(databases, size)`` gives its lines."""
