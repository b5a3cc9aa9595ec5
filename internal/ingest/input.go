package ingest

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/tallystick/tallystick"
)

// input is what a stream reads: the caller's reader, decompressed, within its limits.
type input struct {
	io.Reader
	source *limited // the caller's reader
	plain  *limited // the same after decompression
	form   string   // of compression; "" where there is none
	close  func()
}

// Windows of zstd: of files what its own command line accepts, of HTTP bodies what RFC 9659 allows.
const (
	maxWindow     = 128 << 20
	maxWindowHTTP = 8 << 20
	leastWindow   = 512 << 10 // that every frame may have, when memory is asked for by the first one's
)

// What a decompressor holds beside the window of zstd, as measured.
const (
	gzipBytes = 128 << 10
	zstdBytes = 640 << 10
)

// strangers are files that people hand over by mistake.
var strangers = []struct{ magic, name, advice string }{
	{"PK\x03\x04", "a zip archive", "unpack it"},
	{"BZh", "compressed with bzip2", "decompress it, or use gzip or zstd"},
	{"\xfd7zXZ\x00", "compressed with xz", "decompress it, or use gzip or zstd"},
	{"\xff\xfe", "in UTF-16", "convert it to UTF-8"},
	{"\xfe\xff", "in UTF-16", "convert it to UTF-8"},
}

// open looks at the first bytes of r and makes an input of it.
func open(ctx context.Context, r io.Reader, o Options) (*input, error) {
	source := &limited{ctx: ctx, r: r, limit: o.MaxBytes, what: "the input"}
	in := &input{source: source, close: func() {}}
	first := make([]byte, 6)
	n, err := io.ReadFull(source, first)
	if n == 0 && err != io.EOF {
		return nil, in.problem(err)
	}
	first = first[:n]
	plain := io.MultiReader(bytes.NewReader(first), source) // another error than io.EOF comes again with the next read
	switch {
	case bytes.HasPrefix(first, []byte("\x1f\x8b")):
		in.form = "gzip"
		if err := o.hold(gzipBytes); err != nil {
			return nil, err
		}
		z, err := gzip.NewReader(bufio.NewReaderSize(plain, 64<<10))
		if err != nil {
			return nil, in.problem(err)
		}
		plain = z
	case bytes.HasPrefix(first, []byte("\x28\xb5\x2f\xfd")):
		in.form = "zstd"
		window := uint64(maxWindow)
		if o.MaxDecompressed > 0 {
			window = maxWindowHTTP
		}
		if o.Hold != nil {
			buffered := bufio.NewReader(plain)
			header, _ := buffered.Peek(zstd.HeaderMaxSize) // an error comes again with the next read
			plain, window = buffered, windowOf(header, window)
			if err := o.Hold(int64(window) + zstdBytes); err != nil {
				return nil, err
			}
		}
		z, err := zstd.NewReader(plain, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(window))
		if err != nil {
			return nil, in.problem(err)
		}
		plain, in.close = z, z.Close
	default:
		for _, s := range strangers {
			if bytes.HasPrefix(first, []byte(s.magic)) {
				return nil, wrong("the input is %s", s.name).WithHint("%s", s.advice)
			}
		}
	}
	in.plain = &limited{ctx: ctx, r: plain, limit: o.MaxDecompressed, what: "the decompressed input"}
	in.Reader = in.plain
	return in, nil
}

// windowOf returns the window that zstd data which begins so may have: that of its first frame, within limits.
func windowOf(begin []byte, most uint64) uint64 {
	var h zstd.Header
	if err := h.Decode(begin); err != nil || h.Skippable {
		return most
	}
	window := h.WindowSize
	if h.SingleSegment {
		window = h.FrameContentSize
	}
	return min(max(window, leastWindow), most)
}

// problem says whose fault an error of reading is.
func (in *input) problem(err error) error {
	switch {
	case in.source.err != nil:
		return in.source.err
	case in.plain != nil && errors.Is(err, errLimit):
		return err
	case errors.Is(err, zstd.ErrWindowSizeExceeded):
		return tallystick.Errorf(tallystick.TooLarge, "the zstd data was compressed with too large a window").WithHint("compress it in one frame, without --long")
	case errors.Is(err, io.ErrUnexpectedEOF):
		return wrong("the %s data is cut off", in.form).WithHint("the file was probably not copied whole")
	case in.form != "":
		return wrong("the %s data is damaged: %w", in.form, err)
	}
	return err
}

// limited reads no more than its limit, and not after its context has ended. A reader that gives nothing a hundred times in a row is broken.
type limited struct {
	ctx   context.Context // of one call of Stream, which this reader does not outlive
	r     io.Reader
	limit int64 // bytes; 0: none
	what  string
	n     int64 // bytes read
	empty int   // reads in a row that gave nothing
	err   error // the first that was not io.EOF
}

// errLimit is the cause of an error about a limit.
var errLimit = errors.New("over the limit")

func (l *limited) Read(b []byte) (int, error) {
	if l.err != nil {
		return 0, l.err
	}
	if l.ctx.Err() != nil {
		l.err = context.Cause(l.ctx)
		return 0, l.err
	}
	n, err := l.r.Read(b)
	l.n += int64(n)
	if l.empty++; n > 0 {
		l.empty = 0
	}
	if err == nil && l.empty == 100 {
		err = io.ErrNoProgress
	}
	if l.limit > 0 && l.n > l.limit {
		e := tallystick.Errorf(tallystick.TooLarge, "%s has more than %d bytes", l.what, l.limit).WithHint("send it in parts")
		e.Err = errLimit
		n, err = 0, e
	}
	if err != nil && err != io.EOF {
		l.err = err
	}
	return n, err
}
