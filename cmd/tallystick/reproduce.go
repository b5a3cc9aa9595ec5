package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/control"
	"github.com/tallystick/tallystick/internal/journal"
	"github.com/tallystick/tallystick/internal/report"
	"github.com/tallystick/tallystick/internal/usage"
)

// reproduceCommand makes the file of a receipt again.
type reproduceCommand struct {
	Receipt string `arg:"" help:"The receipt that came with the file; - is standard input."`
	Output  string `short:"o" help:"Write the file, as it is made now, to this file." placeholder:"FILE"`

	reportsFlags
	storeFlags
	serverFlags
}

// Run makes the file again and says whether it is the same. It is an error where it is not: where a cell differs, or a byte though the program is the same.
func (c *reproduceCommand) Run(ctx context.Context, p *program) error {
	server, err := p.remote(c.serverFlags)
	if err != nil {
		return err
	}
	receipt, err := p.readReceipt(c.Receipt)
	if err != nil {
		return err
	}
	out := output{path: c.Output, pid: p.pid}
	if c.Output != "" {
		if err := out.prepare(&tallystick.Report{}, []string{""}); err != nil {
			return err
		}
	}
	var verdict *usage.Verdict
	write := func(make func(io.Writer) error) error {
		if c.Output == "" {
			return make(io.Discard)
		}
		return out.writeParts([]part{{write: make}})
	}
	if server != nil {
		verdict, err = server.reproduce(ctx, receipt)
		if err == nil && c.Output != "" {
			err = write(func(w io.Writer) error { return server.reproduced(ctx, receipt, w) })
		}
	} else {
		err = p.reproduce(ctx, receipt, &verdict, write)
	}
	if err != nil {
		return err
	}
	return p.judge(receipt, verdict)
}

// readReceipt reads a receipt from a file.
func (p *program) readReceipt(name string) (*usage.Receipt, error) {
	const largest = 16 << 20
	in := io.NopCloser(p.stdin)
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		in = f
	}
	defer in.Close()
	text, err := io.ReadAll(io.LimitReader(in, largest))
	if err != nil {
		return nil, err
	}
	receipt, err := usage.ParseReceipt(text)
	return receipt, at(name, err)
}

// reproduce makes the file from the data directory.
func (p *program) reproduce(ctx context.Context, receipt *usage.Receipt, verdict **usage.Verdict, write func(func(io.Writer) error) error) error {
	catalog, err := p.catalog()
	if err != nil {
		return err
	}
	return p.withEngine(ctx, func(engine tallystick.Answerer, j *journal.Reader) error {
		source := localSource(catalog, engine, j)
		return write(func(w io.Writer) (err error) {
			*verdict, err = source.Reproduce(ctx, receipt, control.Reach{All: true}, w)
			return err
		})
	})
}

// localSource is where the answers of a data directory come from, for as long as it is open.
func localSource(catalog *report.Catalog, engine tallystick.Answerer, j *journal.Reader) *usage.Source {
	return &usage.Source{
		Catalog: func() *report.Catalog { return catalog }, Lookup: j.Lookup, Versions: versions(),
		Ask: func(_ context.Context, fn func(tallystick.Answerer, tallystick.Position) error) error {
			return fn(engine, j.Head())
		},
	}
}

// judge says what came out.
func (p *program) judge(receipt *usage.Receipt, v *usage.Verdict) error {
	now := v.Receipt
	if v.SameTables {
		fmt.Fprintf(p.stdout, "the tables are the same: %s rows, SHA-256 %s\n", thousands(now.Rows()), now.TablesSHA256)
	} else {
		fmt.Fprintf(p.stdout, "the tables are not the same: %s rows and %s now, SHA-256 %s and %s\n", thousands(receipt.Rows()), thousands(now.Rows()), receipt.TablesSHA256, now.TablesSHA256)
	}
	if v.SameFile {
		fmt.Fprintf(p.stdout, "the file is the same: %s, %s bytes, SHA-256 %s\n", now.File.Name, thousands(now.File.Size), now.File.SHA256)
	} else {
		fmt.Fprintf(p.stdout, "the file is not the same: %s bytes and %s now, SHA-256 %s and %s\n", thousands(receipt.File.Size), thousands(now.File.Size), receipt.File.SHA256, now.File.SHA256)
	}
	for _, cause := range v.Causes {
		fmt.Fprintln(p.stdout, "cause: "+cause)
	}
	switch {
	case !v.SameTables:
		return errors.New("the report can't be made again as it was")
	case !v.SameFile && receipt.Versions == now.Versions:
		return errors.New("the file can't be made again as it was, though the program is the same")
	}
	return nil
}

// reproduce lets the server make the file of a receipt again.
func (r *remote) reproduce(ctx context.Context, receipt *usage.Receipt) (*usage.Verdict, error) {
	answer, err := r.postReceipt(ctx, "/api/v1/receipts/reproduce", receipt)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	var v usage.Verdict
	if err := json.NewDecoder(answer.Body).Decode(&v); err != nil {
		return nil, r.brokenOff(err)
	}
	return &v, nil
}

// reproduced writes the file of a receipt, as the server makes it again.
func (r *remote) reproduced(ctx context.Context, receipt *usage.Receipt, w io.Writer) error {
	answer, err := r.postReceipt(ctx, "/api/v1/receipts/file", receipt)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	in := &body{r: answer.Body}
	if _, err = io.Copy(w, in); in.err != nil {
		err = r.brokenOff(in.err)
	}
	return err
}

func (r *remote) postReceipt(ctx context.Context, path string, receipt *usage.Receipt) (*http.Response, error) {
	text, err := json.Marshal(receipt)
	if err != nil {
		return nil, err
	}
	return r.do(ctx, func() (*http.Request, error) {
		q, err := http.NewRequest(http.MethodPost, r.address+path, bytes.NewReader(text))
		if err == nil {
			q.Header.Set("Content-Type", "application/json")
		}
		return q, err
	})
}
