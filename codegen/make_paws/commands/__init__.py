"""The commands of ``make-paws``, one module each."""
