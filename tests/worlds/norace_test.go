//go:build !race

package worlds_test

const raceFactor = 1
