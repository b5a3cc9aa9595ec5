package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestQuickstart runs the commands of docs/quickstart.md in one shell, in a folder of their own and at a free port, and looks for the answers that the page shows.
func TestQuickstart(t *testing.T) {
	for _, tool := range []string{"bash", "curl"} {
		if _, err := exec.LookPath(tool); err != nil {
			if os.Getenv("CI") != "" {
				t.Fatal(err)
			}
			t.Skip(err)
		}
	}
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "quickstart.md"))
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	if err := os.Mkdir(filepath.Join(folder, "bin"), 0o755); err != nil {
		t.Fatal(err)
	}
	// The program is this test binary, which runs main when it is told to.
	program := fmt.Sprintf("#!/bin/sh\n%s=1 exec %q \"$@\"\n", envMain, os.Args[0])
	if err := os.WriteFile(filepath.Join(folder, "bin", "tallystick"), []byte(program), 0o755); err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	listener.Close()

	script := "set -eu\ntrap 'kill $(jobs -p) 2>/dev/null; wait' EXIT\n"
	var shown []string // answers, in the order of the page
	commands := false
	for line := range strings.Lines(string(text)) {
		switch {
		case strings.HasPrefix(line, "```"):
			commands = strings.HasPrefix(line, "```sh")
		case commands && line == "make build\n":
		case commands:
			script += strings.ReplaceAll(line, "--data data", "--data data --listen "+address)
		case strings.HasPrefix(line, "    "):
			shown = append(shown, strings.TrimSpace(line))
		}
	}
	script = strings.ReplaceAll(script, "127.0.0.1:8080", address)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	shell := exec.CommandContext(ctx, "bash")
	shell.Dir, shell.Stdin = folder, strings.NewReader(script)
	shell.WaitDelay = 10 * time.Second
	out, err := shell.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	rest := strings.ReplaceAll(string(out), "\r", "")
	for _, line := range shown {
		_, after, found := strings.Cut(rest, line+"\n")
		if !found {
			t.Fatalf("the answers don't hold, in their place, %q:\n%s", line, out)
		}
		rest = after
	}
	if !strings.Contains(rest, "Period,Active Agents\n2026-11-24,1\nTotal,1\n") {
		t.Errorf("the command line answers otherwise than HTTP:\n%s", rest)
	}
}
