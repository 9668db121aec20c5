"""Types and shapes of the annotations, checked while the tests run; an int is a float, as in Python's own rules."""

from beartype import BeartypeConf, beartype

checked = beartype(conf=BeartypeConf(is_pep484_tower=True))
