using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Ringwright.Edge.Net;
using Ringwright.Testing;

namespace Ringwright.Edge.Server;

/// <summary>A whole node whose phones text each other, and are texted by its API.</summary>
public sealed class PhoneTextNodeTests
{
    private const string Alice = "+15550171001", Bob = "+15550171002", Domain = "sip.example.com", Password = "correct horse";

    private int _cseq;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Phones_write_by_their_numbers_and_what_they_answer_is_what_became_of_a_text()
    {
        await using var node = await StartAsync();
        var client = new OperatorClient(node);
        var (account, profile) = await FillAsync(node, client);
        using SipPeer alice = new(node.Node.Settings.Sip), bob = new(node.Node.Settings.Sip);
        await AskAsync(bob, "REGISTER", "bobby", $"sip:{Domain}", null, "200");

        Assert.DoesNotContain("\r\nContact:", await AskAsync(alice, "MESSAGE", "alice", $"sip:{Bob}@{Domain}", "Lunch?", "202"),
            StringComparison.Ordinal);
        string come = await bob.HearAsync("MESSAGE");
        Assert.StartsWith($"<sip:{Alice}@{Domain}>;tag=", SipPeer.Header(come, "From"), StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\nLunch?", come, StringComparison.Ordinal);
        bob.Send(Answer(come, "200 OK"));
        await Eventually.SomeAsync(async () => (await node.Node.Database.Texts.ListAsync(new(new Guid(account)), new(), Stop)).Rows
            is [{ Words: "Lunch?", State: Ringwright.Store.Tables.TextState.Delivered } row] ? row : null, "it is delivered");

        var message = await ApiAsync(node, HttpMethod.Post, "messages", $$"""{"from":"{{Alice}}","to":"{{Bob}}","text":"Dinner?"}""");
        bob.Send(Answer(await bob.HearAsync("MESSAGE"), "486 Busy Here"));
        await Eventually.SomeAsync(async () => await ApiAsync(node, HttpMethod.Get, $"messages/{message["id"]}", null) is var now
            && (string?)now["to"]![0]!["status"] == "delivery_failed" ? now : null, "the phone does not take it");
        // A short code of the node gets what a phone writes, and nobody has another one.
        string name = (string)(await client.DataAsync("GET", "/accounts"))[0]!["name"]!;
        var code = await client.DataAsync("POST", "/short_codes", $$"""{"account":"{{name}}","short_code":"24680"}""");
        await ApiAsync(node, HttpMethod.Patch, $"short_codes/{code["id"]}", $$"""{"messaging_profile_id":"{{profile}}"}""");
        await AskAsync(alice, "MESSAGE", "alice", $"sip:24680@{Domain}", "Win", "202");
        var texts = node.Node.Database.Texts;
        await Eventually.SomeAsync(async () => (await texts.ListAsync(new(new Guid(account)), new() { To = "24680" }, Stop)).Rows
            .FirstOrDefault(row => row is { Words: "Win", State: Ringwright.Store.Tables.TextState.Received }), "the code has it");
        await AskAsync(alice, "MESSAGE", "alice", $"sip:13579@{Domain}", "Lose", "404");
        await AskAsync(alice, "MESSAGE", "alice", $"sip:911@{Domain}", "Help", "403");
        // Bob's number is on no profile, so he gets texts and sends none.
        string refused = await AskAsync(bob, "MESSAGE", "bobby", $"sip:{Alice}@{Domain}", "No", "403");
        Assert.Contains("40305", SipPeer.Header(refused, "Warning"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_text_for_a_phone_that_is_off_comes_when_it_is_back_and_once()
    {
        await using var node = await StartAsync();
        await FillAsync(node, new(node));
        using SipPeer bob = new(node.Node.Settings.Sip);
        var message = await ApiAsync(node, HttpMethod.Post, "messages", $$"""{"from":"{{Alice}}","to":"{{Bob}}","text":"Call me."}""");
        await Task.Delay(TimeSpan.FromSeconds(1.5), Stop);          // the node has looked for the phone
        Assert.Equal("queued", await StatusAsync());
        Assert.True(bob.HasHeardNothing);

        await AskAsync(bob, "REGISTER", "bobby", $"sip:{Domain}", null, "200");
        string come = await bob.HearAsync("MESSAGE");
        Assert.EndsWith("\r\n\r\nCall me.", come, StringComparison.Ordinal);
        bob.Send(Answer(come, "200 OK"));
        await Eventually.SomeAsync(async () => await StatusAsync() is "delivered" ? "delivered" : null, "the phone has it");
        int passed = bob.Passed.Count;
        await bob.HearOutAsync(TimeSpan.FromSeconds(1));
        Assert.Equal(passed, bob.Passed.Count);

        async Task<string?> StatusAsync() =>
            (string?)(await ApiAsync(node, HttpMethod.Get, $"messages/{message["id"]}", null))["to"]![0]!["status"];
    }

    private static Task<RunningNode> StartAsync() =>
        RunningNode.StartAsync(settings => settings with { OperatorKey = OperatorClient.Key, SipDomains = [Domain] });

    /// <summary>Two numbers with a phone each; Alice's is on a profile.</summary>
    private static async Task<(string Account, string Profile)> FillAsync(RunningNode node, OperatorClient client)
    {
        string account = (string)(await client.DataAsync("GET", "/accounts"))[0]!["id"]!;
        foreach (var (number, user) in new[] { (Alice, "alice"), (Bob, "bobby") })
        {
            await client.DataAsync("POST", $"/accounts/{account}/numbers", $$"""{"phone_number":"{{number}}"}""");
            var connection = await ApiAsync(node, HttpMethod.Post, "credential_connections",
                $$"""{"connection_name":"{{user}}","user_name":"{{user}}","password":"{{Password}}"}""");
            await ApiAsync(node, HttpMethod.Patch, $"phone_numbers/{number}", $$"""{"connection_id":"{{connection["id"]}}"}""");
        }
        var profile = await ApiAsync(node, HttpMethod.Post, "messaging_profiles", """{"name":"Texts","whitelisted_destinations":["*"]}""");
        await ApiAsync(node, HttpMethod.Patch, $"phone_numbers/{Alice}/messaging", $$"""{"messaging_profile_id":"{{profile["id"]}}"}""");
        return (account, (string)profile["id"]!);
    }

    /// <summary>Asks, is challenged, shows the password, and gives the answer.</summary>
    private async Task<string> AskAsync(SipPeer phone, string method, string user, string uri, string? words, string status)
    {
        phone.Send(Request(phone, method, user, uri, words, null));
        string challenge = await phone.HearAsync("SIP/2.0 401");
        phone.Send(Request(phone, method, user, uri, words, Credentials(challenge, method, user, uri)));
        return await phone.HearAsync($"SIP/2.0 {status}");
    }

    private string Request(SipPeer phone, string method, string user, string uri, string? words, string? credentials)
    {
        int cseq = ++_cseq;
        string to = method == "REGISTER" ? $"sip:{user}@{Domain}" : uri,
            contact = method == "REGISTER" ? $"\nContact: <sip:{user}@{phone.Local}>" : "",
            shown = credentials is null ? "" : "\nAuthorization: " + credentials,
            type = words is null ? "" : "\nContent-Type: text/plain;charset=UTF-8";
        return $"""
            {method} {uri} SIP/2.0
            Via: SIP/2.0/UDP {phone.Local};branch=z9hG4bK{cseq};rport
            Max-Forwards: 70
            From: <sip:{user}@{Domain}>;tag=phone{cseq}
            To: <{to}>
            Call-ID: {method}-{user}
            CSeq: {cseq} {method}{contact}{shown}{type}
            Content-Length: {Encoding.UTF8.GetByteCount(words ?? "")}

            {words}
            """;
    }

    private static string Answer(string request, string status) => $"""
        SIP/2.0 {status}
        Via: {SipPeer.Header(request, "Via")}
        From: {SipPeer.Header(request, "From")}
        To: {SipPeer.Header(request, "To")};tag=far
        Call-ID: {SipPeer.Header(request, "Call-ID")}
        CSeq: {SipPeer.Header(request, "CSeq")}
        Content-Length: 0


        """;

    private static string Credentials(string challenge, string method, string user, string uri)
    {
        string nonce = Regex.Match(challenge, "nonce=\"([0-9a-f]+)\"").Groups[1].Value;
        string response = Md5($"{Md5($"{user}:{Domain}:{Password}")}:{nonce}:00000001:c0ffee:auth:{Md5($"{method}:{uri}")}");
        return $"Digest username=\"{user}\", realm=\"{Domain}\", nonce=\"{nonce}\", uri=\"{uri}\", response=\"{response}\", algorithm=MD5, "
            + "qop=auth, nc=00000001, cnonce=\"c0ffee\"";
    }

    private static string Md5(string text) => Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(text)));

    private static async Task<JsonNode> ApiAsync(RunningNode node, HttpMethod method, string path, string? json)
    {
        using var request = new HttpRequestMessage(method, "/v2/" + path);
        if (json is not null) request.Content = new StringContent(json, null, "application/json");
        using var response = await node.Api.SendAsync(request, Stop);
        string text = await response.Content.ReadAsStringAsync(Stop);
        Assert.True(response.IsSuccessStatusCode, text);
        return JsonNode.Parse(text)!["data"]!;
    }
}
