"""What is told of several measurements of one thing."""

import statistics


def spread(values):
    return {'median': statistics.median(values), 'least': min(values), 'greatest': max(values)}
