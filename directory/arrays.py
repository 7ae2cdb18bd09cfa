"""What the numbers of texts are kept in. Only code that an encoder is loaded for imports this: numpy weighs 17 MB."""

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
"""Numbers of single precision, of whatever shape is said beside them."""
