// Checks a log with the Go project's own libraries for transparency logs (golang.org/x/mod/sumdb), which share no line with ours.
// Reads one JSON object from standard input and prints "good", or why not.
package main

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type input struct {
	Key       string            // verifier key of the log
	Note      string            // signed checkpoint
	Tiles     map[string]string // "<level>/<number>[.p/<width>]": hexadecimal hashes
	Place     int64             // of an entry
	Entry     string            // leaf hash of that entry, hexadecimal
	Inclusion []string          // Base64
	Old       struct {
		Size        int64
		Root        string // Base64
		Consistency []string
	}
}

func fail(where string, err error) {
	if err != nil {
		fmt.Println(where+":", err)
		os.Exit(1)
	}
}

func hashes(list []string) []tlog.Hash {
	var all []tlog.Hash
	for _, text := range list {
		hash, err := tlog.ParseHash(text)
		fail("hash", err)
		all = append(all, hash)
	}
	return all
}

type reader struct{ tiles map[string]string }

func (reader) Height() int { return 8 }

func (r reader) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range tiles {
		content, ok := r.tiles[strings.TrimPrefix(tile.Path(), "tile/8/")]
		if !ok {
			return nil, fmt.Errorf("no tile %s", tile.Path())
		}
		bytes, err := hex.DecodeString(content)
		if err != nil {
			return nil, err
		}
		all = append(all, bytes)
	}
	return all, nil
}

func (reader) SaveTiles([]tlog.Tile, [][]byte) {}

func main() {
	var in input
	fail("input", json.NewDecoder(os.Stdin).Decode(&in))
	verifier, err := note.NewVerifier(in.Key)
	fail("key", err)
	opened, err := note.Open([]byte(in.Note), note.VerifierList(verifier))
	fail("note", err)
	lines := strings.Split(opened.Text, "\n")
	size, err := strconv.ParseInt(lines[1], 10, 64)
	fail("size", err)
	rootBytes, err := base64.StdEncoding.DecodeString(lines[2])
	fail("root", err)
	var root tlog.Hash
	copy(root[:], rootBytes)

	fromTiles, err := tlog.TreeHash(size, tlog.TileHashReader(tlog.Tree{N: size, Hash: root}, reader{in.Tiles}))
	fail("tiles", err)
	if fromTiles != root {
		fail("tiles", fmt.Errorf("another root"))
	}
	entryBytes, err := hex.DecodeString(in.Entry)
	fail("entry", err)
	var entry tlog.Hash
	copy(entry[:], entryBytes)
	fail("inclusion", tlog.CheckRecord(hashes(in.Inclusion), size, root, in.Place, entry))
	fail("consistency", tlog.CheckTree(hashes(in.Old.Consistency), size, root, in.Old.Size, hashes([]string{in.Old.Root})[0]))
	fmt.Println("good")
}
