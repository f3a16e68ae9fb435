"""The Django project: settings, addresses, the queue, commands, and what runs it all."""
