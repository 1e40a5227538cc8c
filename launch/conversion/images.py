"""A folder with one folder of images for each class, all of one size: grey where all are, else in colour."""

import numpy

from conversion.common import BLOCK_BYTES, ConversionError, wanted

PACKAGE = "on Debian, apt-get install python3-pil"
GREY = {"1", "L", "LA"}


def recognises(path):
    return path.is_dir()


class Images:
    def __init__(self, path):
        self.module = wanted("PIL.Image", PACKAGE)
        self.classes = sorted(folder.name for folder in path.iterdir() if folder.is_dir())
        self.files = [(file, label) for label, name in enumerate(self.classes) for file in sorted((path / name).iterdir())
                      if file.is_file() and not file.name.startswith(".")]  # fmt: skip
        if not self.files:
            raise ConversionError("holds no folders with images, one for each class")
        self.mode, self.size = "L", None
        for file, _ in self.files:
            with self.open(file) as image:
                if self.size not in (None, image.size):
                    raise ConversionError("{} has {} x {} pixels and {} has {} x {}; bring all to one size".format(
                        self.files[0][0], *self.size, file, *image.size))  # fmt: skip
                self.size = image.size
                if image.mode.startswith(("I", "F")):
                    raise ConversionError(f"{file}: has more than 8 bits a pixel; save it with 8")
                if image.mode not in GREY:
                    self.mode = "RGB"

    def open(self, file):
        try:
            return self.module.open(file)
        except self.module.UnidentifiedImageError as error:
            raise ConversionError(f"{file}: no image that Pillow can read; leave it away") from error

    def blocks(self):
        """Yields images, (images, height, width[, 3]) bytes, with the numbers of their classes."""
        rows = max(1, BLOCK_BYTES // (3 * self.size[0] * self.size[1]))
        for begin in range(0, len(self.files), rows):
            pixels, labels = [], []
            for file, label in self.files[begin : begin + rows]:
                with self.open(file) as image:
                    pixels.append(numpy.asarray(image.convert(self.mode)))
                labels.append(label)
            yield numpy.stack(pixels), numpy.array(labels)
