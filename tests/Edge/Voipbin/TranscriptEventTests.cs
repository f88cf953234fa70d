using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Edge.Server;
using Ringwright.Edge.Store;
using Ringwright.Testing;
using Ringwright.Voipbin;
using Ringwright.Voipbin.Calling;

namespace Ringwright.Edge.Voipbin;

/// <summary>What is understood on a call that is written down.</summary>
public sealed class TranscriptEventTests
{
    [Fact]
    public void Words_that_are_understood_for_good_are_told_with_their_side_and_in_their_order()
    {
        var (tenant, begun, id) = (new TenantId(Guid.NewGuid()), Script.Anchor.Wall, Guid.NewGuid());
        var hooks = new CustomerHooks(null!);       // which reads nothing here
        hooks.Keep(new()
        {
            Id = tenant.ToString(), Tenant = tenant, CreatedAt = begun, UpdatedAt = begun,
            Body = new() { ["webhook_uri"] = "https://example.com/hook" },
        });
        var projector = new CallProjector(hooks, VoipbinNotation.Usual);
        var leg = new Script(tenant).Facts;
        const TapTracks Both = TapTracks.Said | TapTracks.Heard;
        CallEvent Words(TapTracks track, string text, bool isFinal = true, bool isOfAgent = false) =>
            new CallEvent.SpeechTranscribed(id, track, text, isFinal, 0.9) { Leg = leg, At = Script.At(5), IsOfAgent = isOfAgent };
        CallEvent[] events =
        [
            new CallEvent.TranscriptionStarted(id, Both) { Leg = leg, At = Script.At(5) },
            Words(TapTracks.Said, "Hello."), Words(TapTracks.Heard, "Hi, A", isFinal: false), Words(TapTracks.Heard, "Hi, Ada."),
            Words(TapTracks.Said, ""), Words(TapTracks.Said, "What an agent hears.", isOfAgent: true),
            new CallEvent.TranscriptionEnded(id, Both, null) { Leg = leg, At = Script.At(5) },
        ];
        var told = events.SelectMany((one, place) => projector.Project(one, begun.AddMilliseconds(place * 500), begun)).ToList();
        Assert.All(told, one => Assert.Equal(("transcript_created", $"transcript {id}"), (one.EventType, one.OrderKey)));
        var data = told.Select(one => JsonNode.Parse(one.Body)!["data"]!).ToList();
        Assert.Equal([("in", "Hello.", 500), ("out", "Hi, Ada.", 1500)],
            data.Select(one => ((string?)one["direction"], (string?)one["message"], (int)one["offset_ms"]!)));
        Assert.All(data, one => Assert.Equal((tenant.ToString(), id.ToString()),
            ((string?)one["customer_id"], (string?)one["transcribe_id"])));
        Assert.NotEqual((string?)data[0]["id"], (string?)data[1]["id"]);
    }

    [Fact, Depth("the other test has the events; TranscriptionOfCallTests have a node that hears both parties")]
    public async Task A_flow_has_a_call_written_down_and_another_one_follows_it()
    {
        var words = new ToneWords();
        await using var host = await CallingHost.StartAsync(recognisers: _ => words);
        string next = (string)(await host.Api.DoneAsync("POST", "/flows", """{"name":"after","actions":[{"type":"empty"}]}"""))["id"]!;
        var made = await host.Api.DoneAsync("POST", "/calls", $$$"""
            {"source":{"type":"tel","target":"+15559876543"},"destinations":[{{{host.Far.Address($"now-{ToneWords.Yes}")}}}],
             "actions":[{"type":"transcribe_start","option":{"direction":"in","on_end_flow_id":"{{{next}}}"}},
                        {"type":"sleep","option":{"duration":60000}}]}
            """);
        await Eventually.TrueAsync(() => host.Events.Exists(one => (string?)one["type"] == "transcript_created"), "what is said is told");
        var told = host.Events.First(one => (string?)one["type"] == "transcript_created")["data"]!;
        Assert.Equal(("in", "yes"), ((string?)told["direction"], (string?)told["message"]));
        string path = "/calls/" + made["id"];
        await host.Api.DoneAsync("POST", path + "/hangup");
        var over = await host.ShownAsync(path, "status", "hangup");

        var run = await Eventually.SomeAsync(async () =>
        {
            var runs = (await host.Api.DoneAsync("GET", "/activeflows"))["result"]!.AsArray();
            if (runs.FirstOrDefault(one => (string?)one!["flow_id"] == next) is { } found) return found;
            await Task.Delay(100, TestContext.Current.CancellationToken);       // so many questions a second are let in
            return null;
        }, "the flow behind it runs");
        Assert.Equal(("transcribe", (string?)over["activeflow_id"]),
            ((string?)run["reference_type"], (string?)run["reference_activeflow_id"]));
    }
}
