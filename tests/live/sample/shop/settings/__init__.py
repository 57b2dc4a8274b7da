"""Settings, split as most sites do: base for every place, production for the live one."""
