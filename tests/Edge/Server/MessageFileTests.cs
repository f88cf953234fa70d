using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Ringwright.Calls;
using Ringwright.Edge.Egress;
using Ringwright.Testing;

namespace Ringwright.Edge.Server;

/// <summary>Files that go with messages, through a whole node: fetched when the message is taken, and each account's by itself.</summary>
public sealed class MessageFileTests
{
    private const string From = "+15550170011", To = "+15550170012";
    private static readonly byte[] Picture = [0x89, .. "PNG and more"u8];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_picture_goes_with_a_message_and_both_fetch_it_from_the_node()
    {
        await using var sink = await Sink.StartAsync(async (asked, http) =>
        {
            switch (asked.Path)
            {
                case "/moved":
                    http.Response.Redirect("/a.png");
                    return;
                case "/program":
                    http.Response.ContentType = "application/javascript";
                    break;
                default:
                    http.Response.ContentType = "image/png; charset=binary";
                    break;
            }
            byte[] body = asked.Path == "/large" ? new byte[1_100_000] : Picture;
            await http.Response.Body.WriteAsync(body, http.RequestAborted);
        });
        await using var node = await OperatorClient.StartAsync();
        string account = await NumbersAsync(node);
        foreach (string refused in (string[])["/large", "/program"])
            Assert.Equal("40317", (string?)(await AskAsync(node, HttpMethod.Post, "messages",
                $$"""{"from":"{{From}}","to":"{{To}}","media_urls":["{{sink.Url}}{{refused}}"]}"""))["errors"]![0]!["code"]);

        var sent = (await AskAsync(node, HttpMethod.Post, "messages",
            $$"""{"from":"{{From}}","to":"{{To}}","text":"Look","media_urls":["{{sink.Url}}/moved"]}"""))["data"]!;
        Assert.Equal(("MMS", 1, "image/png", Picture.Length), ((string?)sent["type"], (int)sent["parts"]!,
            (string?)sent["media"]![0]!["content_type"], (int)sent["media"]![0]!["size"]!));
        await Eventually.SomeAsync(async () => (await AskAsync(node, HttpMethod.Get, $"messages/{sent["id"]}"))["data"] is { } now
            && (string?)now["to"]![0]!["status"] == "delivered" ? now : null, "it is delivered");
        var row = Assert.Single((await node.Node.Database.Texts.ListAsync(new(new Guid(account)), new() { Direction = Direction.Inbound },
            Stop)).Rows);
        var come = (await AskAsync(node, HttpMethod.Get, $"messages/{row.Id}"))["data"]!;
        Assert.Equal(("MMS", "Look"), ((string?)come["type"], (string?)come["text"]));
        string ours = (string)sent["media"]![0]!["url"]!, theirs = (string)come["media"]![0]!["url"]!;
        Assert.NotEqual(new Uri(ours).AbsolutePath, new Uri(theirs).AbsolutePath);
        foreach (string url in (string[])[ours, theirs])
        {
            using var got = await node.Api.GetAsync(new Uri(url).PathAndQuery, Stop);
            Assert.Equal((HttpStatusCode.OK, "image/png"), (got.StatusCode, got.Content.Headers.ContentType?.MediaType));
            Assert.Equal(Picture, await got.Content.ReadAsByteArrayAsync(Stop));
            using var forged = await node.Api.GetAsync(new Uri(url).PathAndQuery + "A", Stop);
            Assert.Equal(HttpStatusCode.Forbidden, forged.StatusCode);
        }
    }

    [Fact]
    public async Task A_file_of_which_its_server_says_nothing_is_what_its_bytes_or_its_name_say()
    {
        await using var sink = await Sink.StartAsync(async (asked, http) =>
        {
            http.Response.ContentType = asked.Path switch
            {
                "/unsaid" => null,
                "/photo" => "image/jpg",
                "/contact" => "text/directory",
                "/voice" => "audio/aac",
                "/bucket" => "binary/octet-stream",
                "/old" => "video/3gp",
                "/list" => "text/csv",
                "/download" => "application/force-download",
                "/raw" or "/raw.vcf" or "/words" => "text/plain; charset=utf-8",
                _ => "application/octet-stream",
            };
            byte[] body = asked.Path switch
            {
                "/card.vcf" or "/raw.vcf" => "BEGIN:VCARD"u8.ToArray(),
                "/words" => "Hello."u8.ToArray(),
                "/film.3gp" or "/film" => "\0\0\0\u0018ftyp3gp4"u8.ToArray(),
                "/still.heic" => "\0\0\0\u0018ftypheic"u8.ToArray(),
                "/page" => "<html>Access denied"u8.ToArray(),
                _ => Picture,
            };
            await http.Response.Body.WriteAsync(body, http.RequestAborted);
        });
        await using var node = await OperatorClient.StartAsync();
        await NumbersAsync(node);
        var sent = await SendAsync("/unsaid", "/bucket", "/octets", "/photo", "/card.vcf", "/film.3gp", "/contact", "/voice",
            "/still.heic");
        Assert.Equal(
            ["image/png", "image/png", "image/png", "image/jpeg", "text/vcard", "video/3gpp", "text/vcard", "audio/aac", "image/heic"],
            sent["data"]!["media"]!.AsArray().Select(file => (string?)file!["content_type"]));
        sent = await SendAsync("/old", "/list", "/download", "/raw", "/raw.vcf", "/words");
        Assert.Equal(["video/3gpp", "text/csv", "image/png", "image/png", "text/vcard", "text/plain"],
            sent["data"]!["media"]!.AsArray().Select(file => (string?)file!["content_type"]));
        foreach (string refused in (string[])["/page", "/film"])
            Assert.Equal("40317", (string?)(await SendAsync(refused))["errors"]![0]!["code"]);

        Task<JsonNode> SendAsync(params string[] paths)
        {
            string urls = string.Join(',', paths.Select(path => $"\"{sink.Url}{path}\""));
            return AskAsync(node, HttpMethod.Post, "messages", $$"""{"from":"{{From}}","to":"{{To}}","media_urls":[{{urls}}]}""");
        }
    }

    /// <summary>Two numbers of one account, on one profile.</summary>
    /// <returns>The account.</returns>
    private static async Task<string> NumbersAsync(RunningNode node)
    {
        var client = new OperatorClient(node);
        string account = (string)(await client.DataAsync("GET", "/accounts"))[0]!["id"]!;
        var profile = await AskAsync(node, HttpMethod.Post, "messaging_profiles",
            """{"name":"Texts","whitelisted_destinations":["*"]}""");
        foreach (string number in (string[])[From, To])
        {
            await client.DataAsync("POST", $"/accounts/{account}/numbers", $$"""{"phone_number":"{{number}}"}""");
            await AskAsync(node, HttpMethod.Patch, $"phone_numbers/{number}/messaging",
                $$"""{"messaging_profile_id":"{{profile["data"]!["id"]}}"}""");
        }
        return account;
    }

    private static async Task<JsonNode> AskAsync(RunningNode node, HttpMethod method, string path, string? json = null)
    {
        using var request = new HttpRequestMessage(method, "/v2/" + path);
        if (json is not null) request.Content = new StringContent(json, null, "application/json");
        using var response = await node.Api.SendAsync(request, Stop);
        return JsonNode.Parse(await response.Content.ReadAsStringAsync(Stop))!;
    }
}
