// Package document is what all readers of documents share, whatever the
// documents mean: values in the order in which they were written, JSON pointers
// (RFC 6901), spans of time, and the words in which a reader is told what was
// found and what was expected. It knows nothing of the house above it.
package document
