package duckdb

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unsafe"

	"github.com/duckdb/duckdb-go-bindings"
	duck "github.com/duckdb/duckdb-go/v2"
	"github.com/duckdb/duckdb-go/v2/mapping"
)

// stream is a connection for answers of many rows: they are not gathered first, neither in DuckDB nor in package sql, but come as the chunks in which DuckDB computes them,
// while it computes the next. It must be closed.
type stream struct {
	engine *Engine
	conn   mapping.Connection
}

func (e *Engine) stream() (*stream, error) {
	s := &stream{engine: e}
	if mapping.Connect(e.handle, &s.conn) == mapping.StateError {
		return nil, errors.New("connect to the event store")
	}
	return s, nil
}

func (s *stream) close() { mapping.Disconnect(&s.conn) }

// rows are some rows of an answer. They, and texts taken from them, are valid until the function that gets them returns.
type rows struct {
	n       int
	vectors []vector // see chunks
	types   []mapping.Type
}

// text returns a text of a column, "" for NULL.
func (r *rows) text(col, row int) string {
	v := &r.vectors[col]
	if v.null(row) {
		return ""
	}
	element := unsafe.Add(v.data, uintptr(row)*stringSize)
	n := *(*uint32)(element)
	if n <= stringInline {
		return unsafe.String((*byte)(unsafe.Add(element, 4)), n)
	}
	return unsafe.String(*(**byte)(unsafe.Add(element, 8)), n)
}

// bytes returns how long the texts of a column are together.
func (r *rows) bytes(col int) (n int) {
	for i := range r.n {
		n += len(r.text(col, i))
	}
	return n
}

// bigint returns a number of a column, 0 for NULL.
func (r *rows) bigint(col, row int) int64 {
	v := &r.vectors[col]
	if v.null(row) {
		return 0
	}
	return *(*int64)(unsafe.Add(v.data, uintptr(row)*8))
}

// null reports whether a row has no value; a vector without such bits has them all.
func (v *vector) null(row int) bool { return v.valid != nil && v.valid[row>>6]&(1<<(row&63)) == 0 }

// each runs a statement and calls fn with its rows, in their order, some at a time.
func (s *stream) each(ctx context.Context, st *statement, fn func(*rows) error) error {
	if err := ctx.Err(); err != nil {
		return context.Cause(ctx)
	}
	v := s.engine.see()
	defer s.engine.done(v)
	return s.eachOf(ctx, v, st, fn)
}

// eachOf is each of a view.
func (s *stream) eachOf(ctx context.Context, v *view, st *statement, fn func(*rows) error) error {
	defer s.interrupt(ctx)()
	return cause(ctx, s.read(ctx, v.resolve(s.engine, st.text.String()), st.args, fn))
}

func (s *stream) read(ctx context.Context, text string, args []any, fn func(*rows) error) error {
	var prepared mapping.PreparedStatement
	defer mapping.DestroyPrepare(&prepared)
	if mapping.Prepare(s.conn, text, &prepared) == mapping.StateError {
		return problem(typeOf(mapping.PrepareError(prepared)), mapping.PrepareError(prepared))
	}
	for i, v := range args {
		if err := bindTo(prepared, mapping.IdxT(i+1), v); err != nil {
			return err
		}
	}
	var pending mapping.PendingResult
	defer mapping.DestroyPending(&pending)
	// The older of two ways to run a statement, and the only one that streams.
	if duckdb_go_bindings.PendingPreparedStreaming(prepared, &pending) == mapping.StateError {
		return problem(typeOf(mapping.PendingError(pending)), mapping.PendingError(pending))
	}
	var result mapping.Result
	defer mapping.DestroyResult(&result)
	if mapping.ExecutePending(pending, &result) == mapping.StateError {
		return problem(mapping.ResultErrorType(&result), mapping.ResultError(&result))
	}
	columns := mapping.ColumnCount(&result)
	r := rows{vectors: make([]vector, columns), types: make([]mapping.Type, columns)}
	for i := range r.types {
		r.types[i] = mapping.ColumnType(&result, mapping.IdxT(i))
	}
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		chunk := mapping.FetchChunk(result)
		if chunk.Ptr == nil {
			if message := mapping.ResultError(&result); message != "" {
				return problem(mapping.ResultErrorType(&result), message)
			}
			return nil
		}
		err := r.read(chunk, fn)
		mapping.DestroyDataChunk(&chunk)
		if err != nil {
			return err
		}
	}
}

// read hands over the rows of a chunk.
func (r *rows) read(chunk mapping.DataChunk, fn func(*rows) error) error {
	r.n = int(mapping.DataChunkGetSize(chunk))
	for i := range r.vectors {
		v := mapping.DataChunkGetVector(chunk, mapping.IdxT(i))
		r.vectors[i] = vector{data: mapping.VectorGetData(v)}
		if valid := mapping.VectorGetValidity(v); valid != nil {
			r.vectors[i].valid = unsafe.Slice((*uint64)(valid), (r.n+63)/64)
		}
	}
	return fn(r)
}

// transaction runs what changes the file, or reads several things in one state of it.
func (s *stream) transaction(ctx context.Context, do func() error) error {
	if err := ctx.Err(); err != nil {
		return context.Cause(ctx)
	}
	if err := execute(s.conn, "BEGIN TRANSACTION"); err != nil {
		return cause(ctx, err)
	}
	err := func() error {
		defer s.interrupt(ctx)()
		return do()
	}()
	if err == nil {
		err = cause(ctx, execute(s.conn, "COMMIT"))
	}
	if err != nil {
		// A transaction that failed is rolled back already, for some failures.
		_ = execute(s.conn, "ROLLBACK")
	}
	return err
}

// interrupt ends statements of the connection once ctx is done, until what it returns is called. It tells DuckDB again and again, for DuckDB forgets it when a
// statement begins.
func (s *stream) interrupt(ctx context.Context) (stop func()) {
	const pause = 20 * time.Millisecond
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		select {
		case <-ctx.Done():
		case <-done:
			return
		}
		for {
			mapping.Interrupt(s.conn)
			select {
			case <-time.After(pause):
			case <-done:
				return
			}
		}
	}()
	return func() {
		close(done)
		<-ended
	}
}

// bindTo binds what [statement.bind] takes.
func bindTo(prepared mapping.PreparedStatement, at mapping.IdxT, v any) error {
	state := mapping.StateError
	switch x := v.(type) {
	case int64:
		state = mapping.BindInt64(prepared, at, x)
	case int32:
		state = mapping.BindInt32(prepared, at, x)
	case string:
		state = mapping.BindVarchar(prepared, at, x)
	case []string:
		state = bindList(prepared, at, mapping.TypeVarchar, len(x), func(i int) mapping.Value { return mapping.CreateVarchar(x[i]) })
	case []int64:
		state = bindList(prepared, at, mapping.TypeBigInt, len(x), func(i int) mapping.Value { return mapping.CreateInt64(x[i]) })
	}
	if state == mapping.StateError {
		return fmt.Errorf("bind parameter %d, a %T", at, v)
	}
	return nil
}

func bindList(prepared mapping.PreparedStatement, at mapping.IdxT, kind mapping.Type, n int, element func(int) mapping.Value) mapping.State {
	values := make([]mapping.Value, n)
	for i := range values {
		values[i] = element(i)
	}
	t := mapping.CreateLogicalType(kind)
	list := mapping.CreateListValue(t, values)
	state := mapping.BindValue(prepared, at, list)
	mapping.DestroyValue(&list)
	mapping.DestroyLogicalType(&t)
	for i := range values {
		mapping.DestroyValue(&values[i])
	}
	return state
}

// problem is an error of DuckDB's, in the form that package sql gives it.
func problem(kind mapping.ErrorType, message string) error {
	return &duck.Error{Type: duck.ErrorType(kind), Msg: strings.TrimSpace(message)}
}

// typeOf tells the errors that [cause] wants to know by how their text begins, where DuckDB has no other way.
func typeOf(message string) mapping.ErrorType {
	switch kind, _, _ := strings.Cut(message, " Error: "); kind {
	case "FATAL":
		return mapping.ErrorTypeFatal
	case "INTERNAL":
		return mapping.ErrorTypeInternal
	case "Serialization":
		return mapping.ErrorTypeSerialization
	case "IO":
		return mapping.ErrorTypeErrorIO
	case "Out of Memory":
		return mapping.ErrorTypeOutOfMemory
	}
	return mapping.ErrorTypeInvalid
}
