package render_test

import (
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"

	"github.com/tallystick/tallystick"
	"github.com/tallystick/tallystick/internal/render"
)

// BenchmarkFormats writes tables of the shape of room-usage; an op is a row.
func BenchmarkFormats(b *testing.B) {
	const mostRows = 500_000 // of a file: XLS is for no more than a million
	columns := []tallystick.Column{
		{Name: "Room", Kind: tallystick.CellText}, {Name: "RoomName", Kind: tallystick.CellText}, {Name: "UserName", Kind: tallystick.CellText},
		{Name: "Since", Kind: tallystick.CellInstant}, {Name: "Total Messages Received", Kind: tallystick.CellInteger},
		{Name: "Average", Kind: tallystick.CellDecimal},
	}
	rows := make([][]tallystick.Cell, 1000)
	for i := range rows {
		rows[i] = []tallystick.Cell{
			tallystick.TextCell("room-" + strconv.Itoa(i)), tallystick.TextCell("Trading desk, Frankfurt " + strconv.Itoa(i)), tallystick.TextCell("Ada Lovelace"),
			tallystick.InstantCell(tallystick.Instant(i) * tallystick.Day), tallystick.IntegerCell(int64(i) * 37), tallystick.DecimalCell(int64(i) * 17),
		}
	}
	for _, format := range render.Formats {
		b.Run(format.Name, func(b *testing.B) {
			b.ReportAllocs()
			for written := 0; written < b.N; written += mostRows {
				table := tallystick.Table{Name: "rooms", Columns: columns, Rows: func(yield func([]tallystick.Cell, error) bool) {
					for i := range min(b.N-written, mostRows) {
						if !yield(rows[i%len(rows)], nil) {
							return
						}
					}
				}}
				if err := format.Write(io.Discard, table, render.Options{}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}

// BenchmarkMillionRows writes a million rows, each with texts of its own, and reports the size of the file and the most memory that the process held meanwhile.
// An op is a file:
//
//	go test -run '^$' -bench MillionRows -benchtime 1x ./internal/render
func BenchmarkMillionRows(b *testing.B) {
	const rows = 1_000_000
	for _, format := range render.Formats {
		b.Run(format.Name, func(b *testing.B) {
			forgetPeakMemory(b)
			size := counter(0)
			for b.Loop() {
				size = 0
				if err := format.Write(&size, rooms(rows), render.Options{}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(size)/1e6, "MB/file")
			b.ReportMetric(peakMemory(b)/1e6, "MB-peak")
		})
	}
}

// rooms is a table of the shape of room-usage, made as it is read.
func rooms(rows int) tallystick.Table {
	t := tallystick.Table{Name: "rooms"}
	for _, name := range []string{"Room", "RoomName", "UserName", "Channel"} {
		t.Columns = append(t.Columns, tallystick.Column{Name: name, Kind: tallystick.CellText})
	}
	for _, name := range []string{"Total Messages Received", "Total Messages Sent"} {
		t.Columns = append(t.Columns, tallystick.Column{Name: name, Kind: tallystick.CellInteger})
	}
	t.Rows = func(yield func([]tallystick.Cell, error) bool) {
		row := make([]tallystick.Cell, len(t.Columns))
		for i := range rows {
			n := uint64(i) * 0x9e3779b97f4a7c15
			row[0] = tallystick.TextCell(fmt.Sprintf("%016x", n))
			row[1] = tallystick.TextCell("Trading desk, Frankfurt " + strconv.Itoa(i/10))
			row[2] = tallystick.TextCell("Ada Lovelace " + strconv.Itoa(i%5000))
			row[3] = tallystick.TextCell("WhatsApp; WeChat")
			row[4] = tallystick.IntegerCell(int64(n >> 50))
			row[5] = tallystick.IntegerCell(int64(n >> 54))
			if !yield(row, nil) {
				return
			}
		}
	}
	return t
}

type counter int64

func (c *counter) Write(b []byte) (int, error) {
	*c += counter(len(b))
	return len(b), nil
}

// forgetPeakMemory makes the peak begin anew, as Linux can.
func forgetPeakMemory(b *testing.B) {
	debug.FreeOSMemory()
	if err := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0); err != nil {
		b.Logf("the peak is that of the whole process: %v", err)
	}
}

// peakMemory returns the most bytes of memory that the process held.
func peakMemory(b *testing.B) float64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		b.Logf("the peak is unknown: %v", err)
		return 0
	}
	_, after, _ := strings.Cut(string(status), "VmHWM:")
	line, _, _ := strings.Cut(after, "kB")
	kB, err := strconv.ParseFloat(strings.TrimSpace(line), 64)
	if err != nil {
		b.Fatal(err)
	}
	return kB * 1024
}
