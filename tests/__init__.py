"""The tests: unit, contract, real, faults, docs, house rules and benchmarks."""
