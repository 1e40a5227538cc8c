"""A model of a step's time, fitted to what was measured: compute + latency x messages + bytes / bandwidth.

Counted is the most that a rank or host does in a step, as src/comm/reducer.cpp does it. P parameters of 4 bytes, R
ranks, r of them on a host, H hosts; a rank leaves its gradient in one buffer a node of the summation tree that it owns.

One host: losses are gathered and a barrier ends the step, ceil(log2 R) rounds of messages each. A rank reads the
parameters, writes its own buffers, and of its part, P / r, reads all buffers and reads and writes what the optimizer
has.

Several hosts: each sums its ranks' buffers to one for each node of the tree that the host owns, and hosts sum these by
quartering, for two of the tree's ceil(log2 H) levels three messages each way, in which a host sends (H - 1) / H of each of
its nodes and of the sum. Losses of ranks go the same way.
Ranks of a host share this work and the update, as many as the smallest host has.
"""

import collections
import dataclasses
import math

import numpy
import scipy.optimize

# Name of each coefficient, and what it is multiplied by.
TERMS = {
    "seconds per sample": "samples of the busiest rank",
    "seconds a message within a host": "messages",
    "seconds a byte of memory": "bytes",
    "seconds a message between hosts": "messages",
    "seconds a byte between hosts": "bytes",
}


class NoFit(Exception):
    """Why there is no model."""


def owned_nodes(slices, ranks, rank):
    """How many nodes of the tree over the slices a rank sums by itself."""
    return nodes_within(slices, slices * rank // ranks, slices * (rank + 1) // ranks)


def nodes_within(slices, begin, end):
    """How many nodes make up the slices from `begin` to `end`: maximal_nodes() of src/base/partition.cpp."""

    def count(low, high):
        if low >= end or begin >= high:
            return 0
        if begin <= low and high <= end:
            return 1
        middle = low + (1 << (high - low - 1).bit_length()) // 2
        return count(low, middle) + count(middle, high)

    return count(0, slices)


def busiest_samples(batch, slices, ranks):
    """The samples of the rank that has most of a batch."""
    begins = [batch * (slices * rank // ranks) // slices for rank in range(ranks + 1)]
    return max(end - begin for begin, end in zip(begins, begins[1:]))


@dataclasses.dataclass(frozen=True)
class Host:
    """Ranks on a host, the nodes that they own, one by one, the most of one, and those of the whole host."""

    ranks: int
    nodes: int
    most: int
    whole: int


@dataclasses.dataclass(frozen=True)
class Shape:
    """What the model knows of the work: sizes, and `slices` of a measured step."""

    parameters: int
    moments: int
    samples: int  # of an epoch
    slices: int

    def measured(self, hosts, batch):
        """Costs of a mean step of an epoch, the last of which may be smaller, on ranks with these hosts."""
        ranks = len(hosts)
        kinds, first = set(), 0
        for count in collections.Counter(hosts).values():
            nodes = [owned_nodes(self.slices, ranks, rank) for rank in range(first, first + count)]
            begin, end = (self.slices * rank // ranks for rank in (first, first + count))
            kinds.add(Host(count, sum(nodes), max(nodes), nodes_within(self.slices, begin, end)))
            first += count
        whole, rest = divmod(self.samples, batch)
        samples = whole * busiest_samples(batch, self.slices, ranks) + busiest_samples(rest, self.slices, ranks)
        return self.costs(samples / (whole + (rest > 0)), ranks, len(set(hosts)), kinds)

    def planned(self, ranks, a_host, batch):
        """Costs of a step with as many slices as ranks and `a_host` ranks per host, or all on one where that is None."""
        full = min(ranks, a_host or ranks)
        hosts = math.ceil(ranks / full)
        last = ranks - full * (hosts - 1)
        return self.costs(math.ceil(batch / ranks), ranks, hosts, {Host(full, full, 1, 1), Host(last, last, 1, 1)})

    def costs(self, samples, ranks, hosts, kinds):
        """What each coefficient is multiplied by. `kinds` are the hosts that differ."""
        rounds = lambda count: (count - 1).bit_length()
        quartering = lambda count: 3 * (rounds(count) // 2) + rounds(count) % 2
        size, update = 4 * self.parameters, 2 * (1 + self.moments)
        if hosts == 1:
            (host,) = kinds
            return (samples, 2 * rounds(ranks), size * (1 + host.most + (host.nodes + update) / ranks), 0, 0)
        found = []
        sharing = min(host.ranks for host in kinds)
        away = (hosts - 1) / hosts
        for host in kinds:
            sums = host.nodes + host.whole if host.nodes > host.whole else 0
            memory = 1 + host.most + (sums + 3 * away * host.whole + update) / sharing
            messages = quartering(ranks) + quartering(hosts) * (host.whole + 1)
            found.append((rounds(host.ranks), size * memory, messages, size * away * (host.whole + 1)))
        return (samples, *map(max, zip(*found)))


@dataclasses.dataclass(frozen=True)
class Fit:
    """Coefficients as in TERMS, those that no run can tell being 0, and how well they hold."""

    coefficients: tuple
    points: int
    used: int  # coefficients that were fitted
    largest_error: float  # relative, of a point
    r2: float

    def seconds(self, cost):
        return sum(factor * count for factor, count in zip(self.coefficients, cost))


def fit(work, seconds):
    """The coefficients, none negative, with the least sum of squared relative errors. `work` holds costs, a row a
    point; equal rows are one point, that of their median. Throws NoFit where the points are too few to tell."""
    groups = collections.defaultdict(list)
    for cost, value in zip(work, seconds):
        groups[cost].append(value)
    matrix = numpy.array(list(groups), float)
    values = numpy.array([numpy.median(group) for group in groups.values()])
    used = numpy.flatnonzero(matrix.any(axis=0))
    if len(values) < len(used):
        raise NoFit(
            f"the model has {len(used)} coefficients, and the study {len(values)} different points (ranks and global "
            "batch); add numbers of ranks"
        )
    scale = matrix[:, used].max(axis=0)
    relative = matrix[:, used] / scale / values[:, None]
    if numpy.linalg.matrix_rank(relative) < len(used):
        raise NoFit("the points do not tell the model's coefficients apart; add numbers of ranks")
    coefficients = numpy.zeros(len(TERMS))
    coefficients[used] = scipy.optimize.nnls(relative, numpy.ones(len(values)))[0] / scale
    errors = matrix @ coefficients - values
    spread = ((values - values.mean()) ** 2).sum()
    return Fit(
        tuple(map(float, coefficients)),
        len(values),
        len(used),
        float(abs(errors / values).max()),
        float(1 - (errors**2).sum() / spread) if spread > 0 else math.nan,
    )


def efficiency(model, shape, ranks, a_host, batch, fewest):
    """Of strong scaling, predicted, against `fewest` ranks."""
    base = fewest * model.seconds(shape.planned(fewest, a_host, batch))
    return base / (ranks * model.seconds(shape.planned(ranks, a_host, batch)))


def most_ranks(model, shape, a_host, batch, fewest, least):
    """The largest number of ranks whose efficiency is predicted to be `least` or more; a rank has a sample at least."""
    return max(
        ranks for ranks in range(fewest, batch + 1) if efficiency(model, shape, ranks, a_host, batch, fewest) >= least
    )


def least_batch(model, shape, ranks, a_host, fewest, least):
    """The smallest global batch, a multiple of `ranks`, from which their efficiency is predicted to be `least`; None
    where no batch makes it so."""
    base, other = (count * model.seconds(shape.planned(count, a_host, 0)) for count in (fewest, ranks))
    missing = least * other - base
    if missing <= 0:
        return ranks
    a_sample = (1 - least) * model.coefficients[0]
    return ranks * math.ceil(missing / a_sample / ranks) if a_sample > 0 else None
