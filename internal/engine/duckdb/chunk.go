package duckdb

import (
	"fmt"
	"math"
	"runtime"
	"unsafe"

	"github.com/duckdb/duckdb-go/v2/mapping"
)

// chunks writes rows into tables through DuckDB's Appender, a data chunk of 2048 rows at a time. It writes into DuckDB's vectors directly: a vector is an array in C memory, one element
// a row, with a bit for each row that says whether it is NULL. So a value costs no cgo call, of which a batch of messages would need a million.
//
// An element of a VARCHAR vector is a string_t of 16 bytes: the length in 4; then, up to 12 bytes, the text itself and zeros, else its first 4 bytes and a pointer.
// The pointers here lead into arena, memory of Go that is pinned, and stay valid until the Appender has copied the chunk.
type chunks struct {
	size  int                    // rows a chunk holds
	types [5]mapping.LogicalType // by the order of chunkTypes

	arena  [][]byte
	block  int // of arena, in use
	used   int // bytes of it
	pinner runtime.Pinner
}

const (
	arenaBlock   = 1 << 20
	arenaBlocks  = 16 // a chunk with more text than this many blocks hold is not filled up
	stringInline = 12
	stringSize   = 16
)

func newChunks() *chunks {
	return &chunks{size: int(mapping.VectorSize()), types: [5]mapping.LogicalType{
		mapping.CreateLogicalType(mapping.TypeInteger), mapping.CreateLogicalType(mapping.TypeBigInt),
		mapping.CreateLogicalType(mapping.TypeBoolean), mapping.CreateLogicalType(mapping.TypeVarchar),
		mapping.CreateLogicalType(mapping.TypeUUID),
	}}
}

func (c *chunks) close() {
	for i := range c.types {
		mapping.DestroyLogicalType(&c.types[i])
	}
	c.pinner.Unpin()
	c.arena = nil
}

func (c *chunks) logicalType(k columnKind) mapping.LogicalType {
	switch k {
	case integer:
		return c.types[0]
	case bigint:
		return c.types[1]
	case boolean:
		return c.types[2]
	case uuid:
		return c.types[4]
	}
	return c.types[3]
}

// appender appends rows to one table, inside the connection's transaction.
type appender struct {
	*chunks
	table    *table
	appender mapping.Appender
	chunk    mapping.DataChunk
	row      int // rows in the chunk
	vectors  []vector
}

// vector is a column of the chunk.
type vector struct {
	data  unsafe.Pointer
	valid []uint64
}

// open begins to append to a table of a memtable. The appender must be closed, with done or drop.
func (c *chunks) open(conn mapping.Connection, t *table, m *memtable) (*appender, error) {
	return c.openNamed(conn, t, recentDatabase, m.tableName(t))
}

// writeFile writes the rows of a flush into a table of the file.
func (c *chunks) writeFile(conn mapping.Connection, t *table, flush int32, rows int, write func(a *appender, i int)) error {
	if rows == 0 {
		return nil
	}
	of := *t
	of.columns = append(t.columns[:len(t.columns):len(t.columns)], column{flushColumn, integer})
	a, err := c.openNamed(conn, &of, "", t.name)
	if err != nil {
		return err
	}
	for i := range rows {
		write(a, i)
		a.setInteger(uint8(len(t.columns)), flush)
		if err := a.next(); err != nil {
			a.drop()
			return err
		}
	}
	return a.done()
}

// openNamed begins to append to a table of a database; "" is that of the file.
func (c *chunks) openNamed(conn mapping.Connection, t *table, database, name string) (*appender, error) {
	a := &appender{chunks: c, table: t, vectors: make([]vector, len(t.columns))}
	if mapping.AppenderCreateExt(conn, database, "", name, &a.appender) == mapping.StateError {
		err := a.error()
		mapping.AppenderDestroy(&a.appender)
		return nil, err
	}
	types := make([]mapping.LogicalType, len(t.columns))
	for i, col := range t.columns {
		types[i] = c.logicalType(col.kind)
	}
	a.chunk = mapping.CreateDataChunk(types)
	a.reset()
	return a, nil
}

func (a *appender) error() error {
	message := mapping.AppenderError(a.appender)
	return fmt.Errorf("append to %s: %w", a.table.name, problem(typeOf(message), message))
}

// reset begins an empty chunk, all of whose values are NULL.
func (a *appender) reset() {
	mapping.DataChunkReset(a.chunk)
	for i := range a.vectors {
		v := mapping.DataChunkGetVector(a.chunk, mapping.IdxT(i))
		mapping.VectorEnsureValidityWritable(v)
		a.vectors[i].data = mapping.VectorGetData(v)
		a.vectors[i].valid = unsafe.Slice((*uint64)(mapping.VectorGetValidity(v)), a.size/64)
		clear(a.vectors[i].valid)
	}
	a.row, a.block, a.used = 0, 0, 0
}

// next ends a row.
func (a *appender) next() error {
	a.row++
	if a.row < a.size && a.block < arenaBlocks {
		return nil
	}
	return a.push()
}

// push hands the chunk to the Appender.
func (a *appender) push() error {
	if a.row == 0 {
		return nil
	}
	mapping.DataChunkSetSize(a.chunk, mapping.IdxT(a.row))
	if mapping.AppendDataChunk(a.appender, a.chunk) == mapping.StateError {
		return a.error()
	}
	a.reset()
	return nil
}

// done writes what is left into the table.
func (a *appender) done() error {
	err := a.push()
	if err == nil && mapping.AppenderFlush(a.appender) == mapping.StateError {
		err = a.error()
	}
	if err != nil {
		a.drop()
		return err
	}
	mapping.DestroyDataChunk(&a.chunk)
	mapping.AppenderDestroy(&a.appender)
	return nil
}

// drop closes the appender and forgets its rows.
func (a *appender) drop() {
	mapping.AppenderClear(a.appender)
	mapping.DestroyDataChunk(&a.chunk)
	mapping.AppenderDestroy(&a.appender)
}

// isSet reports whether the row has a value in a column.
func (a *appender) isSet(col uint8) bool {
	return a.vectors[col].valid[a.row>>6]&(1<<(a.row&63)) != 0
}

func (a *appender) set(col uint8, size uintptr) unsafe.Pointer {
	v := &a.vectors[col]
	v.valid[a.row>>6] |= 1 << (a.row & 63)
	return unsafe.Add(v.data, uintptr(a.row)*size)
}

func (a *appender) setInteger(col uint8, n int32) { *(*int32)(a.set(col, 4)) = n }
func (a *appender) setBigint(col uint8, n int64)  { *(*int64)(a.set(col, 8)) = n }
func (a *appender) setBoolean(col uint8, b bool)  { *(*bool)(a.set(col, 1)) = b }

// setID sets a text in one of the two columns that it may be in.
func (a *appender) setID(col uint8, s string) {
	high, low, is := parseUUID(s)
	if !is {
		a.setVarchar(col+1, s)
		return
	}
	element := a.set(col, 16)
	*(*uint64)(element) = low
	*(*uint64)(unsafe.Add(element, 8)) = high ^ 1<<63 // so that they are sorted as signed numbers
}

// setVarchar sets a text, which must be valid UTF-8 and shorter than 4 GiB.
func (a *appender) setVarchar(col uint8, s string) {
	if len(s) > math.MaxUint32 {
		panic("text of 4 GiB") // an event has at most a MiB
	}
	element := a.set(col, stringSize)
	*(*uint32)(element) = uint32(len(s))
	head := unsafe.Add(element, 4)
	if len(s) <= stringInline {
		text := (*[stringInline]byte)(head)
		*text = [stringInline]byte{}
		copy(text[:], s)
		return
	}
	copy((*[4]byte)(head)[:], s)
	// As a number: for a pointer the garbage collector would look at what the element held before, which is anything.
	*(*uintptr)(unsafe.Add(element, 8)) = uintptr(unsafe.Pointer(unsafe.SliceData(a.keep(s))))
}

// keep copies a text into the arena.
func (c *chunks) keep(s string) []byte {
	if c.block < len(c.arena) && c.used+len(s) > len(c.arena[c.block]) {
		c.block, c.used = c.block+1, 0
	}
	if c.block == len(c.arena) || len(s) > len(c.arena[c.block]) {
		// A block that is too small for a long text goes behind the new one, so that it is not lost.
		b := make([]byte, max(arenaBlock, len(s)))
		c.pinner.Pin(unsafe.SliceData(b))
		c.arena = append(c.arena, nil)
		copy(c.arena[c.block+1:], c.arena[c.block:])
		c.arena[c.block] = b
		c.used = 0
	}
	at := c.arena[c.block][c.used:]
	copy(at, s)
	c.used += len(s)
	return at[:len(s)]
}
