"""The commands of ``make-paws``, one module each: what `make_paws.cli` dispatches to."""
