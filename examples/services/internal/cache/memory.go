package cache

import (
	"container/list"
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// Memory is a backend in this process: the values used last, up to a number of bytes.
type Memory struct {
	generation atomic.Int64
	mu         sync.Mutex
	left       int
	entries    map[string]*list.Element
	recent     *list.List // of *entry, the latest first
	now        func() time.Time
}

type entry struct {
	key   string
	value []byte
	until time.Time
}

// NewMemory keeps about so many bytes.
func NewMemory(bytes int) *Memory {
	return &Memory{left: bytes, entries: map[string]*list.Element{}, recent: list.New(), now: time.Now}
}

func (e *entry) size() int { return len(e.key) + len(e.value) + 128 }

// Get is Backend's.
func (m *Memory) Get(_ context.Context, key string) ([]byte, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	e, ok := m.entries[key]
	if !ok {
		return nil, false, nil
	}
	if !m.now().Before(e.Value.(*entry).until) {
		m.remove(e)
		return nil, false, nil
	}
	m.recent.MoveToFront(e)
	return e.Value.(*entry).value, true, nil
}

// Set is Backend's.
func (m *Memory) Set(_ context.Context, key string, value []byte, ttl time.Duration) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if e, ok := m.entries[key]; ok {
		m.remove(e)
	}
	e := &entry{key, value, m.now().Add(ttl)}
	m.left -= e.size()
	m.entries[key] = m.recent.PushFront(e)
	for m.left < 0 && m.recent.Len() > 0 {
		m.remove(m.recent.Back())
	}
	return nil
}

func (m *Memory) remove(e *list.Element) {
	old := m.recent.Remove(e).(*entry)
	delete(m.entries, old.key)
	m.left += old.size()
}

// Generation is Backend's.
func (m *Memory) Generation(context.Context) (int64, error) { return m.generation.Load(), nil }

// Step is Backend's.
func (m *Memory) Step(context.Context) error {
	m.generation.Add(1)
	return nil
}

// Close is Backend's.
func (m *Memory) Close() error { return nil }
