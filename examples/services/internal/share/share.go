// Package share says how much of something that all clients use one client may have.
//
// One client alone may have three quarters, and when several want much, each at most three times what is left: with two it is three sevenths each, and a
// seventh is left. However many there are, and whatever they want, there is room for one who comes with little. No number has to be set, and nobody has
// to be known before. (Switches share the memory of their ports so: Choudhury and Hahne, dynamic queue length thresholds, 1998.)
package share

// Allows tells whether a client who has own may have so much more, when free of it is left.
func Allows(own, more, free int64) bool {
	left := free - more
	return left >= 0 && (own+more)/3 <= left
}
