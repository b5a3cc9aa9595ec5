package render

import "io"

// chunk collects bytes and hands them to a writer in large pieces. Formats append to buf and call spill after each row.
type chunk struct {
	w   io.Writer
	buf []byte
}

const chunkSize = 64 << 10

// spill writes what was collected once it is large enough.
func (c *chunk) spill() error {
	if len(c.buf) < chunkSize {
		return nil
	}
	return c.flush()
}

// flush writes what was collected.
func (c *chunk) flush() error {
	if len(c.buf) == 0 {
		return nil
	}
	_, err := c.w.Write(c.buf)
	c.buf = c.buf[:0]
	return err
}
