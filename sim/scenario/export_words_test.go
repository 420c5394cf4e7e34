package scenario

// InWords lets the tests of the package's outside reach its wording.
var InWords = inWords
