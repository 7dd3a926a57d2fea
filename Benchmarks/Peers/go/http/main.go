// Files over HTTP as a Go programmer would serve them: http.FileServer, which finds sendfile by itself.
//
//	go-http -listen 127.0.0.1:8000 -root folder
package main

import (
	"flag"
	"log"
	"net/http"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:0", "where clients connect")
	root := flag.String("root", ".", "the folder that is served")
	flag.Parse()
	log.Fatal(http.ListenAndServe(*listen, http.FileServer(http.Dir(*root))))
}
