"""What is seen, one widget a module. None of them knows the control API: each is told what to show."""
