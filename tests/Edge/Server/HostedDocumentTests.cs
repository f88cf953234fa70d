using System.Net;
using System.Text.Json.Nodes;
using Ringwright.Testing;

namespace Ringwright.Edge.Server;

/// <summary>Documents that the node serves for accounts, and those of a folder, over HTTP.</summary>
public sealed class HostedDocumentTests
{
    private const string Text = "<Response><Say>Hello {{From}}.</Say></Response>";

    private string _documents = "";     // below the operator's API, of the first account

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private async Task<OperatorClient> ApiAsync(RunningNode node)
    {
        var api = new OperatorClient(node);
        _documents = $"/accounts/{(await api.DataAsync("GET", "/accounts"))[0]!["id"]}/documents";
        return api;
    }

    private static string Body(string name, string content) => new JsonObject { ["name"] = name, ["content"] = content }.ToJsonString();

    private static async Task<(HttpStatusCode Status, string Text)> GetAsync(string url, HttpMethod? method = null)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(method ?? HttpMethod.Get, url);
        using var response = await http.SendAsync(request, Stop);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(Stop));
    }

    [Fact]
    public async Task A_document_is_made_served_changed_and_deleted()
    {
        await using var node = await OperatorClient.StartAsync();
        var api = await ApiAsync(node);
        var made = await api.DataAsync("POST", _documents, Body("menu", Text));
        string url = (string)made["url"]!, path = $"{_documents}/{made["id"]}";
        Assert.Equal((Text, Text.Length), ((string)made["content"]!, (int)made["bytes"]!));
        Assert.Equal((HttpStatusCode.OK, Text), await GetAsync(url));
        Assert.Equal((HttpStatusCode.OK, Text), await GetAsync(url, HttpMethod.Post));

        var changed = await api.DataAsync("PATCH", path, """{"content": "<Response/>"}""");
        Assert.Equal((url, "menu"), ((string)changed["url"]!, (string)changed["name"]!));
        Assert.Equal((HttpStatusCode.OK, "<Response/>"), await GetAsync(url));
        var listed = (await api.DataAsync("GET", _documents)).AsArray();
        Assert.Equal("menu", (string)Assert.Single(listed)!["name"]!);
        Assert.Null(listed[0]!["content"]);
        Assert.Equal("<Response/>", (string)(await api.DataAsync("GET", path))["content"]!);

        await api.DataAsync("DELETE", path);
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync(url)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await api.AskAsync("GET", path)).Status);
    }

    [Fact]
    public async Task What_is_no_document_is_refused_with_its_place()
    {
        await using var node = await OperatorClient.StartAsync();
        var api = await ApiAsync(node);
        await api.RefusesAsync(HttpStatusCode.UnprocessableEntity, "line 1, column 18", "POST", _documents,
            Body("menu", "<Response><Say></Response>"));
        await api.RefusesAsync(HttpStatusCode.UnprocessableEntity, "blank", "POST", _documents, Body("  ", Text));
        await api.RefusesAsync(HttpStatusCode.UnprocessableEntity, "262144", "POST", _documents,
            Body("menu", $"<Response><Say>{new string('ä', 131_100)}</Say></Response>"));
        await api.RefusesAsync(HttpStatusCode.UnprocessableEntity, "color", "POST", _documents,
            """{"name": "a", "content": "<Response/>", "color": "red"}""");
        var made = await api.DataAsync("POST", _documents, Body("menu", Text));
        await api.RefusesAsync(HttpStatusCode.UnprocessableEntity, "no document", "PATCH", $"{_documents}/{made["id"]}",
            """{"content": "Hello"}""");
        // Whatever a template makes, it may be a document.
        await api.DataAsync("POST", _documents, Body("filled", "<Response>{{#Digits}}<Say>{{/Digits}}</Response>"));
    }

    [Fact]
    public async Task Nobody_reads_it_without_its_url_and_no_other_account_has_it()
    {
        await using var node = await OperatorClient.StartAsync();
        var api = await ApiAsync(node);
        string other = $"/accounts/{(await api.DataAsync("POST", "/accounts", """{"name": "other"}"""))["id"]}/documents";
        var made = await api.DataAsync("POST", _documents, Body("menu", Text));
        string url = (string)made["url"]!, id = (string)made["id"]!, token = url[(url.LastIndexOf('/') + 1)..];
        Assert.Equal(43, token.Length);
        foreach (string name in new[] { id, token[..42], token + "A", token.ToLowerInvariant(), token[..42] + "!", "files/menu.xml", "" })
            Assert.Equal(HttpStatusCode.NotFound, (await GetAsync(url[..^43] + name)).Status);

        // By its account alone, whoever asks for it.
        foreach (var (method, json) in new[] { ("GET", null), ("PATCH", """{"name": "stolen"}"""), ("DELETE", (string?)null) })
            Assert.Equal(HttpStatusCode.NotFound, (await api.AskAsync(method, $"{other}/{id}", json)).Status);
        Assert.Empty((await api.DataAsync("GET", other)).AsArray());
        foreach (string? key in new[] { null, RunningNode.Key })
            Assert.Equal(HttpStatusCode.Unauthorized, (await api.AskAsync("GET", _documents, null, key)).Status);
        Assert.Equal("menu", (string)(await api.DataAsync("GET", $"{_documents}/{id}"))["name"]!);

        // The trail of the account tells the change, and not where it is read.
        using var trail = await node.Api.GetAsync("/v2/audit_events?page[size]=10", Stop);
        string told = await trail.Content.ReadAsStringAsync(Stop);
        Assert.Contains(id, told, StringComparison.Ordinal);
        Assert.DoesNotContain(token, told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_browser_runs_nothing_of_it()
    {
        await using var node = await OperatorClient.StartAsync();
        var made = await (await ApiAsync(node)).DataAsync("POST", _documents, Body("menu",
            "<Response><script xmlns=\"http://www.w3.org/1999/xhtml\">alert(1)</script></Response>"));
        using var http = new HttpClient();
        using var response = await http.GetAsync((string)made["url"]!, Stop);
        Assert.Equal("default-src 'none'; sandbox", Assert.Single(response.Headers.GetValues("Content-Security-Policy")));
        Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
        Assert.Equal("application/xml", response.Content.Headers.ContentType?.MediaType);
    }

    [Fact, Depth("the gate has the same by the API, or of a node that runs")]
    public async Task It_is_in_backups_of_its_account_with_its_url()
    {
        using var folder = new TempFolder();
        string file = folder.File("saved.jsonl");
        await using var node = await OperatorClient.StartAsync();
        var api = await ApiAsync(node);
        string other = $"/accounts/{(await api.DataAsync("POST", "/accounts", """{"name": "other"}"""))["id"]}/documents";
        string url = (string)(await api.DataAsync("POST", other, Body("menu", Text)))["url"]!;
        await node.Socket.SendAsync(HttpMethod.Post, "node/snapshots/save", new JsonObject { ["path"] = file, ["tenant"] = "other" }, Stop);

        await using var restored = await OperatorClient.StartAsync();
        await restored.Socket.SendAsync(HttpMethod.Post, "node/snapshots/load", new JsonObject { ["path"] = file }, Stop);
        Assert.Equal((HttpStatusCode.OK, Text), await GetAsync($"http://{restored.Node.Settings.Http}{new Uri(url).AbsolutePath}"));
        Assert.Equal("menu", (string)(await new OperatorClient(restored).DataAsync("GET", other))[0]!["name"]!);
    }

    [Fact]
    public async Task A_folder_is_served_and_nothing_beside_it()
    {
        using var place = new TempFolder();
        Directory.CreateDirectory(place.File("documents"));
        await File.WriteAllTextAsync(place.File("documents/menu.xml"), Text, Stop);
        await File.WriteAllTextAsync(place.File("documents/notes.txt"), Text, Stop);
        await File.WriteAllTextAsync(place.File("secret.xml"), Text, Stop);
        await using var node = await RunningNode.StartAsync(settings => settings with { Documents = place.File("documents") });
        foreach (var (path, isThere) in new[]
            {
                ("menu.xml", true), ("%6denu.xml", true), ("..%2fsecret.xml", false), ("%2e%2e/secret.xml", false),
                ("../files/../../secret.xml", false), ("%2fetc%2fhosts.xml", false), ("..%5csecret.xml", false), ("notes.txt", false),
                ("menu.xml%00", false), ("menu.xml%00.xml", false), ("", false),
            })
        {
            var (status, text) = await RawAsync(node, $"/documents/files/{path}");
            Assert.True(isThere == (status == 200), $"'{path}': {status}");
            Assert.True(isThere == text.Contains("Hello {{From}}", StringComparison.Ordinal), $"'{path}': {text}");
        }
    }

    /// <summary>As it is written, for clients tidy paths up.</summary>
    private static async Task<(int Status, string Text)> RawAsync(RunningNode node, string path)
    {
        using var client = new System.Net.Sockets.TcpClient();
        await client.ConnectAsync(node.Node.Settings.Http, Stop);
        var stream = client.GetStream();
        string request = $"GET {path} HTTP/1.1\r\nHost: node\r\nConnection: close\r\n\r\n";
        await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes(request), Stop);
        using var reader = new StreamReader(stream);
        string answer = await reader.ReadToEndAsync(Stop);
        return (int.Parse(answer.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture), answer);
    }
}
