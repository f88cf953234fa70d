namespace Ringwright.Edge.Telnyx;

/// <summary>Recording servers, known by their names.</summary>
public sealed class SiprecConnectorTests(TelnyxHost host) : IClassFixture<TelnyxHost>
{
    private const string All = "/v2/siprec_connectors";

    private static string Body(string name, string server = "Recorder.Example.com.", string port = "5060") =>
        $$"""{"name":"{{name}}","host":"{{server}}","port":{{port}}}""";

    [Fact]
    public async Task One_is_made_read_changed_renamed_and_deleted_by_its_name()
    {
        var made = await host.SendAsync("POST", All, Body("main office"));
        Assert.True(made.Status == 201, made.Text);
        Assert.Equal(("siprec_connector", "main office", "recorder.example.com", 5060), ((string?)made.Data["record_type"],
            (string?)made.Data["name"], (string?)made.Data["host"], (int)made.Data["port"]!));
        (await host.SendAsync("POST", All, Body("main office"))).Refuses(422, "10015", "/name");
        Assert.Equal(201, (await host.SendAsync("POST", All, Body("MAIN OFFICE"))).Status);
        Assert.Equal("main office", (string?)(await host.SendAsync("GET", $"{All}/main%20office")).Data["name"]);

        var changed = await host.SendAsync("PUT", $"{All}/main%20office", Body("branch", "1.1.1.1", "5061"));
        Assert.True(changed.Status == 200, changed.Text);
        Assert.Equal(("branch", "1.1.1.1", 5061),
            ((string?)changed.Data["name"], (string?)changed.Data["host"], (int)changed.Data["port"]!));
        Assert.Equal((string?)made.Data["created_at"], (string?)changed.Data["created_at"]);
        (await host.SendAsync("GET", $"{All}/main%20office")).Refuses(404, "10005");
        (await host.SendAsync("PUT", $"{All}/branch", Body("MAIN OFFICE"))).Refuses(422, "10015", "/name");
        Assert.Equal(204, (await host.SendAsync("DELETE", $"{All}/branch")).Status);
        (await host.SendAsync("DELETE", $"{All}/branch")).Refuses(404, "10005");
    }

    [Fact]
    public async Task Nobody_finds_or_takes_another_accounts()
    {
        Assert.Equal(201, (await host.SendAsync("POST", All, Body("shared"))).Status);
        foreach (string method in new[] { "GET", "DELETE" })
            (await host.SendAsync(method, $"{All}/shared", key: TelnyxHost.OtherTenantKey)).Refuses(404, "10005");
        (await host.SendAsync("PUT", $"{All}/shared", Body("shared"), TelnyxHost.OtherTenantKey)).Refuses(404, "10005");
        Assert.Equal(201, (await host.SendAsync("POST", All, Body("shared", "1.1.1.1"), TelnyxHost.OtherTenantKey)).Status);
        Assert.Equal("recorder.example.com", (string?)(await host.SendAsync("GET", $"{All}/shared")).Data["host"]);
        Assert.Equal(204, (await host.SendAsync("DELETE", $"{All}/shared", key: TelnyxHost.OtherTenantKey)).Status);
        Assert.Equal(200, (await host.SendAsync("GET", $"{All}/shared")).Status);
    }

    [Theory]
    [InlineData("", "a.example", "5060", "/name")]
    [InlineData("..", "a.example", "5060", "/name")]
    [InlineData("a/b", "a.example", "5060", "/name")]
    [InlineData(" a", "a.example", "5060", "/name")]
    [InlineData("a", "", "5060", "/host")]
    [InlineData("a", "a b", "5060", "/host")]
    [InlineData("a", "sip:a.example", "5060", "/host")]
    [InlineData("a", "10.0.0.1", "5060", "/host")]
    [InlineData("a", "127.0.0.1", "5060", "/host")]
    [InlineData("a", "::1", "5060", "/host")]
    [InlineData("a", "169.254.169.254", "5060", "/host")]
    [InlineData("a", "localhost", "5060", "/host")]
    [InlineData("a", "a.example", "0", "/port")]
    [InlineData("a", "a.example", "65536", "/port")]
    public async Task What_is_no_server_or_must_not_be_called_is_refused(string name, string server, string port, string pointer)
    {
        var answer = await host.SendAsync("POST", All, Body(name, server, port));
        Assert.True(answer.Status == 422, answer.Text);
        Assert.Contains($"\"{pointer}\"", answer.Text, StringComparison.Ordinal);
    }
}
