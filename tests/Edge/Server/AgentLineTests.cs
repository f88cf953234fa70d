using Ringwright.Edge.Net;
using Ringwright.Server;
using Ringwright.Server.Cli;
using Ringwright.Server.Settings;
using Ringwright.Testing;

namespace Ringwright.Edge.Server;

/// <summary>A caller talks with an agent that thinks by a script.</summary>
public sealed class AgentLineTests : IDisposable
{
    private const string Script = """
        {
          "transcript": true, "greeting": "Welcome.", "start": "menu", "turns": {"on_no_punctuation_seconds": 0.4},
          "steps": {
            "menu": {
              "say": "Do you want to order?",
              "ask": {
                "choices": [{"words": ["yes"], "digits": "1", "go": "done"}, {"words": ["no"], "digits": "2", "go": "desk"}],
                "seconds": 30, "otherwise": "bye"
              }
            },
            "done": {"say": "You said yes.", "outcome": "ordered", "hangup": true},
            "desk": {"say": "One moment.", "transfer": {"to": "+15550100078", "failed": "bye"}},
            "bye": {"say": "Nobody is there.", "outcome": "lost", "hangup": true}
          }
        }
        """;

    private static readonly string Long = Script.Replace("\"Do you want to order?\"",
        "\"Would you like to order one of our many fine things, of which there are so many, of every kind and every colour and every size, "
        + "for the house and for the garden, for the summer and for the winter, that nobody hears this to its end?\"",
        StringComparison.Ordinal);

    private readonly AgentRig _rig = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _rig.Dispose();

    [Fact, Depth("the gate has a talk with a tool, what it is told, and how it is cut off; the talks in writing have the rest")]
    public async Task A_question_is_answered_by_a_word_and_the_call_ends_with_what_that_came_to()
    {
        await using var voice = await AgentRig.VoiceAsync();
        await using var node = await _rig.StartAsync(voice, Script);
        using var peer = new SipPeer(node.Node.Settings.Sip);
        using var caller = new ToneCaller(await AgentRig.CallAsync(peer), _rig.Words);

        await _rig.LinesAsync(node, 1);
        var printed = new StringWriter();
        var printing = AssistantCallCommand.FollowAsync(node.Socket, (string)(await _rig.TraceAsync(node))["session_id"]!, printed, Stop);
        await caller.SayAsync(ToneWords.Yes);
        string bye = await peer.HearAsync("BYE");
        peer.Send(peer.Response(bye, "200 OK"));

        Assert.Equal(["assistant: Welcome. Do you want to order?", "user: yes", "assistant: You said yes."],
            await _rig.LinesAsync(node, 3));
        string all = await Eventually.SomeAsync(async () => (await _rig.TraceAsync(node)).ToJsonString() is var trace
            && trace.Contains("The agent order has ended the call: assistant_hangup.", StringComparison.Ordinal) ? trace : null,
            "the reason in the verdict");
        Assert.Matches(
            "turn 1: answered after \\d+ ms: recogniser \\d+, endpoint \\d+, first word \\d+, sentence \\d+, own \\d+, voice \\d+\"",
            all);
        await printing;
        string[] lines = printed.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Contains(lines, line => line.EndsWith("  assistant: Welcome. Do you want to order?", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.EndsWith("  user: yes", StringComparison.Ordinal));
        Assert.StartsWith("ended: ", lines[^1], StringComparison.Ordinal);
    }

    [Fact, Depth("the gate has a talk with a tool, what it is told, and how it is cut off; the talks in writing have the rest")]
    public async Task Another_answer_is_another_branch_and_a_transfer_that_reaches_nobody_goes_on()
    {
        await using var voice = await AgentRig.VoiceAsync();
        await using var node = await _rig.StartAsync(voice, Script);
        using var peer = new SipPeer(node.Node.Settings.Sip);
        using var caller = new ToneCaller(await AgentRig.CallAsync(peer), _rig.Words);

        await _rig.LinesAsync(node, 1);
        await caller.SayAsync(ToneWords.No);
        string bye = await peer.HearAsync("BYE");
        peer.Send(peer.Response(bye, "200 OK"));

        Assert.Equal(["assistant: Welcome. Do you want to order?", "user: no", "assistant: One moment.", "assistant: Nobody is there."],
            await _rig.LinesAsync(node, 4));
    }

    [Fact]
    public async Task Whoever_interrupts_is_answered_and_the_transcript_has_only_what_was_heard()
    {
        await using var voice = await AgentRig.VoiceAsync();
        await using var node = await _rig.StartAsync(voice, Long);
        using var peer = new SipPeer(node.Node.Settings.Sip);
        using var caller = new ToneCaller(await AgentRig.CallAsync(peer), _rig.Words);

        await Eventually.SomeAsync(async () =>
            (await _rig.TraceAsync(node)).ToJsonString().Split("speak_started").Length > 2 ? "the question" : null,
            "the question has begun");
        await Task.Delay(500, Stop);
        await caller.SayAsync(ToneWords.Yes);
        string bye = await peer.HearAsync("BYE");
        peer.Send(peer.Response(bye, "200 OK"));

        var lines = await _rig.LinesAsync(node, 3);
        Assert.StartsWith("assistant: Welcome. Would", lines[0], StringComparison.Ordinal);
        Assert.EndsWith(" (interrupted)", lines[0], StringComparison.Ordinal);
        Assert.DoesNotContain("its end", lines[0], StringComparison.Ordinal);
        Assert.Equal(["user: yes", "assistant: You said yes."], lines.Skip(1));
    }

    [Fact, Depth("the gate has a talk with a tool, what it is told, and how it is cut off; the talks in writing have the rest")]
    public async Task Without_a_transcript_the_trace_has_no_words()
    {
        await using var voice = await AgentRig.VoiceAsync();
        await using var node = await _rig.StartAsync(voice, Script.Replace("\"transcript\": true, ", "", StringComparison.Ordinal));
        using var peer = new SipPeer(node.Node.Settings.Sip);
        using var caller = new ToneCaller(await AgentRig.CallAsync(peer), _rig.Words);
        Assert.Equal(["assistant: 30 characters"], await _rig.LinesAsync(node, 1));
    }

    [Theory]
    [InlineData("", "--agent-lines needs --agents")]
    [InlineData("{}", "order.json: steps: must be there")]
    public void A_script_that_is_none_is_found_before_the_node_starts(string script, string refusal)
    {
        if (script.Length > 0) File.WriteAllText(Path.Combine(_rig.Folder.Path, "order.json"), script);
        var refused = Assert.Throws<StartRefused>(() => ServeFlags.Read(
            name => name switch
            {
                "--agents" => script.Length > 0 ? _rig.Folder.Path : null,
                "--agent-lines" => $"{AgentRig.Number}=order",
                _ => null,
            }, _ => null));
        Assert.Contains(refusal, refused.Message, StringComparison.Ordinal);
    }
}
