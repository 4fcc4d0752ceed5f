//! Programs of which one can say by hand what may happen.
