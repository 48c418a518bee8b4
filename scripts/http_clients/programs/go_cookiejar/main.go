// net/http of Go with net/http/cookiejar.
package main

import (
	"bufio"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"runtime"
	"strings"
)

func main() {
	if os.Args[1] == "--version" {
		fmt.Println("Go", strings.TrimPrefix(runtime.Version(), "go"))
		return
	}
	base, err := url.Parse(os.Args[1])
	check(err)
	jar, err := cookiejar.New(nil)
	check(err)
	client := &http.Client{Jar: jar}
	for steps := bufio.NewScanner(os.Stdin); steps.Scan(); {
		step := append(strings.SplitN(steps.Text(), " ", 4), "")
		request, err := http.NewRequest(step[0], base.String()+step[1], body(step[3]))
		check(err)
		if step[3] != "" {
			request.Header.Set("Content-Type", "application/json")
		}
		for _, cookie := range jar.Cookies(base) {
			if cookie.Name == step[2] {
				request.Header.Set("X-CSRF-TOKEN", cookie.Value)
			}
		}
		answer, err := client.Do(request)
		check(err)
		_, err = io.Copy(io.Discard, answer.Body)
		check(err)
		check(answer.Body.Close())
	}
}

func body(text string) io.Reader {
	if text == "" {
		return nil
	}
	return strings.NewReader(text)
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
