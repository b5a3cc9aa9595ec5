// There is no Go in this folder. As a module of its own it is not looked into by `go test ./...`: packages of npm have Go files too.
module github.com/tallystick/tallystick/web

go 1.26
