r"""Images and labels in the file formats of MNIST (IDX, also gzipped) and CIFAR-10 (binary version).

IDX: two zero bytes, the type of the entries, the number of axes, their lengths as big-endian 32-bit integers, then the
entries in row-major order, big-endian as well. CIFAR-10: records of 3073 bytes, a label and 32 by 32 pixels in each of
three colours. Nothing is downloaded; a damaged file is refused with what is wrong with it.
"""

import gzip
import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from jaxtyping import Int, UInt8
from numpy import ndarray

ENTRIES = {0x08: ">u1", 0x09: ">i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
GZIPPED = b"\x1f\x8b"
COLOURS, SIDE, CLASSES = 3, 32, 10
RECORD = 1 + COLOURS * SIDE**2


class UnreadableImages(ValueError):
    """A file that is not in its format; the message says where it departs from it."""


def read_idx(path: Path) -> ndarray:
    """The array of an IDX file, gzipped or not, in the machine's byte order.

    Raises UnreadableImages where the header or the length is wrong.
    """
    content = _content(path)
    if len(content) < 4 or content[:2] != b"\0\0" or content[2] not in ENTRIES:
        raise UnreadableImages(f"{path} does not begin with the four bytes of an IDX file")
    kind, start = np.dtype(ENTRIES[content[2]]), 4 + 4 * content[3]
    if len(content) < start:
        raise UnreadableImages(f"{path} ends within its header: {content[3]} axes take {start} bytes, it has {len(content)}")
    shape = tuple(int(length) for length in np.frombuffer(content, ">u4", content[3], offset=4))
    wanted = start + kind.itemsize * int(np.prod(shape, dtype=object))
    if len(content) != wanted:
        raise UnreadableImages(f"{path} has {len(content)} bytes, the shape {list(shape)} in its header takes {wanted}")
    return np.frombuffer(content, kind, offset=start).reshape(shape).astype(kind.newbyteorder("="))


def read_mnist(images: Path, labels: Path) -> tuple[UInt8[ndarray, "n rows columns"], Int[ndarray, " n"]]:
    """Images and their labels from the two IDX files of one part of the data.

    Raises UnreadableImages where they do not belong together.
    """
    pictures, classes = read_idx(images), read_idx(labels)
    if pictures.dtype != np.uint8 or pictures.ndim != 3 or classes.dtype != np.uint8 or classes.shape != pictures.shape[:1]:
        raise UnreadableImages(
            f"{images} and {labels} hold arrays of shapes {pictures.shape} and {classes.shape}, not n images and n labels"
        )
    return pictures, classes.astype(np.int64)


def read_cifar10(batches: Sequence[Path]) -> tuple[UInt8[ndarray, "n 3 32 32"], Int[ndarray, " n"]]:
    """Images, colour before row before column, and their labels from batches of the binary version.

    Raises UnreadableImages where a batch is not made of whole records or a label is none.
    """
    records = np.concatenate([_records(path) for path in batches])
    return records[:, 1:].reshape(-1, COLOURS, SIDE, SIDE), records[:, 0].astype(np.int64)


def _records(path: Path) -> UInt8[ndarray, "n 3073"]:
    content = _content(path)
    if not content or len(content) % RECORD:
        raise UnreadableImages(f"{path} has {len(content)} bytes, which is no multiple of the {RECORD} of a record")
    records = np.frombuffer(content, np.uint8).reshape(-1, RECORD)
    if records[:, 0].max() >= CLASSES:
        raise UnreadableImages(f"{path} has the label {records[:, 0].max()}; labels go from 0 to {CLASSES - 1}")
    return records


def _content(path: Path) -> bytes:
    content = path.read_bytes()
    if not content.startswith(GZIPPED):
        return content
    try:
        return gzip.decompress(content)
    except (EOFError, OSError, zlib.error) as error:
        raise UnreadableImages(f"{path} is a damaged gzip file: {error}") from error
