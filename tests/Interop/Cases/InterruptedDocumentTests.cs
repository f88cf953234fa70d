using System.Text.RegularExpressions;
using Ringwright.Testing;

namespace Ringwright.Interop.Cases;

/// <summary>A node of its own, so that what is left can be counted.</summary>
public sealed class QuietNode() : RunningNode("--api-rate", "100000")
{
    /// <summary>No leg, media port, program or connection out is left.</summary>
    internal async Task EmptiesAsync()
    {
        using var http = new HttpClient();
        string[] gauges = ["ringwright_legs_active", "ringwright_media_ports_open", "ringwright_gate_legs", "ringwright_programs",
            "ringwright_media_recordings_active", "ringwright_streams_active", "ringwright_egress_connections"];
        string text = "";
        await Eventually.SomeAsync(async () =>
        {
            text = await http.GetStringAsync(new Uri(Admin, "metrics"), TestContext.Current.CancellationToken);
            return gauges.All(gauge => Regex.Matches(text, $@"^{gauge}(\{{[^}}]*\}})? (\S+)$", RegexOptions.Multiline)
                .All(m => m.Groups[2].Value == "0")) ? text : null;
        }, () => string.Join('\n', text.Split('\n').Where(line => gauges.Any(gauge => line.StartsWith(gauge, StringComparison.Ordinal)))));
    }
}

/// <summary>Callers who hang up, and documents that take the place of others, in the middle of every verb.</summary>
public sealed class InterruptedDocumentTests(QuietNode node) : DocumentCase(node), IClassFixture<QuietNode>
{
    private const string Queue = "a queue", Room = "a room";

    /// <summary>Each waits for something for a long time.</summary>
    private string VerbsOf(string moment, string silent) => moment switch
    {
        "gather" => "<Gather timeout=\"60\"><Say>Press.</Say><Pause length=\"30\"/></Gather>",
        "say" => $"<Say>{string.Concat(Enumerable.Repeat("This is long. ", 100))}</Say>",
        "play" => $"<Play loop=\"0\">{Web.Root}sound</Play>",
        "pause" => "<Say>Hi</Say><Pause length=\"60\"/>",
        "record" => "<Record maxLength=\"60\" playBeep=\"false\" action=\"left\"/>",
        "dial" => $"<Dial timeout=\"60\" action=\"left\"><Sip statusCallback=\"leg\">{silent}</Sip></Dial>",
        "enqueue" => $"<Enqueue waitUrl=\"wait\">{Queue}</Enqueue>",
        "queue" => "<Dial timeout=\"60\"><Queue>nobody waits here</Queue></Dial>",
        "conference" => $"<Dial><Conference>{Room} {Guid.NewGuid():N}</Conference></Dial>",
        "redirect" => $"<Say>Hi</Say><Redirect>{Web.Root}hangs</Redirect>",
        _ => throw new ArgumentOutOfRangeException(nameof(moment), moment, null),
    };

    private int Ends => Web.All.Count(asked => asked.Path == "status" && asked["SequenceNumber"] == "3");

    private static readonly string[] Moments =
        ["gather", "say", "play", "pause", "record", "dial", "enqueue", "queue", "conference", "redirect"];

    private void ServeAll()
    {
        Web.Serve("wait", "<Pause length=\"30\"/>");
        Web.Serve("sound", (_, context) =>
        {
            context.Response.ContentType = "audio/wav";
            return context.Response.Body.WriteAsync(Wav.Tone(700, 1_000)).AsTask();
        });
        Web.Serve("hangs", (_, context) => Task.Delay(Timeout.Infinite, context.RequestAborted)
            .ContinueWith(_ => { }, TaskScheduler.Default));
    }

    [Fact]
    [Failure("documents-bad")]
    public async Task Callers_who_hang_up_in_any_verb_end_their_calls_once_and_leave_nothing()
    {
        ServeAll();
        var silent = NewPhone();
        int rounds = Depth.Times(2, 5);
        var dice = new Random(7);
        for (int round = 0; round < rounds; round++)
        {
            int before = Ends;
            var calls = new List<PhoneCall>();
            foreach (string moment in Moments)
            {
                // The document that the call itself asks for hangs, too.
                var call = Begin(round == 0 && moment == "pause" ? "<Redirect>hangs</Redirect>" : VerbsOf(moment, silent.Uri));
                calls.Add(call);
                int all = round * Moments.Length + calls.Count;
                await Eventually.TrueAsync(() => Web.All.Count(asked => asked.Path == "voice") == all, "its document is asked for");
            }
            await Task.Delay(dice.Next(1_500), TestContext.Current.CancellationToken);
            foreach (var call in calls)
            {
                if (call.Statuses.Contains(200)) call.Bye();
                else call.Cancel();
            }
            await Eventually.TrueAsync(() => Ends == before + calls.Count, () => $"{Ends - before} of {calls.Count} have ended");
        }
        foreach (string sid in Web.All.Where(asked => asked.Path == "voice").Select(asked => asked["CallSid"]).Distinct())
            await EndedOnceAsync(sid);
        // Those that tell what came of them do so once, at the end.
        Assert.All(Web.All.Where(asked => asked.Path == "left").GroupBy(asked => asked["CallSid"]),
            told => Assert.Equal("completed", Assert.Single(told)["CallStatus"]));
        await ((QuietNode)Node).EmptiesAsync();
    }

    [Fact, Depth("the gate has callers who hang up in each verb")]
    [Failure("documents-bad")]
    public async Task Documents_take_the_place_of_others_in_any_verb_two_at_once_and_the_call_ends_once()
    {
        ServeAll();
        var silent = NewPhone();
        var calls = new List<(string Moment, string Sid)>();
        foreach (string moment in Moments)
            calls.Add((moment, await PlaceAsync(new()
            {
                ["Texml"] = $"<Response>{VerbsOf(moment, silent.Uri)}</Response>", ["StatusCallback"] = Web.Root + "status"
            })));
        await Task.Delay(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken);
        foreach (var (moment, sid) in calls)
        {
            var first = ReplaceAsync(sid, $"<Redirect>{Web.Serve($"one/{moment}", "<Say>One.</Say><Pause length=\"60\"/>")}</Redirect>");
            var second = ReplaceAsync(sid, $"<Redirect>{Web.Serve($"two/{moment}", "<Say>Two.</Say><Pause length=\"60\"/>")}</Redirect>");
            foreach (var answer in await Task.WhenAll(first, second)) Assert.Equal(200, answer.Status);
        }
        // Whichever was accepted last is what runs, and has been asked for; a third ends it.
        foreach (var (moment, _) in calls)
            await Eventually.TrueAsync(() => Web.All.Any(asked => asked.Path == $"one/{moment}" || asked.Path == $"two/{moment}"),
                $"one of the two documents in the place of '{moment}' is asked for");
        foreach (var (moment, sid) in calls)
            Assert.Equal(200, (await ReplaceAsync(sid, $"<Redirect>{Web.Serve($"last/{moment}", "<Hangup/>")}</Redirect>")).Status);
        foreach (var (moment, sid) in calls)
        {
            await Web.NextAsync($"last/{moment}");
            var ended = await CompletedAsync(asked => asked["CallSid"] == sid);
            Assert.True("completed" == ended["CallStatus"], $"{moment}: {ended.Body}");
            string trace = await EndedOnceAsync(sid);
            Assert.Contains("another document takes the place of this one", trace, StringComparison.Ordinal);
            Assert.InRange(Web.All.Count(asked => asked.Path == $"one/{moment}" || asked.Path == $"two/{moment}"), 1, 2);
        }
        Assert.DoesNotContain(Web.All, asked => asked.Path == "left");
        await ((QuietNode)Node).EmptiesAsync();
    }
}
