using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Edge.Store;
using Ringwright.Programs;
using Ringwright.Programs.Agents;
using Ringwright.Testing;

namespace Ringwright.Edge.Programs;

/// <summary>
/// An agent on a leg that somebody else commands, by the product's host: who speaks is heard at once, and whom it rings is the test's.
/// </summary>
public sealed class AgentGuestTests : ICallControl, IAgentDesk, IAsyncDisposable
{
    private const string Agent = """
        {
          "greeting": "Welcome.", "start": "menu", "variables": {"room": "the desk"},
          "steps": {
            "menu": {"say": "Do you want to order?", "ask": {"choices": [
              {"words": ["yes"], "digits": "1", "go": "done"}, {"words": ["no"], "digits": "2", "go": "desk"}
            ], "seconds": 30, "otherwise": "done"}},
            "done": {"say": "You said yes.", "outcome": "ordered", "hangup": true},
            "desk": {"say": "One moment.", "transfer": {"to": "+15550100078", "summary": "Somebody for {{room}}.", "failed": "done"}}
          }
        }
        """;

    private readonly EventFeed _feed = new();
    private readonly ConcurrentQueue<(LegId Leg, LegCommand Command)> _commands = new();
    private readonly ConcurrentQueue<string> _kept = new();
    private readonly TaskCompletionSource _written = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly AgentTerms _terms = new(Guid.NewGuid());
    private readonly Script _leg = new(new(Guid.NewGuid()));
    private readonly ProgramHost _host;
    private Script? _rung;
    private DialRequest? _dialled;
    private volatile int _keptBeforeEnd = -1, _asked;

    public AgentGuestTests()
    {
        var parts = new AgentParts(null, null!, TimeProvider.System, NullLogger.Instance) { Desk = this };
        _host = new(_feed, this, leg => BuiltInPrograms.Create(leg.Application, null!, parts), TimeProvider.System, NullLogger.Instance)
        {
            FindGuest = parts.CreateGuest,
        };
        _host.Start();
        _feed.Publish(_leg.Initiated());
        _feed.Publish(_leg.Answered());
        _feed.Publish(new CallEvent.AgentStarted(_terms) { Leg = _leg.Facts, At = Script.At(3) });
    }

    public async ValueTask DisposeAsync()
    {
        _written.TrySetResult();
        await _host.DisposeAsync();
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Whom_it_rings_is_rung_no_more_when_it_is_stopped_and_talks_on_when_he_has_answered(bool answers)
    {
        _written.SetResult();
        await PressAsync('2');
        await Eventually.TrueAsync(() => _host.Count == 2, "he is rung");
        var rung = _rung!;      // it is
        if (answers)
        {
            _feed.Publish(rung.Answered());
            _feed.Publish(new CallEvent.LegBridged(rung.Facts.Id) { Leg = _leg.Facts, At = Script.At(6) });
            await Eventually.TrueAsync(() => _host.Count == 1, "the guest is gone");
        }
        else
        {
            _feed.Publish(new CallEvent.AgentEnded(_terms, AgentEnd.Stopped, TimeSpan.FromSeconds(3))
            {
                Leg = _leg.Facts, At = Script.At(6),
            });
            await Eventually.TrueAsync(() => HangsUpOn(rung), "he is rung no more");
        }
        _feed.Publish(rung.Ended(8));
        await Eventually.TrueAsync(() => _host.Count == 0, "all is over");
        Assert.Equal(!answers, HangsUpOn(rung));
        Assert.False(HangsUpOn(_leg));
    }

    [Fact]
    public async Task Who_answers_is_told_of_the_caller_first_and_is_hung_up_on_when_nobody_waits_for_him_meanwhile()
    {
        _written.SetResult();
        await PressAsync('2');
        await Eventually.TrueAsync(() => _host.Count == 2, "he is rung");
        Assert.Equal("Somebody for the desk.", Assert.IsType<PromptSource.Speech>(_dialled!.PromptOnAnswer).Text);
        Assert.True(_dialled.Link!.JoinsOnAnswer);
        var rung = _rung!;      // it is
        _feed.Publish(rung.Answered());
        _feed.Publish(new CallEvent.AgentEnded(_terms, AgentEnd.Stopped, TimeSpan.FromSeconds(3)) { Leg = _leg.Facts, At = Script.At(6) });
        await Eventually.TrueAsync(() => HangsUpOn(rung), "he is told no more");
        _feed.Publish(rung.Ended(8));
        await Eventually.TrueAsync(() => _host.Count == 0, "all is over");
    }

    [Fact]
    public async Task It_talks_on_while_what_was_said_is_written_down_and_ends_behind_that()
    {
        await PressAsync('1');
        await Eventually.TrueAsync(() => Says("You said yes."), "it has answered");
        Assert.Empty(_kept);
        _written.SetResult();
        await Eventually.TrueAsync(() => HangsUpOn(_leg), "it has hung up");
        Assert.Equal(_kept.Count, _keptBeforeEnd);
        Assert.Equal("outcome: ordered", _kept.Last());
        Assert.Equal(["assistant: Welcome. Do you want to order?", "assistant: You said yes."],
            _kept.Where(line => line.StartsWith("assistant", StringComparison.Ordinal)));
    }

    /// <summary>When the question was heard to its end.</summary>
    private async Task PressAsync(char key)
    {
        await Eventually.TrueAsync(() => _asked > 0, "it has asked");
        _feed.Publish(_leg.Digit(key));
    }

    private bool Says(string text) => _commands.Any(one => one.Command is LegCommand.Speak speak && speak.Speech.Text == text);

    private bool HangsUpOn(Script leg) => _commands.Any(one => one.Leg == leg.Facts.Id && one.Command is LegCommand.Hangup);

    public ValueTask<Ack> SendAsync(Subject to, SubjectCommand command, CancellationToken stop)
    {
        if (command is LegCommand.StopAgent && _keptBeforeEnd < 0) _keptBeforeEnd = _kept.Count;
        _commands.Enqueue((new(to.Value), (LegCommand)command));
        if (command is LegCommand.Speak { Id: { } id })
        {
            var length = TimeSpan.FromSeconds(1);
            _feed.Publish(new CallEvent.SpeakStarted(id) { Leg = _leg.Facts, At = Script.At(4), Length = length });
            _feed.Publish(new CallEvent.SpeakEnded(id, PlayStatus.Completed) { Leg = _leg.Facts, At = Script.At(5), Played = length });
        }
        return new(Ack.Accepted);
    }

    public ValueTask<Dialled> DialAsync(DialRequest request, CancellationToken stop)
    {
        _dialled = request;
        var rung = _rung = new(request.Tenant, 2);
        rung.Facts = rung.Facts with { Application = request.Application };
        _feed.Publish(rung.Initiated());
        return new(Dialled.Accepted(rung.Facts));
    }

    public ValueTask<(string? Agent, string? Fault)> OpenAsync(AgentTerms terms, LegFacts leg, Action<string> tell,
        CancellationToken stop) => new((Agent, (string?)null));

    public ValueTask<IReadOnlyList<KeptMessage>> ReadAsync(AgentTerms terms, LegFacts leg, AgentMessages messages,
        CancellationToken stop) => throw new NotSupportedException("Nobody tells it anything.");

    public async ValueTask KeepAsync(AgentTerms terms, LegFacts leg, KeptMessage message)
    {
        _asked++;
        await _written.Task;
        _kept.Enqueue($"{message.Role}: {message.Text}");
    }

    public ValueTask KeepOutcomeAsync(AgentTerms terms, LegFacts leg, string outcome)
    {
        _kept.Enqueue("outcome: " + outcome);
        return ValueTask.CompletedTask;
    }
}
