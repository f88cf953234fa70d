using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Ringwright.Testing;

namespace Ringwright.Interop.Cases;

/// <summary>Documents that are none, or say what makes no sense: the call goes on as defined, ends once, and its trace says why.</summary>
public sealed class HostileDocumentTests(RunningNode node) : DocumentCase(node)
{
    [Fact]
    [Failure("documents-bad")]
    public async Task Whatever_a_server_answers_the_fallback_is_asked_for_and_the_trace_says_why()
    {
        await using var server = await HostileServer.StartAsync();
        var calls = new Dictionary<string, string>();
        foreach (string how in HostileDocuments.All.Keys)
        {
            calls[how] = await PlaceAsync(new()
            {
                ["Url"] = server.Root + how, ["FallbackUrl"] = Web.Serve($"fallback/{how}", "<Pause/>"),
                ["StatusCallback"] = $"{Web.Root}end/{how}"
            });
        }
        foreach (var (how, (code, reason, _)) in HostileDocuments.All)
        {
            var ended = await CompletedAsync(path: $"end/{how}");
            string trace = await EndedOnceAsync(calls[how]);
            var asked = Assert.Single(Web.All, one => one.Path == $"fallback/{how}");
            bool isAtHome = asked["ErrorUrl"].StartsWith(server.Root, StringComparison.Ordinal);
            Assert.True(asked["ErrorCode"] == code && (isAtHome || how.StartsWith("moves", StringComparison.Ordinal)),
                $"{how}: {asked.Body}");
            Assert.True(trace.Contains(reason, StringComparison.Ordinal), $"{how}: {trace}");
            Assert.Equal("completed", ended["CallStatus"]);
        }
    }

    /// <summary>The type says only whether it is a sound: what is read as XML is a document.</summary>
    [Fact]
    public async Task A_good_document_runs_whatever_its_type_says()
    {
        string[] types = ["text/plain", "text/html", "application/xml", "application/octet-stream"];
        foreach (string type in types)
        {
            string path = type.Replace('/', '-');
            await PlaceAsync(new()
            {
                ["Url"] = Web.Serve(path, (_, context) =>
                {
                    context.Response.ContentType = type;
                    return context.Response.WriteAsync($"<Response><Redirect>ran/{path}</Redirect></Response>");
                }),
            });
        }
        foreach (string type in types) await Web.NextAsync("ran/" + type.Replace('/', '-'));
    }

    [Fact, Depth("the sheets of verbs in Edge have each value that makes no sense")]
    [Failure("documents-bad")]
    public async Task What_makes_no_sense_is_a_warning_and_the_next_verb_comes()
    {
        string longName = new('n', 300);
        await AnsweredAsync($"""
            <Dance/><Gather minDigits="5" maxDigits="2" timeout="1"><Gather/><Hangup/><Say>Hi</Say></Gather>
            <Gather numDigits="1" maxDigits="3" timeout="999"><Dial>+13125550199</Dial><Pause length="1"/></Gather>
            <Dial><Say>wrong</Say></Dial><Dial/><Dial>nobody</Dial>
            <Dial><Sip>sip:a@127.0.0.1&#13;&#10;X-Evil: 1</Sip></Dial>
            <Enqueue>{longName}</Enqueue><Dial><Conference>{longName}</Conference></Dial>
            <Dial><Conference>{Guid.NewGuid()}</Conference></Dial>
            <Refer><Sip>sip:a@b.example&#13;&#10;X-Evil: 1</Sip></Refer><Refer><Sip>tel:+1</Sip></Refer>
            <Play digits="{new string('1', 500)}"/><Say>{new string('a', 100_000)}</Say><Say voice="{longName}">Hi</Say>
            <Start><Stream url="http://127.0.0.1/"/><Dance/></Start><Stop><Stream/></Stop><Leave/>
            """);
        string sid = (await CompletedAsync())["CallSid"];
        string trace = await EndedOnceAsync(sid);
        foreach (string said in (string[])
        [
            "Dance is no verb that can stand here", "Gather cannot stand in Gather", "Hangup cannot stand in Gather",
            "Dial cannot stand in Gather", "numDigits stands for minDigits and maxDigits", "timeout is a whole number from 1 to 120",
            "minDigits is more than maxDigits",
            "Say cannot stand beside others in Dial", "Dial names nobody", "Dial was refused: nobody is no number",
            "is no number in +E.164 format and no SIP URI", "Enqueue was refused: its name has more than 255 characters",
            "Conference was refused: its name has more than 255 characters", "Conference was refused: its name is a UUID",
            "Refer was refused: it names no SIP URI", "Refer needs a Sip with a SIP URI",
            "Play of digits was refused: there are more than 128",
            "Say has more than 3000 characters", "Say was refused: voice and language have at most 256 characters",
            "Dance cannot stand in Start", "Stop of Stream was refused", "Leave was refused",
        ]) Assert.True(trace.Contains(said, StringComparison.Ordinal), $"{said}: {trace}");
        Assert.DoesNotContain("X-Evil: 1\\r\\n", trace, StringComparison.Ordinal);
    }

    [Fact]
    [Failure("documents-bad")]
    public async Task Thousands_of_warnings_fill_no_disk()
    {
        await AnsweredAsync($"{string.Concat(Enumerable.Repeat("<Dance step='1'/>", 1_900))}<Say>Hi</Say>");
        string sid = (await CompletedAsync())["CallSid"];
        var entries = JsonNode.Parse(await EndedOnceAsync(sid))!["data"]!["legs"]![0]!["entries"]!.AsArray();
        Assert.InRange(entries.Count(entry => (string?)entry!["name"] == "noted"), 400, 500);
        Assert.Contains(entries, entry => (string?)entry!["detail"] == "warning: more steps and warnings of this call are not told");
    }

    public static TheoryData<string> Circles => Depth.Rows(gate: ["redirect", "action"], deep: ["conference", "two hosts"]);

    [Theory, MemberData(nameof(Circles))]
    [Failure("documents-bad")]
    public async Task Circles_of_documents_end(string how)
    {
        string url = Web.Root.Replace("127.0.0.1", "localhost", StringComparison.Ordinal);
        string verbs = how switch
        {
            "redirect" => "<Redirect>voice</Redirect>",
            "action" => "<Dial action=\"voice\">nobody</Dial>",
            "conference" => $"<Dial action=\"voice\"><Conference>{new string('n', 300)}</Conference></Dial>",
            _ => $"<Redirect>{url}other</Redirect>",
        };
        Web.Serve("other", $"<Redirect>{Web.Root}voice</Redirect>");
        Begin(verbs);
        var ended = await CompletedAsync();
        Assert.Equal("failed", ended["CallStatus"]);
        Assert.Contains("20 documents one after the other did nothing", await EndedOnceAsync(ended["CallSid"]), StringComparison.Ordinal);
    }

    [Fact]
    [Failure("documents-bad")]
    public async Task A_document_for_who_waits_that_hangs_holds_nobody_in_the_queue()
    {
        await using var server = await HostileServer.StartAsync();
        Web.Serve("left", "<Hangup/>");
        var began = System.Diagnostics.Stopwatch.StartNew();
        await AnsweredAsync($"""
            <Enqueue maxWaitTimeSecs="1" waitUrl="{server.Root}says-nothing" action="left">queue {Guid.NewGuid():N}</Enqueue>
            """);
        var left = await Web.NextAsync("left");
        Assert.Equal("timeout", left["QueueResult"]);
        Assert.True(began.Elapsed >= TimeSpan.FromSeconds(1), $"{began.Elapsed}");
        // By the node's own clock: below the time that a document has.
        Assert.InRange(int.Parse(left["QueueTime"]), 0, 12);
        await EndedOnceAsync((await CompletedAsync())["CallSid"]);
    }

    [Fact]
    [Failure("documents-bad")]
    public async Task A_number_whose_document_dials_the_number_itself_rings_nobody_for_ever()
    {
        Begin($"<Dial timeout=\"5\">{Customer.Number}</Dial>");
        string sid = (await CompletedAsync(within: TimeSpan.FromSeconds(60)))["CallSid"];
        await Task.Delay(TimeSpan.FromSeconds(2), TestContext.Current.CancellationToken);
        Assert.InRange(Web.All.Count(asked => asked.Path == "voice"), 1, 30);
        await Eventually.TrueAsync(() => Web.All.Where(asked => asked.Path == "voice").Select(asked => asked["CallSid"]).Distinct()
            .All(call => Web.All.Count(asked => asked["CallSid"] == call && asked["SequenceNumber"] == "3") == 1), "each is told its end");
        await EndedOnceAsync(sid);
    }
}
