package main

import (
	"github.com/tallystick/tallystick/internal/api"
)

// openAPICommand prints the description of the API that a server answers at /api/openapi.json.
type openAPICommand struct{}

func (c *openAPICommand) Run(p *program) error {
	_, err := p.stdout.Write(api.Description())
	return err
}
