"""Times the exact search for the unit vectors that are most similar to a query with NumPy.

usage: cosine_scan.py VECTORS WIDTH QUERY.txt HITS ROUNDS

VECTORS is an array of float16 values, shape (vectors, WIDTH); QUERY.txt has one value per line. Prints the seconds of each
round, first with the file mapped into memory and converted in pieces, then with all vectors in memory as float32, and the
rows of the most similar vectors.
"""
import sys
import time

import numpy

PIECE = 8192

width, hits, rounds = int(sys.argv[2]), int(sys.argv[4]), int(sys.argv[5])
mapped = numpy.memmap(sys.argv[1], numpy.float16, "r").reshape(-1, width)
query = numpy.loadtxt(sys.argv[3], dtype=numpy.float32)


def first(similarities):
    top = numpy.argpartition(-similarities, hits)[:hits]
    return top[numpy.argsort(-similarities[top], kind="stable")]


def scan_mapped():
    similarities = numpy.empty(len(mapped), numpy.float32)
    for at in range(0, len(mapped), PIECE):
        piece = mapped[at : at + PIECE].astype(numpy.float32)
        similarities[at : at + PIECE] = piece @ query
    return first(similarities)


def seconds(scan):
    scan()
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        scan()
        times.append(time.perf_counter() - start)
    print(*times)


seconds(scan_mapped)
vectors = mapped.astype(numpy.float32)
seconds(lambda: first(vectors @ query))
print(*scan_mapped())
