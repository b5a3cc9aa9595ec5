package api

import "sync"

// background is work that goes on after its request was answered: a few at a time, and the server waits for them when it ends.
type background struct {
	running sync.WaitGroup
	mu      sync.Mutex
	count   int
}

// start does some work, and reports whether it will: with too much of it already, it will not.
func (b *background) start(fn func()) bool {
	const most = 16
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.count >= most {
		return false
	}
	b.count++
	b.running.Go(func() {
		defer func() {
			b.mu.Lock()
			b.count--
			b.mu.Unlock()
		}()
		fn()
	})
	return true
}

func (b *background) wait() { b.running.Wait() }
