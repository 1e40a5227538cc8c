"""Trains an MLP with PyTorch for some seconds and prints samples per second: the peer of compare.py.

The network, loss and optimizer are those of Lockstep's run, every sample is gathered at random each epoch. More than
one process: DDP with gloo, which meets at a file, as a port that is free now may be taken later.
"""

import argparse
import gzip
import tempfile
import time

import numpy
import torch
import torch.distributed as distributed
import torch.multiprocessing as multiprocessing
from torch import nn


def read_idx(path):
    with open(path, "rb") as file:
        is_gzip = file.read(2) == b"\x1f\x8b"
    with (gzip.open if is_gzip else open)(path, "rb") as file:
        dimensions = file.read(4)[3]
        shape = numpy.frombuffer(file.read(4 * dimensions), ">u4").astype(int)
        return numpy.frombuffer(file.read(), numpy.uint8).reshape(shape[0], -1)


def load(images, labels):
    x = read_idx(images) / numpy.float32(255)
    return torch.from_numpy(x), torch.from_numpy(read_idx(labels)[:, 0].astype(numpy.int64))


def network(widths, activation):
    layers = []
    for inputs, outputs in zip(widths, widths[1:]):
        layers += [nn.Linear(inputs, outputs), nn.Tanh() if activation == "tanh" else nn.ReLU()]
    return nn.Sequential(*layers[:-1])


def batches(count, batch, rank, processes):
    """This process's share of each global batch, in a new random order each epoch."""
    epoch = 0
    while True:
        order = torch.randperm(count, generator=torch.Generator().manual_seed(epoch))
        for begin in range(0, count - batch + 1, batch):
            yield order[begin + batch * rank // processes : begin + batch * (rank + 1) // processes]
        epoch += 1


def train(rank, options, meeting):
    torch.set_num_threads(options.threads)
    x, y = load(*options.data)
    model = network(options.widths, options.activation)
    processes = options.processes
    if processes > 1:
        distributed.init_process_group("gloo", init_method=f"file://{meeting}", rank=rank, world_size=processes)
        model = nn.parallel.DistributedDataParallel(model)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
    loss_of = nn.CrossEntropyLoss()
    if options.mode == "compiled":
        model = torch.compile(model)
    source = batches(len(x), options.batch, rank, processes)

    def steps(number):
        began = time.perf_counter()
        for _ in range(number):
            rows = next(source)
            optimizer.zero_grad()
            with torch.autocast("cpu", torch.bfloat16, enabled=options.precision == "bfloat16"):
                loss = loss_of(model(x[rows]), y[rows])
            loss.backward()
            optimizer.step()
        return time.perf_counter() - began

    # The first steps choose kernels and compile. Every process must take the same number: rank 0 says how many make up
    # the time, half of it to warm up.
    steps(3)
    warm = torch.tensor([max(1.0, options.seconds / 2 / (steps(5) / 5))])
    if processes > 1:
        distributed.broadcast(warm, 0)
    number = int(warm)
    steps(number)
    taken = steps(2 * number)
    if rank == 0:
        print(f"{2 * number * options.batch / taken:.0f}")
    if processes > 1:
        distributed.destroy_process_group()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--widths", type=int, nargs="+", required=True)
    parser.add_argument("--activation", choices=("relu", "tanh"), required=True)
    parser.add_argument("--batch", type=int, required=True, help="global")
    parser.add_argument("--data", nargs=2, required=True, metavar=("IMAGES", "LABELS"))
    parser.add_argument("--mode", choices=("eager", "compiled"), default="eager")
    parser.add_argument("--precision", choices=("float32", "bfloat16"), default="float32", help="by autocast")
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seconds", type=float, required=True)
    options = parser.parse_args()
    if options.processes == 1:
        train(0, options, None)
    else:
        with tempfile.TemporaryDirectory() as folder:
            multiprocessing.spawn(train, (options, f"{folder}/meeting"), nprocs=options.processes)


if __name__ == "__main__":
    main()
