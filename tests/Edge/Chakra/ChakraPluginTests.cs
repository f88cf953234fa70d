using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Edge.Egress;
using Ringwright.Testing;

namespace Ringwright.Edge.Chakra;

/// <summary>What other providers tell of a team's calls, in whatever order, and who is not believed (CH21, CH22).</summary>
public sealed class ChakraPluginTests
{
    private const string Token = "twilio-auth-token", Root = "/chakra/v1/ext";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>PostgreSQL is deep, as for calls of other faces.</summary>
    public static TheoryData<bool> OnPostgres => Depth.Rows([false], [true]);

    [Theory, MemberData(nameof(OnPostgres))]
    public async Task Events_of_providers_become_calls_and_strangers_are_not_believed(bool isPostgres)
    {
        await using var host = await ChakraHost.StartAsync(isPostgres);
        await using var hook = await Sink.StartAsync();
        await host.DoneAsync("POST", "/webhook", $$"""{"url":"{{hook.Url}}","events":["call.created","call.updated"]}""");
        string path = await AddressAsync(host);
        await OutOfOrderAsync(host, path, hook);
        await WordsAsync(host, path);
        await StrangersAsync(host, path);
        await QueriedAsync(host, path);
        await GenericAsync(host);
        await ReportedAsync(host);
        await SignedAsync(host);
        await RolesAsync(host, path);
    }

    private static async Task<string> AddressAsync(ChakraHost host)
    {
        await host.RefusesAsync(404, null, "GET", "/plugin/twilio");
        await host.RefusesAsync(400, "signingSecret", "PUT", "/plugin/twilio", "{}");
        await host.RefusesAsync(404, null, "PUT", "/plugin/carrier-pigeon", "{}");
        var made = await host.DoneAsync("PUT", "/plugin/twilio", $$"""{"signingSecret":"{{Token}}"}""");
        Assert.DoesNotContain(Token, made.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal(made.ToJsonString(), (await host.DoneAsync("GET", "/plugin/twilio")).ToJsonString());
        string url = (string)made["url"]!;
        string path = url.StartsWith('/') ? url : new Uri(url).PathAndQuery;
        Assert.StartsWith($"{Root}/plugin/twilio/event/{host.Team}/", path, StringComparison.Ordinal);
        return path;
    }

    /// <summary>CH21: a call that is over stays so, and what was told twice is told to nobody.</summary>
    private static async Task OutOfOrderAsync(ChakraHost host, string path, Sink hook)
    {
        string At(int second) => $"Thu, 09 Oct 2025 08:53:{second:00} +0000";
        var completed = Form("CA1", "completed", ("CallDuration", "7"), ("Timestamp", At(40)));
        string id = await TakenAsync(host, path, completed);
        Assert.Equal("COMPLETED", (string?)(await host.CallAsync(id))["callStatus"]);
        Assert.Equal(id, await TakenAsync(host, path, Form("CA1", "ringing", ("Timestamp", At(30)))));
        Assert.Equal(id, await TakenAsync(host, path, Form("CA1", "in-progress", ("Timestamp", At(34)))));
        var call = await host.CallAsync(id);
        Assert.Equal(("COMPLETED", "OUTBOUND", "twilio", "CA1", "+15550100000", "+15550177001"), ((string?)call["callStatus"],
            (string?)call["type"], (string?)call["provider"], (string?)call["providerCallId"], (string?)call["from"], (string?)call["to"]));
        Assert.Equal((1760000010000, 1760000013000, 1760000020000, 1760000020000), ((long)call["callStart"]!,
            (long)call["connectionStart"]!, (long)call["connectionEnd"]!, (long)call["callEnd"]!));
        Assert.Equal((10, 7), ((int)call["callDuration"]!, (int)call["connectionDuration"]!));
        Assert.Equal("completed", (string?)call["providerPayload"]!["CallStatus"]);

        await Eventually.TrueAsync(() => hook.All.Count == 2, "the call and its begin are told");
        await TakenAsync(host, path, completed);
        Assert.Equal(call.ToJsonString(), (await host.CallAsync(id)).ToJsonString());
        await TakenAsync(host, path, Form("CA1", "completed", ("RecordingUrl", "https://api.example.com/R1")));
        Assert.Equal("https://api.example.com/R1", (string?)(await host.CallAsync(id))["recordingUrl"]);
        await Eventually.TrueAsync(() => hook.All.Count == 3, "the recording is told");
        Assert.Equal(["call.created", "call.updated", "call.updated"],
            hook.All.Select(received => (string?)JsonNode.Parse(received.Text)!["event"]));
        // A log of the same call is of the same call.
        Assert.Equal(id, (string?)(await host.DoneAsync("POST", "/call/log", """
            {"to":"+15550177001","from":"+15550100000","type":"OUTBOUND","provider":"twilio","providerCallId":"CA1",
             "callStatus":"COMPLETED"}
            """))["id"]);
    }

    private static async Task WordsAsync(ChakraHost host, string path)
    {
        int n = 1;
        foreach (var (theirs, direction, word) in new[]
            {
                ("busy", "outbound-api", "BUSY"), ("no-answer", "outbound-dial", "UNANSWERED"), ("no-answer", "inbound", "MISSED"),
                ("failed", "outbound-api", "FAILED"), ("canceled", "inbound", "MISSED"), ("queued", "outbound-api", "QUEUED"),
                ("ringing", "inbound", "RINGING"), ("in-progress", "inbound", "IN_PROGRESS"), ("transcending", "inbound", "UNKNOWN"),
            })
        {
            string id = await TakenAsync(host, path, Form($"CA{++n}", theirs, ("Direction", direction)));
            var call = await host.CallAsync(id);
            Assert.Equal((word, direction is "inbound" ? "INBOUND" : "OUTBOUND"), ((string?)call["callStatus"], (string?)call["type"]));
            Assert.Equal(theirs, (string?)call["providerPayload"]!["CallStatus"]);
            ChakraRules.Hold(call);
        }
    }

    private static async Task StrangersAsync(ChakraHost host, string path)
    {
        int before = (int)(await host.ListAsync()).Meta["total"]!;
        var form = Form("CA900", "completed");
        string wrongSecret = path[..^1] + (path[^1] is '0' ? '1' : '0');
        string wrongTeam = path.Replace(host.Team, Guid.NewGuid().ToString(), StringComparison.Ordinal);
        foreach (string wrong in new[] { wrongSecret, wrongTeam, path.Replace("/twilio/", "/ameyo/", StringComparison.Ordinal) })
            Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(host, wrong, form, Signature(host, wrong, form))).Status);
        // By somebody who has seen the address, and one who has seen another event.
        Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync(host, path, form, null)).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync(host, path, form, Signature(host, path, Form("CA1", "completed")))).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync(host, path, form, Signature(host, path, form, "another token"))).Status);
        // Of nothing, and of nobody.
        var nothing = Form("", "completed");
        Assert.Equal(HttpStatusCode.BadRequest, (await SendAsync(host, path, nothing, Signature(host, path, nothing))).Status);
        (string, string)[] nobody = [("CallSid", "CA901"), ("CallStatus", "busy")];
        Assert.Equal(HttpStatusCode.BadRequest, (await SendAsync(host, path, nobody, Signature(host, path, nobody))).Status);
        Assert.Equal(before, (int)(await host.ListAsync()).Meta["total"]!);
    }

    /// <summary>A provider that is asked to use GET tells the same as a query, which is signed.</summary>
    private static async Task QueriedAsync(ChakraHost host, string path)
    {
        static string Asked(string address, IEnumerable<(string Name, string Value)> said) =>
            $"{address}?{string.Join('&', said.Select(field => $"{field.Name}={Uri.EscapeDataString(field.Value)}"))}";
        string asked = Asked(path, Form("CA700", "completed", ("CallDuration", "7")));
        var (status, body) = await GetAsync(host, asked, "X-Twilio-Signature", Signature(host, asked, []));
        Assert.True(status is HttpStatusCode.OK, body);
        var call = await host.CallAsync((string)JsonNode.Parse(body)!["_data"]!["id"]!);
        Assert.Equal(("COMPLETED", "CA700", "+15550100000", "+15550177001", 7), ((string?)call["callStatus"],
            (string?)call["providerCallId"], (string?)call["from"], (string?)call["to"], (int)call["connectionDuration"]!));
        // With the signature of another one, or of the address alone, or none.
        string other = Asked(path, Form("CA701", "busy"));
        foreach (string? signature in new[] { Signature(host, asked, []), Signature(host, path, []), null })
            Assert.Equal(HttpStatusCode.Forbidden, (await GetAsync(host, other, "X-Twilio-Signature", signature)).Status);
        string wrong = Asked(path[..^1] + (path[^1] is '0' ? '1' : '0'), Form("CA701", "busy"));
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync(host, wrong, "X-Twilio-Signature", Signature(host, wrong, []))).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await GetAsync(host, path, "X-Twilio-Signature", Signature(host, path, []))).Status);
        // What is behind the address is signed with a form, too.
        string shop = path + "?shop=7";
        var form = Form("CA702", "busy");
        Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync(host, shop, form, Signature(host, path, form))).Status);
        await TakenAsync(host, shop, form);

        string plain = PathOf(await host.DoneAsync("PUT", "/plugin/ameyo", """{"signingSecret":"a-secret-of-theirs"}"""));
        (string, string)[] fields = [("callId", "A700"), ("from", "+15550177002"), ("to", "+15550100000"), ("status", "completed")];
        string told = Asked(plain, fields);
        foreach (var (signed, expected) in new[] { ("", HttpStatusCode.Forbidden), (told[(plain.Length + 1)..], HttpStatusCode.OK) })
        {
            string mac = Convert.ToHexStringLower(HMACSHA256.HashData("a-secret-of-theirs"u8, Encoding.UTF8.GetBytes(signed)));
            Assert.Equal(expected, (await GetAsync(host, told, "X-Signature", "sha256=" + mac)).Status);
        }
    }

    /// <summary>CH22, by a token of the team.</summary>
    private static async Task GenericAsync(ChakraHost host)
    {
        string json = """
            {"callId":"A1","from":"+15550177002","to":"+15550100000","direction":"inbound","status":"NO ANSWER","n":9007199254740993,
             "startTime":1760000000,"endTime":"2025-10-09T08:53:40Z","answerTime":"yesterday"}
            """;
        string id = (string)(await host.DoneAsync("POST", "/plugin/ameyo/event", json))["id"]!;
        var call = await host.CallAsync(id);
        Assert.Equal(("ameyo", "A1", "MISSED", "INBOUND"), ((string?)call["provider"], (string?)call["providerCallId"],
            (string?)call["callStatus"], (string?)call["type"]));
        Assert.Equal((1760000000000, 1760000020000, 20, null), ((long)call["callStart"]!, (long)call["callEnd"]!,
            (int)call["callDuration"]!, call["connectionStart"]));
        Assert.Equal(JsonNode.Parse(json)!.ToJsonString(), call["providerPayload"]!.ToJsonString());
        string stranger = (string)(await host.DoneAsync("POST", "/plugin/ameyo/event",
            """{"callId":"A2","from":"+15550177002","to":"+15550100000","status":"levitating","startTime":17,"endTime":1e30}"""))["id"]!;
        var unknown = await host.CallAsync(stranger);
        Assert.Equal(("UNKNOWN", "levitating", null, null), ((string?)unknown["callStatus"], (string?)unknown["providerPayload"]!["status"],
            unknown["callStart"], unknown["callEnd"]));
        // Nobody knows whether it was in May or in June.
        var either = await host.CallAsync((string)(await host.DoneAsync("POST", "/plugin/ameyo/event", """
            {"callId":"A3","from":"+15550177002","to":"+15550100000","status":"completed","startTime":"05/06/2025 08:53:20",
             "answerTime":"8:53:25","endTime":"09 Oct 2025 08:53:40"}
            """))["id"]!);
        Assert.Equal((null, null, 1760000020000), (either["callStart"], either["connectionStart"], (long)either["callEnd"]!));
        // By other names of its, with a type that says no direction, and a status that says nothing of the call.
        var snake = await host.CallAsync((string)(await host.DoneAsync("POST", "/plugin/ameyo/event", """
            {"crt_object_id":"d928-1-vce-7","type":"call_event","from":"+15550177002","dialledPhone":"+15550100000","is_outbound":false,
             "status":"success","system_disposition":"NO_ANSWER","call_originate_time":"2026/01/20 11:16:41 +0900",
             "call_end_time":"2026-01-20T02:17:01Z"}
            """))["id"]!);
        Assert.Equal(("d928-1-vce-7", "INBOUND", "MISSED", "+15550100000", 1768875401000, 1768875421000),
            ((string?)snake["providerCallId"], (string?)snake["type"], (string?)snake["callStatus"], (string?)snake["to"],
            (long)snake["callStart"]!, (long)snake["callEnd"]!));
        // The customer's number alone, whichever side he is on.
        foreach (var (type, rest, from, to) in new[]
            {
                ("inbound.call.dial", "\"cstmPhone\":\"+15550177002\",\"dstPhone\":\"+15550100000\"", "+15550177002", "+15550100000"),
                ("outbound.manual.dial", "\"phone\":\"+15550177002\",\"srcPhone\":\"+15550100000\"", "+15550100000", "+15550177002"),
            })
        {
            var sided = await host.CallAsync((string)(await host.DoneAsync("POST", "/plugin/ameyo/event",
                $$"""{"callId":"sided {{type}}","callType":"{{type}}",{{rest}},"status":"completed"}"""))["id"]!);
            Assert.Equal((from, to), ((string?)sided["from"], (string?)sided["to"]));
        }
        // As the provider writes numbers; one without its country is as it was told.
        var written = await host.CallAsync((string)(await host.DoneAsync("POST", "/plugin/ameyo/event", """
            {"callId":"written","callType":"outbound.manual.dial","srcPhone":"9876543210","dstPhone":"+1 (555) 017-7002","status":"busy"}
            """))["id"]!);
        Assert.Equal(("9876543210", "+15550177002"), ((string?)written["from"], (string?)written["to"]));
        // Who is on the other side is not guessed.
        await host.RefusesAsync(400, null, "POST", "/plugin/ameyo/event",
            """{"callId":"one side","callType":"inbound.call.dial","phone":"+15550177002","status":"completed"}""");
        // Durations as a clock shows them, and one that no clock shows.
        foreach (var (duration, talk, whole, connected) in new (string, string, int?, int?)[]
            {
                ("00:01:20", "01:05", 80, 65), ("1:00:00", "59:59.2", 3600, 3600), ("00:99:00", "1:2:3:4", null, null),
                ("-00:00:05", ":", null, null),
            })
        {
            var timed = await host.DoneAsync("POST", "/plugin/ameyo/event", $$"""
                {"callId":"timed {{duration}}","from":"+15550177002","to":"+15550100000","status":"completed","duration":"{{duration}}",
                 "talkTime":"{{talk}}"}
                """);
            var seen = await host.DoneAsync("GET", $"/call/{timed["id"]}");
            Assert.Equal((whole, connected), ((int?)seen["callDuration"], (int?)seen["connectionDuration"]));
        }
        await host.RefusesAsync(404, null, "POST", "/plugin/carrier-pigeon/event", json);
        foreach (string wrong in new[] { "[]", "{", "7", """{"callId":"A3","callId":"A4"}""", "{\"callId\":\"A\\u0000\"}" })
            await host.RefusesAsync(400, null, "POST", "/plugin/ameyo/event", wrong);
        await host.RefusesAsync(413, null, "POST", "/plugin/ameyo/event", $$"""{"callId":"A5","x":"{{new string('x', 600_000)}}"}""");
        // The other team's is another call.
        Assert.NotEqual(id, (string?)(await host.DoneAsync("POST", "/plugin/ameyo/event", json, host.Other))["id"]);
        await host.RefusesAsync(401, null, "POST", "/plugin/ameyo/event", json, "KEY-of-nobody");
    }

    /// <summary>What Ameyo's dialer reports behind the end of a call, by its names and words.</summary>
    private static async Task ReportedAsync(ChakraHost host)
    {
        int n = 0;
        foreach (var (theirs, type, word) in new[]
            {
                ("CONNECTED", "outbound.manual.dial", "COMPLETED"), ("CONNECTED", "inbound.call.dial", "ANSWERED"),
                ("PROVIDER_TEMP_FAILURE", "outbound.auto.dial", "FAILED"), ("NUMBER_FAILURE", "outbound.auto.dial", "FAILED"),
                ("CALL_NOT_PICKED", "outbound.auto.dial", "UNANSWERED"), ("NO_ANSWER", "inbound.call.dial", "MISSED"),
                // It was cut off while both were on it, and it waited until nobody was left to wait for.
                ("CALL_HANGUP", "outbound.manual.dial", "COMPLETED"), ("CALL_HANGUP", "inbound.call.dial", "ANSWERED"),
                ("CALL_DROP", "inbound.call.dial", "MISSED"),
            })
        {
            string answered = theirs is "CONNECTED" or "CALL_HANGUP" ? "\"callConnectedTime\":\"2025/10/09 17:53:30 +0900\"," : "";
            var call = await host.CallAsync((string)(await host.DoneAsync("POST", "/plugin/ameyo/event", $$"""
                {"customerCRTId":"d336-59e426de-vce-{{++n}}","callType":"{{type}}","srcPhone":"+15550100000","dstPhone":"+15550177003",
                 "systemDisposition":"{{theirs}}","callStartTime":"2025/10/09 17:53:20 +0900",{{answered}}
                 "callEndTime":"2025/10/09 17:53:40 +0900","recordingFileUrl":"https://ameyo.example.com/R{{n}}"}
                """))["id"]!);
            Assert.Equal((word, $"d336-59e426de-vce-{n}", $"https://ameyo.example.com/R{n}"),
                ((string?)call["callStatus"], (string?)call["providerCallId"], (string?)call["recordingUrl"]));
            Assert.Equal((1760000000000, 1760000020000, 20), ((long)call["callStart"]!, (long)call["callEnd"]!,
                (int)call["callDuration"]!));
            if (answered.Length == 0) Assert.Null(call["connectionStart"]);
            else
                Assert.Equal((1760000010000, 1760000020000, 10), ((long)call["connectionStart"]!, (long)call["connectionEnd"]!,
                    (int)call["connectionDuration"]!));
        }
        // Without an end it is up, as it is where the event tells of it while it is.
        string up = (string)(await host.DoneAsync("POST", "/plugin/ameyo/event", """
            {"callId":"up","from":"+15550100000","to":"+15550177003","status":"connected","callStartTime":1760000000}
            """))["id"]!;
        Assert.Equal("IN_PROGRESS", (string?)(await host.CallAsync(up))["callStatus"]);
    }

    /// <summary>A provider without a signature of its own is believed for its address, or by ours.</summary>
    private static async Task SignedAsync(ChakraHost host)
    {
        string path = PathOf(await host.DoneAsync("PUT", "/plugin/ameyo", "{}"));
        const string json = """{"callId":"A10","from":"+15550177002","to":"+15550100000","status":"completed"}""";
        Assert.Equal(HttpStatusCode.OK, await PostAsync(host, path, json, null));
        // With the mark of its encoding, and as curl sends it where nobody says what it is.
        Assert.Equal(HttpStatusCode.OK, await PostAsync(host, path, "\uFEFF" + json, null));
        Assert.Equal(HttpStatusCode.OK, await PostAsync(host, path, json, null, "application/x-www-form-urlencoded"));
        Assert.Equal(path, PathOf(await host.DoneAsync("PUT", "/plugin/ameyo", """{"signingSecret":"a-secret-of-theirs"}""")));
        Assert.Equal(HttpStatusCode.Forbidden, await PostAsync(host, path, json, null));
        Assert.Equal(HttpStatusCode.Forbidden, await PostAsync(host, path, json, "sha256=00"));
        string mac = Convert.ToHexStringLower(HMACSHA256.HashData("a-secret-of-theirs"u8, Encoding.UTF8.GetBytes(json)));
        Assert.Equal(HttpStatusCode.OK, await PostAsync(host, path, json, "sha256=" + mac));
        await host.DoneAsync("DELETE", "/plugin/ameyo");
        Assert.Equal(HttpStatusCode.NotFound, await PostAsync(host, path, json, "sha256=" + mac));
        Assert.NotEqual(path, PathOf(await host.DoneAsync("PUT", "/plugin/ameyo", "{}")));
        Assert.Equal(HttpStatusCode.NotFound, await PostAsync(host, path, json, null));
    }

    private static async Task RolesAsync(ChakraHost host, string path)
    {
        await host.RefusesAsync(404, null, "GET", "/plugin/twilio", token: host.Other);
        await host.DoneAsync("DELETE", "/plugin/twilio");
        var form = Form("CA1000", "completed");
        Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(host, path, form, Signature(host, path, form))).Status);
    }

    private static (string Name, string Value)[] Form(string call, string status, params (string, string)[] more) =>
        [.. new[] { ("CallSid", call), ("From", "+15550100000"), ("To", "+15550177001"), ("CallStatus", status) }
            .Concat(more.Any(field => field.Item1 is "Direction") ? more : [.. more, ("Direction", "outbound-api")])];

    private static async Task<string> TakenAsync(ChakraHost host, string path, (string, string)[] form)
    {
        var (status, body) = await SendAsync(host, path, form, Signature(host, path, form));
        Assert.True(status is HttpStatusCode.OK, body);
        return (string)JsonNode.Parse(body)!["_data"]!["id"]!;
    }

    /// <summary>As Twilio's own documentation says it is made.</summary>
    private static string Signature(ChakraHost host, string path, (string Name, string Value)[] form, string token = Token)
    {
        string signed = UrlOf(host, path)
            + string.Concat(form.OrderBy(field => field.Name, StringComparer.Ordinal).Select(field => field.Name + field.Value));
#pragma warning disable CA5350 // the algorithm is the protocol's
        return Convert.ToBase64String(HMACSHA1.HashData(Encoding.UTF8.GetBytes(token), Encoding.UTF8.GetBytes(signed)));
#pragma warning restore CA5350
    }

    private static string UrlOf(ChakraHost host, string path) => new Uri(host.Node.Api.BaseAddress!, path).AbsoluteUri;

    private static async Task<(HttpStatusCode Status, string Body)> SendAsync(ChakraHost host, string path, (string, string)[] form,
        string? signature)
    {
        using var nobody = new HttpClient { BaseAddress = host.Node.Api.BaseAddress };
        using var content = new FormUrlEncodedContent(form.Select(field => KeyValuePair.Create(field.Item1, field.Item2)));
        if (signature is not null) content.Headers.Add("X-Twilio-Signature", signature);
        using var answer = await nobody.PostAsync(path, content, Stop);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(Stop));
    }

    private static async Task<(HttpStatusCode Status, string Body)> GetAsync(ChakraHost host, string url, string header,
        string? signature)
    {
        using var nobody = new HttpClient { BaseAddress = host.Node.Api.BaseAddress };
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        if (signature is not null) request.Headers.Add(header, signature);
        using var answer = await nobody.SendAsync(request, Stop);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(Stop));
    }

    private static async Task<HttpStatusCode> PostAsync(ChakraHost host, string path, string json, string? signature,
        string type = "application/json")
    {
        using var nobody = new HttpClient { BaseAddress = host.Node.Api.BaseAddress };
        using var content = new StringContent(json, Encoding.UTF8, type);
        if (signature is not null) content.Headers.Add("X-Signature", signature);
        using var answer = await nobody.PostAsync(path, content, Stop);
        return answer.StatusCode;
    }

    private static string PathOf(JsonNode plugin) =>
        (string)plugin["url"]! is var url && url.StartsWith('/') ? url : new Uri((string)plugin["url"]!).PathAndQuery;
}
