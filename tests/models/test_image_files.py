"""Files that the tests write byte by byte are read back, and damaged ones are refused."""

import gzip
import struct

import numpy as np
import pytest

from models.image_files import UnreadableImages, read_cifar10, read_idx, read_mnist

IMAGES = np.arange(2 * 3 * 4, dtype=np.uint8).reshape(2, 3, 4)
LABELS = np.array([7, 2], dtype=np.uint8)
CODES = {"u1": 0x08, "i1": 0x09, "i2": 0x0B, "i4": 0x0C, "f4": 0x0D, "f8": 0x0E}


def idx(array, code=0x08):
    lengths = b"".join(struct.pack(">I", length) for length in array.shape)
    return bytes([0, 0, code, array.ndim]) + lengths + array.astype(array.dtype.newbyteorder(">")).tobytes()


def written(folder, name, content):
    path = folder / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("kind", CODES)
def test_every_type_of_entry_is_read_back(tmp_path, kind):
    array = np.array([[0, 1, 2], [3, 4, 127]], dtype=kind)
    read = read_idx(written(tmp_path, "array", idx(array, CODES[kind])))
    assert read.dtype == array.dtype
    assert np.array_equal(read, array)


def test_a_gzipped_file_is_read_as_the_plain_one(tmp_path):
    plain, zipped = written(tmp_path, "plain", idx(IMAGES)), written(tmp_path, "zipped.gz", gzip.compress(idx(IMAGES)))
    assert np.array_equal(read_idx(plain), read_idx(zipped))


def test_an_array_without_entries_is_read_back(tmp_path):
    assert read_idx(written(tmp_path, "none", idx(np.empty((0, 28, 28), dtype=np.uint8)))).shape == (0, 28, 28)


def test_mnist_pairs_images_with_labels(tmp_path):
    pictures, classes = read_mnist(written(tmp_path, "images", idx(IMAGES)), written(tmp_path, "labels", idx(LABELS)))
    assert np.array_equal(pictures, IMAGES)
    assert classes.tolist() == [7, 2]


def test_mnist_refuses_files_of_different_lengths(tmp_path):
    with pytest.raises(UnreadableImages, match="not n images and n labels"):
        read_mnist(written(tmp_path, "images", idx(IMAGES)), written(tmp_path, "labels", idx(LABELS[:1])))


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "four bytes"),
        (b"\1\0\x08\1" + bytes(4), "four bytes"),
        (b"\0\0\x0a\1" + bytes(4), "four bytes"),
        (idx(IMAGES)[:10], "ends within its header"),
        (idx(IMAGES)[:-1], "takes 40"),
        (idx(IMAGES) + b"\0", "takes 40"),
        (bytes([0, 0, 8, 4]) + b"\xff" * 16, "takes"),
        (gzip.compress(idx(IMAGES))[:-9], "damaged gzip"),
        (gzip.compress(idx(IMAGES))[:12] + b"\xff" * 20, "damaged gzip"),
    ],
)
def test_a_damaged_idx_file_is_refused(tmp_path, content, complaint):
    with pytest.raises(UnreadableImages, match=complaint):
        read_idx(written(tmp_path, "damaged", content))


def cifar(*labels):
    pixels = np.arange(3072) % 251
    return b"".join(bytes([label]) + ((pixels + label) % 256).astype(np.uint8).tobytes() for label in labels)


def test_cifar_batches_are_read_in_order(tmp_path):
    images, labels = read_cifar10([written(tmp_path, "one.bin", cifar(3, 9)), written(tmp_path, "two.bin", cifar(0))])
    assert labels.tolist() == [3, 9, 0]
    assert images.shape == (3, 3, 32, 32)


def test_cifar_has_colour_before_row_before_column(tmp_path):
    images, _ = read_cifar10([written(tmp_path, "one.bin", cifar(0))])
    for colour, row, column in ((0, 0, 5), (0, 2, 0), (1, 0, 0), (2, 31, 31)):
        assert images[0, colour, row, column] == (1024 * colour + 32 * row + column) % 251


@pytest.mark.parametrize(("content", "complaint"), [(b"", "no multiple"), (cifar(1)[:-1], "no multiple"), (cifar(10), "label 10")])
def test_a_damaged_cifar_batch_is_refused(tmp_path, content, complaint):
    with pytest.raises(UnreadableImages, match=complaint):
        read_cifar10([written(tmp_path, "damaged.bin", content)])
