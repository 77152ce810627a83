"""Who may decide, and when it is decided. Core: values in, values out."""
