"""What is trained: networks and batches by name, and data as IDX files."""

import dataclasses
import pathlib

import numpy

FASHION = pathlib.Path("/usr/share/datasets/fashion-mnist")


@dataclasses.dataclass(frozen=True)
class Work:
    widths: tuple  # of all layers, inputs first
    batch: int  # global
    activation: str = "relu"

    def flops(self):
        """Of one sample's forward and backward pass; the first layer needs no gradient by its inputs."""
        sizes = [inputs * outputs for inputs, outputs in zip(self.widths, self.widths[1:])]
        return 2 * (3 * sum(sizes) - sizes[0])

    def __str__(self):
        words = ["-".join(map(str, self.widths)), self.activation, f"batch {self.batch}"]
        return ", ".join(word for word in words if word != "relu")


WORKS = {
    "W1": Work((784, 512, 512, 10), 64),
    "W2": Work((784, 512, 512, 10), 256),
    "W3": Work((784, 512, 512, 10), 1024),
    "W4": Work((784, 128, 10), 64),
    "W5": Work((784, 2048, 2048, 2048, 10), 512),
    "W6": Work((28, 300, 300, 300, 300, 300, 2), 100, "tanh"),
    "W7": Work((28, 1024, 1024, 2), 4096),
}


@dataclasses.dataclass(frozen=True)
class Data:
    """IDX files of bytes."""

    images: pathlib.Path
    labels: pathlib.Path
    samples: int


def write_idx(path, values):
    header = bytes([0, 0, 8, values.ndim]) + numpy.array(values.shape, ">u4").tobytes()
    path.write_bytes(header + values.astype(numpy.uint8).tobytes())


def all_data(folder):
    """Data by the number of inputs: Fashion-MNIST, and a table of random bytes in two classes, written to `folder`."""
    random = numpy.random.RandomState(1)
    table = Data(folder / "table-images", folder / "table-labels", 16384)
    write_idx(table.images, random.randint(0, 256, (table.samples, 28)))
    write_idx(table.labels, random.randint(0, 2, table.samples))
    images, labels = (FASHION / f"train-{name}-ubyte.gz" for name in ("images-idx3", "labels-idx1"))
    return {784: Data(images, labels, 60000), 28: table}
