"""Trains an MLP on Fashion-MNIST with PyTorch for some seconds and prints samples per second.

Usage: pytorch_peer.py HIDDEN BATCH PROCESSES THREADS SECONDS, HIDDEN being 512-512. The peer of compare.py: the same
network, data, loss and optimizer, every sample gathered at random each epoch. More than one process: DDP with gloo.
"""

import gzip
import os
import sys
import time

import numpy
import torch
import torch.distributed as distributed
import torch.multiprocessing as multiprocessing
from torch import nn

DATA = "/usr/share/datasets/fashion-mnist/train-"


def load():
    with gzip.open(DATA + "images-idx3-ubyte.gz") as file:
        images = numpy.frombuffer(file.read(), numpy.uint8, offset=16).reshape(-1, 784)
    with gzip.open(DATA + "labels-idx1-ubyte.gz") as file:
        labels = numpy.frombuffer(file.read(), numpy.uint8, offset=8)
    return torch.from_numpy(images / numpy.float32(255)), torch.from_numpy(labels.astype(numpy.int64))


def batches(count, batch, rank, processes):
    """This process's share of each global batch, in a new random order each epoch."""
    epoch = 0
    while True:
        order = torch.randperm(count, generator=torch.Generator().manual_seed(epoch))
        for begin in range(0, count - batch + 1, batch):
            yield order[begin + batch * rank // processes : begin + batch * (rank + 1) // processes]
        epoch += 1


def train(rank, hidden, batch, processes, threads, seconds):
    torch.set_num_threads(threads)
    x, y = load()
    widths = [784, *hidden, 10]
    layers = []
    for inputs, outputs in zip(widths, widths[1:]):
        layers += [nn.Linear(inputs, outputs), nn.ReLU()]
    model = nn.Sequential(*layers[:-1])
    if processes > 1:
        os.environ |= {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": "29517"}
        distributed.init_process_group("gloo", rank=rank, world_size=processes)
        model = nn.parallel.DistributedDataParallel(model)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
    loss_of = nn.CrossEntropyLoss()
    source = batches(len(x), batch, rank, processes)

    def steps(number):
        began = time.perf_counter()
        for _ in range(number):
            rows = next(source)
            optimizer.zero_grad()
            loss_of(model(x[rows]), y[rows]).backward()
            optimizer.step()
        return time.perf_counter() - began

    # Every process must take the same number of steps: rank 0 says how many make up the time.
    warm = torch.tensor([max(10.0, 10 * seconds / 2 / steps(10))])
    if processes > 1:
        distributed.broadcast(warm, 0)
    number = int(warm)
    steps(number)
    taken = steps(2 * number)
    if rank == 0:
        print(f"{2 * number * batch / taken:.0f}")
    if processes > 1:
        distributed.destroy_process_group()


def main():
    hidden = [int(width) for width in sys.argv[1].split("-")]
    batch, processes, threads = map(int, sys.argv[2:5])
    arguments = (hidden, batch, processes, threads, float(sys.argv[5]))
    if processes == 1:
        train(0, *arguments)
    else:
        multiprocessing.spawn(train, arguments, nprocs=processes)


if __name__ == "__main__":
    main()
