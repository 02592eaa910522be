// One backup through cbr-proxy, by Go's own library.
//
// Variables: CBR_PROXY_URL, CBR_PROXY_KEY. Arguments: PROJECT_ID BACKUP_ID.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"time"
)

// Problem is what every failure of the proxy is (RFC 9457).
type Problem struct {
	Title     string `json:"title"`
	Detail    string `json:"detail"`
	Retryable bool   `json:"retryable"`
}

func (p Problem) Error() string { return p.Title + ": " + p.Detail }

// Backup has the fields that this program needs; the body has all of the service's.
type Backup struct {
	Name   string `json:"name"`
	Status string `json:"status"`
}

func showBackup(ctx context.Context, projectID, backupID string) (Backup, error) {
	url := os.Getenv("CBR_PROXY_URL") + "/v3/" + projectID + "/backups/" + backupID
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return Backup{}, err
	}
	request.Header.Set("Authorization", "Bearer "+os.Getenv("CBR_PROXY_KEY"))
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return Backup{}, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		var problem Problem
		if err := json.NewDecoder(response.Body).Decode(&problem); err != nil {
			return Backup{}, fmt.Errorf("%s: %w", response.Status, err)
		}
		return Backup{}, problem
	}
	var body struct {
		Backup Backup `json:"backup"`
	}
	err = json.NewDecoder(response.Body).Decode(&body)
	return body.Backup, err
}

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	backup, err := showBackup(ctx, os.Args[1], os.Args[2])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(backup.Name, "is", backup.Status)
}
