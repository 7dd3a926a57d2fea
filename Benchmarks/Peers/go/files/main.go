// Files over connections as a Go programmer would write it: io.Copy, which finds sendfile and splice by itself.
//
//	go-files -listen 127.0.0.1:8000 -serve content -size 4096   # each byte of a client asks for the file
//	go-files -listen 127.0.0.1:8000 -store folder -size 4096    # each 4096 bytes become a file; a byte answers
package main

import (
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"os"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:0", "where clients connect")
	serve := flag.String("serve", "", "the file that is sent")
	store := flag.String("store", "", "the folder for what comes")
	size := flag.Int64("size", 0, "bytes of a file")
	flag.Parse()
	listener, err := net.Listen("tcp", *listen)
	if err != nil {
		log.Fatal(err)
	}
	for number := 0; ; number++ {
		connection, err := listener.Accept()
		if err != nil {
			log.Fatal(err)
		}
		client := connection.(*net.TCPConn)
		if *serve != "" {
			go send(client, *serve, *size)
		} else {
			go receive(client, fmt.Sprintf("%s/stored-%d-go", *store, number), *size)
		}
	}
}

func send(client *net.TCPConn, path string, size int64) {
	defer client.Close()
	file, err := os.Open(path)
	if err != nil {
		log.Fatal(err)
	}
	defer file.Close()
	asked := make([]byte, 1)
	for {
		if _, err := io.ReadFull(client, asked); err != nil {
			return
		}
		if _, err := file.Seek(0, io.SeekStart); err != nil {
			log.Fatal(err)
		}
		if sent, err := io.Copy(client, io.LimitReader(file, size)); err != nil || sent != size {
			return
		}
	}
}

func receive(client *net.TCPConn, path string, size int64) {
	defer client.Close()
	file, err := os.Create(path)
	if err != nil {
		log.Fatal(err)
	}
	defer file.Close()
	for {
		if _, err := file.Seek(0, io.SeekStart); err != nil {
			log.Fatal(err)
		}
		if stored, err := io.Copy(file, io.LimitReader(client, size)); err != nil || stored != size {
			return
		}
		if _, err := client.Write([]byte{1}); err != nil {
			return
		}
	}
}
