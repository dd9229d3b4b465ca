"""Functions that are not in a service model: R's own (``make.paws/R/custom``), and others.

Their parameters and their help are in ``overrides.toml`` of the generator, as
``[[function]]``. ``paws_common.custom.SERVICE.NAME`` implements the function ``NAME`` of a
service; its first argument is the service.
"""
