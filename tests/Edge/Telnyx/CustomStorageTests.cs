using System.Text;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store.Tables;

namespace Ringwright.Edge.Telnyx;

/// <summary>Where a connection's recordings are to go: what the API takes, shows, and to whom.</summary>
public sealed class CustomStorageTests(TelnyxHost host) : IClassFixture<TelnyxHost>
{
    private const string Secret = "wJalrXUtnFEMI-SECRET", ReaderKey = "KEY0123456789_storage_reader";

    private static string Body(string bucket = "calls-of-acme", string region = "eu-central-1", string key = "AKIDEXAMPLE",
        string secret = Secret, string more = "", string backend = "s3") =>
        $$$"""
        {"backend":"{{{backend}}}","configuration":{"bucket":"{{{bucket}}}","region":"{{{region}}}","aws_access_key_id":"{{{key}}}","aws_secret_access_key":"{{{secret}}}"{{{more}}}}}
        """;

    private async Task<string> PathAsync() =>
        $"/v2/custom_storage_credentials/{await host.ApplicationAsync($"stored-{Guid.NewGuid():N}")}";

    [Fact]
    public async Task A_connection_has_one_storage_that_is_shown_changed_and_taken_away()
    {
        string path = await PathAsync();
        (await host.SendAsync("GET", path)).Refuses(404, "10005");
        (await host.SendAsync("PUT", path, Body())).Refuses(404, "10005");
        (await host.SendAsync("DELETE", path)).Refuses(404, "10005");

        var made = await host.SendAsync("POST", path, Body(more: ""","endpoint":"https://93.184.216.34:9000" """));
        Assert.True(made.Status == 200, made.Text);
        Assert.Equal(path[(path.LastIndexOf('/') + 1)..], (string?)made.Body["connection_id"]);
        Assert.Equal("custom_storage_credentials", (string?)made.Body["record_type"]);
        Assert.Equal(Secret, (string?)made.Data["configuration"]!["aws_secret_access_key"]);
        (await host.SendAsync("POST", path, Body())).Refuses(422, "10015");

        Assert.Equal(200, (await host.SendAsync("PUT", path, Body(bucket: "another"))).Status);
        var read = await host.SendAsync("GET", path);
        Assert.Equal(("another", null), ((string?)read.Data["configuration"]!["bucket"], (string?)read.Data["configuration"]!["endpoint"]));

        Assert.Equal(204, (await host.SendAsync("DELETE", path)).Status);
        (await host.SendAsync("GET", path)).Refuses(404, "10005");
    }

    [Fact]
    public async Task Another_account_finds_no_connection_there()
    {
        string path = await PathAsync();
        Assert.Equal(200, (await host.SendAsync("POST", path, Body())).Status);
        foreach (var (method, body) in ((string, string?)[])[("GET", null), ("POST", Body()), ("PUT", Body()), ("DELETE", null)])
            (await host.SendAsync(method, path, body, TelnyxHost.OtherTenantKey)).Refuses(404, "10005");
        Assert.Equal("calls-of-acme", (string?)(await host.SendAsync("GET", path)).Data["configuration"]!["bucket"]);
    }

    [Fact]
    public async Task The_secret_is_for_those_who_may_change_it_and_sealed_on_the_disk()
    {
        await host.Store.ApiKeys.CreateAsync(host.Tenant, ReaderKey, KeyRole.Reader, "wall board", TestContext.Current.CancellationToken);
        string path = await PathAsync();
        const string secret = "only-for-writers-51";
        Assert.Equal(200, (await host.SendAsync("POST", path, Body(secret: secret))).Status);
        Assert.Contains(secret, (await host.SendAsync("GET", path)).Text, StringComparison.Ordinal);
        var read = await host.SendAsync("GET", path, key: ReaderKey);
        Assert.Equal(200, read.Status);
        string trail = (await host.SendAsync("GET", "/v2/audit_events?page[size]=250")).Text;
        Assert.Contains("custom_storage_credentials", trail, StringComparison.Ordinal);
        Assert.DoesNotContain(secret, read.Text + trail, StringComparison.Ordinal);
        string files = string.Concat(Directory.GetFiles(host.DataFolder, "ringwright.db*").Select(file =>
        {
            using var open = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var reader = new StreamReader(open, Encoding.Latin1);
            return reader.ReadToEnd();
        }));
        Assert.Contains("calls-of-acme", files, StringComparison.Ordinal);
        Assert.DoesNotContain(secret, files, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_no_bucket_of_s3_is_refused_by_name()
    {
        string path = await PathAsync();
        foreach (string backend in (string[])["gcs", "azure"])
        {
            var refused = await host.SendAsync("POST", path, Body(backend: backend));
            refused.Refuses(422, "10015", "/backend");
            Assert.Contains(backend, (string?)refused.Error["detail"], StringComparison.Ordinal);
        }
        (await host.SendAsync("POST", path, Body(bucket: "../etc"))).Refuses(422, "10015", "/configuration/bucket");
        (await host.SendAsync("POST", path, Body(region: "evil.example.com/"))).Refuses(422, "10015", "/configuration/region");
        (await host.SendAsync("POST", path, Body(key: ""))).Refuses(422, "10015", "/configuration/aws_access_key_id");
        (await host.SendAsync("POST", path, Body(secret: "two words"))).Refuses(422, "10015", "/configuration/aws_secret_access_key");
        foreach (string endpoint in (string[])
            ["http://169.254.169.254", "http://127.0.0.1:9000", "ftp://s3.example.com", "https://10.1.2.3"])
            (await host.SendAsync("POST", path, Body(more: $""","endpoint":"{endpoint}" """))).Refuses(422, "10003", "/configuration/endpoint");
        (await host.SendAsync("POST", path, Body(more: ""","endpoint":"https://93.184.216.34/below?x=1" """)))
            .Refuses(422, "10015", "/configuration/endpoint");
        (await host.SendAsync("GET", path)).Refuses(404, "10005");
    }

    [Fact]
    public async Task A_connection_that_goes_takes_its_keys_with_it()
    {
        string path = await PathAsync();
        string id = path[(path.LastIndexOf('/') + 1)..];
        Assert.Equal(200, (await host.SendAsync("POST", path, Body())).Status);
        Assert.Equal(200, (await host.SendAsync("DELETE", $"/v2/call_control_applications/{id}")).Status);
        Assert.Null(await host.Store.ConnectionBuckets.FindAsync(host.Tenant, new ConnectionId(long.Parse(id)),
            TestContext.Current.CancellationToken));
    }
}
